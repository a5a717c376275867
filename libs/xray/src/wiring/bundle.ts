import type { Recorder } from '../core/recorder';
import { inBundle } from '../instrumentation/loaded-copies';
import { awsCaptured } from '../instrumentation/outgoing/aws';
import { pgCaptured } from '../instrumentation/outgoing/pg';

/** Warns about what this package cannot find in a bundle, and says what to do. */
export function warnOfBundle({ outgoing, warn }: Recorder): void {
  if (!inBundle) return;
  const calls = [
    outgoing?.mayWant('aws') && !awsCaptured() ? 'captureAws([SQSClient])' : undefined,
    outgoing?.mayWant('sql') && !pgCaptured() ? 'capturePg([pg])' : undefined,
  ].filter((call) => call !== undefined);
  if (calls.length > 0) warn('bundle:clients', clientsMissing(calls));
  if (!isNamed()) warn('bundle:names', NAMES_MISSING);
}

function clientsMissing(calls: string[]): string {
  return (
    'In a bundle, clients of AWS SDK and pg cannot be found by themselves, and their calls are not ' +
    `recorded. Hand over those that the application uses, in main.ts: ${calls.join(' and ')} from ` +
    "'nestjs-xray'; where it uses none, say so: capture: { aws: false, sql: false }. Jobs of BullMQ " +
    'and Bull are recorded only where @nestjs/bullmq or @nestjs/bull has the queue; others need ' +
    'captureJobs([bullmq]).'
  );
}

const NAMES_MISSING =
  'Class names are minified in this bundle: controllers and methods appear in traces by names such ' +
  'as "a.load". Keep them when bundling: keepNames (esbuild), or keep_classnames and keep_fnames of ' +
  "the minimizer (webpack, rspack); or give names yourself: @Subsegment('Cart.load').";

/**
 * A minifier shortens this name like any other. A bundler that avoids a clash only appends to it.
 */
function isNamed(): boolean {
  class KeptName {}
  return KeptName.name.startsWith('KeptName');
}

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
    'Cannot find clients of the AWS SDK and pg in a bundle, so their calls are not recorded. Pass the ' +
    `clients that the application uses in main.ts: ${calls.join(' and ')} from 'nestjs-xray'. ` +
    'For those that it does not use, set capture: { aws: false, sql: false }. Jobs of BullMQ and Bull ' +
    'are recorded only for queues of @nestjs/bullmq or @nestjs/bull; for others, call ' +
    'captureJobs([bullmq]).'
  );
}

const NAMES_MISSING =
  'Class names are minified in this bundle, so controllers and methods appear in traces under names ' +
  'such as "a.load". Configure the bundler to keep them: keepNames (esbuild), or keep_classnames and ' +
  "keep_fnames of the minimizer (webpack, rspack). Or set names: @Subsegment('Cart.load').";

/**
 * Whether class names are kept. A minifier would shorten this name too. A bundler that avoids a name
 * clash only appends to it.
 */
function isNamed(): boolean {
  class KeptName {}
  return KeptName.name.startsWith('KeptName');
}

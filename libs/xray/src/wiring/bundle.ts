import type { DiscoveryService } from '@nestjs/core';
import type { Recorder } from '../core/recorder';
import { inBundle } from '../instrumentation/loaded-copies';
import { awsCaptured } from '../instrumentation/outgoing/aws';
import { pgCaptured } from '../instrumentation/outgoing/pg';
import { applicationClasses } from './application-classes';
import { classNames } from './renamed-classes';

/** Warns about what this package cannot find in a bundle, and says what to do. */
export function warnOfBundle(recorder: Recorder, discovery: DiscoveryService): void {
  if (inBundle) warnOfClients(recorder);
  const { minified, renamed } = classNames(applicationClasses(discovery));
  if (minified || (inBundle && !isNamed())) recorder.warn('bundle:names', NAMES_MISSING);
  else if (renamed.size > 0) recorder.warn('bundle:renamed', classesRenamed(renamed));
}

const AWS = { what: 'clients of the AWS SDK', call: 'captureAws([SQSClient])', off: 'aws: false' };
const PG = { what: 'pg', call: 'capturePg([pg])', off: 'sql: false' };

function warnOfClients({ outgoing, warn }: Recorder): void {
  const missing = [
    outgoing?.mayWant('aws') && !awsCaptured() ? AWS : undefined,
    outgoing?.mayWant('sql') && !pgCaptured() ? PG : undefined,
  ].filter((client) => client !== undefined);
  if (missing.length > 0) warn('bundle:clients', clientsMissing(missing));
}

function clientsMissing(missing: (typeof AWS)[]): string {
  const list = (key: keyof typeof AWS, by: string) => missing.map((each) => each[key]).join(by);
  return (
    `Cannot find ${list('what', ' and ')} in a bundle, so their calls are not recorded. Pass the ` +
    `clients that the application uses in main.ts: ${list('call', ' and ')} from 'nestjs-xray'. ` +
    `For those that it does not use, set capture: { ${list('off', ', ')} }. Jobs of BullMQ and Bull ` +
    'are recorded only for queues of @nestjs/bullmq or @nestjs/bull; for others, call ' +
    'captureJobs([bullmq]).'
  );
}

const NAMES_MISSING =
  'Class names are minified in this bundle, so controllers and methods appear in traces under names ' +
  'such as "a.load". Configure the bundler to keep them: keepNames (esbuild), or keep_classnames and ' +
  "keep_fnames of the minimizer (webpack, rspack). Or set names: @Subsegment('Cart.load').";

/** How many classes the warning names. */
const NAMED = 3;

function classesRenamed(renamed: ReadonlyMap<string, string>): string {
  const named = [...renamed].slice(0, NAMED).map(([name, original]) => `${name} for ${original}`);
  const more = renamed.size > NAMED ? ` and ${renamed.size - NAMED} more` : '';
  return (
    `The bundler renamed classes, and traces show these names: ${named.join(', ')}${more}. Configure ` +
    'it to keep them: keepNames: true (esbuild, Rolldown), or optimization: { concatenateModules: ' +
    "false } (webpack, rspack). Or set names: @Subsegment('Cart.load')."
  );
}

/**
 * Whether class names are kept. A minifier would shorten this name too. A bundler that avoids a name
 * clash only appends to it.
 */
function isNamed(): boolean {
  class KeptName {}
  return KeptName.name.startsWith('KeptName');
}

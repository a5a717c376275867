import type { Emitter, XrayOptions } from 'nestjs-xray';
import type { CruddurConfig } from '../cruddur.config';

/** Injects the emitter that tests use instead of the daemon; undefined otherwise. */
export const TRACE_EMITTER = Symbol('cruddur.trace-emitter');

/** Not traced: the page, its files and the health checks, which are of no interest. */
const UNTRACED = [
  '/',
  '/assets/*',
  '/favicon*',
  '/docs',
  '/docs/*',
  '/docs-json',
  '/api/health-check',
  '/api/health-check/*',
];

/** How both services are traced; only the one with HTTP has paths to ignore. */
export function tracingOptions(
  serviceName: string,
  { sampling }: CruddurConfig,
  emitter?: Emitter,
): XrayOptions {
  return { serviceName, sampling, ignore: UNTRACED, emitter };
}

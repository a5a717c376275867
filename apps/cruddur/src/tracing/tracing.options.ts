import type { Emitter, XrayOptions } from 'nestjs-xray';
import type { CruddurConfig } from '../cruddur.config';

/** Injects the emitter that tests put in place of the daemon; undefined otherwise. */
export const TRACE_EMITTER = Symbol('cruddur.trace-emitter');

/** The page, its files and the health check are not what anybody looks for among the traces. */
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

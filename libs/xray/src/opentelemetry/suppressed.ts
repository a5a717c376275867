import { createContextKey, type Context } from '@opentelemetry/api';

/** The key that `suppressTracing` of @opentelemetry/core sets. Keys are identified by description. */
const SUPPRESSED = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** Whether tracing is suppressed in `context`, for example for the requests of an exporter. */
export function isSuppressed(context: Context): boolean {
  return context.getValue(SUPPRESSED) === true;
}

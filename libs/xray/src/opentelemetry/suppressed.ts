import { createContextKey, type Context } from '@opentelemetry/api';

/** The key that `suppressTracing` of @opentelemetry/core sets; keys are shared by their description. */
const SUPPRESSED = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** Whether nothing that begins in `context` is to be recorded: an exporter's own calls, for one. */
export function isSuppressed(context: Context): boolean {
  return context.getValue(SUPPRESSED) === true;
}

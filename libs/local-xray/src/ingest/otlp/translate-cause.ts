import { type CauseDocument, type ExceptionDocument, newId } from '@nestjs-xray/document';
import { type Attributes, type Span, text } from './span';
import { readStackTrace } from './stack-trace';
import { statusOf } from './translate-http';

/** error, fault and throttle from the HTTP status where there is one, else from the span's own status. */
export function translateStatus({ attributes, failed }: Span): {
  error?: true;
  fault?: true;
  throttle?: true;
} {
  const status = statusOf(attributes) ?? 0;
  if (status >= 400 && status <= 499) {
    return status === 429 ? { error: true, throttle: true } : { error: true };
  }
  if (status >= 500 && status <= 599) return { fault: true };
  // nestjs-xray tells here what OpenTelemetry has no word for.
  const told = text(attributes, 'xray.status');
  if (told === 'throttle') return { error: true, throttle: true };
  if (told === 'error') return { error: true };
  return failed ? { fault: true } : {};
}

/** The `cause` from the span's exception events, else from its status message. */
export function translateCause(span: Span, rest: Attributes): CauseDocument | undefined {
  const remote = span.kind === 'client' || span.kind === 'producer';
  const language = text(span.resource, 'telemetry.sdk.language') ?? '';
  const exceptions = span.events
    .filter(({ name }) => name === 'exception')
    .flatMap(({ attributes }): ExceptionDocument[] => {
      const exception = {
        id: newId(),
        type: text(attributes, 'exception.type'),
        message: text(attributes, 'exception.message'),
        remote,
      };
      const trace = text(attributes, 'exception.stacktrace') ?? '';
      return readStackTrace(exception, trace, language);
    });
  if (exceptions.length > 0) return { exceptions };
  if (!span.failed) return undefined;
  const message = span.statusMessage || text(rest, 'http.status_text');
  rest.delete('http.status_text');
  return message ? { exceptions: [{ id: newId(), message, remote }] } : undefined;
}

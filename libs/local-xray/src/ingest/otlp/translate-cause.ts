import {
  type CauseDocument,
  type ExceptionDocument,
  newId,
  readFailure,
  readStatus,
  textOf,
} from '@nestjs-xray/document';
import type { Attributes, Span } from './span';
import { readStackTrace } from './stack-trace';

/** Derives error, fault and throttle from the HTTP status if there is one, else from the status of the span. */
export function translateStatus({ attributes, failed }: Span): {
  error?: true;
  fault?: true;
  throttle?: true;
} {
  const status = readStatus(attributes) ?? 0;
  if (status >= 400 && status <= 499) {
    return status === 429 ? { error: true, throttle: true } : { error: true };
  }
  if (status >= 500 && status <= 599) return { fault: true };
  // nestjs-xray sends here the flags that OpenTelemetry has no status for.
  const flag = textOf(attributes, ['xray.status']);
  if (flag === 'throttle') return { error: true, throttle: true };
  if (flag === 'error') return { error: true };
  return failed ? { fault: true } : {};
}

/** Builds `cause` from the span's exception events, or else from its status message. */
export function translateCause(span: Span, rest: Attributes): CauseDocument | undefined {
  const remote = span.kind === 'client' || span.kind === 'producer';
  const language = textOf(span.resource, ['telemetry.sdk.language']) ?? '';
  const exceptions = span.events
    .filter(({ name }) => name === 'exception')
    .flatMap(({ attributes }): ExceptionDocument[] => {
      const exception = {
        id: newId(),
        type: textOf(attributes, ['exception.type']),
        message: textOf(attributes, ['exception.message']),
        remote,
      };
      const trace = textOf(attributes, ['exception.stacktrace']) ?? '';
      return readStackTrace(exception, trace, language);
    });
  if (exceptions.length > 0) return { exceptions };
  if (!span.failed) return undefined;
  const message = span.statusMessage || textOf(rest, ['http.status_text']);
  rest.delete('http.status_text');
  const failure = readFailure(message, span.attributes);
  return failure && { exceptions: [{ id: newId(), ...failure, remote }] };
}

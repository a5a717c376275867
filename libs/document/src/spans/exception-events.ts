import type { ExceptionDocument, NodeDocument } from '../segment-document';
import { keyValues, type OtlpSpan } from './otlp-span';

/**
 * The exceptions stored on a node as `exception` events; one that was stored further in, and is
 * only referred to here, has its event there.
 * @see https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-spans/
 */
export function exceptionEvents({
  cause,
  end_time,
}: NodeDocument): NonNullable<OtlpSpan['events']> {
  if (typeof cause !== 'object') return [];
  // Other SDKs leave the list out.
  const exceptions = cause.exceptions as ExceptionDocument[] | undefined;
  return (exceptions ?? []).map((exception) => ({
    timeUnixNano: `${Math.round(end_time! * 1e6)}000`,
    name: 'exception',
    attributes: keyValues({
      'exception.type': exception.type,
      'exception.message': exception.message,
      'exception.stacktrace': stackText(exception),
    }),
  }));
}

/** The stack as V8 writes it, which is what readers of the attribute know how to read. */
function stackText({ type, message, stack }: ExceptionDocument): string | undefined {
  if (!stack) return undefined;
  const frames = stack.map(
    ({ label, path, line }) =>
      `    at ${label ?? 'anonymous'} (${path ?? 'unknown'}:${line ?? 0}:0)`,
  );
  return [`${type ?? 'Error'}: ${message ?? ''}`, ...frames].join('\n');
}

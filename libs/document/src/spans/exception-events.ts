import type { ExceptionDocument, NodeDocument } from '../segment-document';
import { keyValues, type OtlpSpan } from './otlp-span';

/**
 * The exceptions of a node as `exception` events. An exception that the node only references has its
 * event on the node below that recorded it.
 * @see https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-spans/
 */
export function exceptionEvents({
  cause,
  end_time,
}: NodeDocument): NonNullable<OtlpSpan['events']> {
  if (typeof cause !== 'object') return [];
  // Other SDKs may omit the list.
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

/** The stack in V8's format, which readers of the attribute can parse. */
function stackText({ type, message, stack }: ExceptionDocument): string | undefined {
  if (!stack) return undefined;
  const frames = stack.map(
    ({ label, path, line }) =>
      `    at ${label ?? 'anonymous'} (${path ?? 'unknown'}:${line ?? 0}:0)`,
  );
  return [`${type ?? 'Error'}: ${message ?? ''}`, ...frames].join('\n');
}

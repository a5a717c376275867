import { textOf, type SpanAttributes } from './attributes';

/** Why a span failed, for a span without an exception event. */
export interface Failure {
  message: string;
  /** The class of the exception, if known. */
  type?: string;
}

/**
 * The message of a span's status and the type of the error; undefined without a message.
 * `error.type` is a class name or a status code, or `_OTHER` for an error without a type.
 * https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/
 */
export function readFailure(
  message: string | undefined,
  attributes: SpanAttributes,
): Failure | undefined {
  if (message === undefined || message === '') return undefined;
  const type = textOf(attributes, ['error.type']);
  return type === undefined || type === '_OTHER' || /^\d+$/.test(type)
    ? { message }
    : { message, type };
}

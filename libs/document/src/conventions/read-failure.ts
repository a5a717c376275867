import { textOf, type SpanAttributes } from './attributes';

/** What a span that failed says of why, where it has no event with an exception. */
export interface Failure {
  message: string;
  /** The class of the exception, where it has one. */
  type?: string;
}

/**
 * The message of a span's status with the type of the error beside it; undefined without a message.
 * `error.type` is a class or a status code; `_OTHER` stands for an error that has no type.
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

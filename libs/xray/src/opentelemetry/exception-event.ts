import type { Attributes, Exception } from '@opentelemetry/api';

/** The attributes of an `exception` event. https://opentelemetry.io/docs/specs/semconv/exceptions/ */
export function exceptionEvent(exception: Exception): Attributes {
  if (typeof exception === 'string') return { 'exception.message': exception };
  const { name, code, message, stack } = exception as {
    name?: string;
    code?: string | number;
    message?: string;
    stack?: string;
  };
  const type = code === undefined ? name : String(code);
  return {
    ...(type !== undefined && { 'exception.type': type }),
    ...(message !== undefined && { 'exception.message': message }),
    ...(stack !== undefined && { 'exception.stacktrace': stack }),
  };
}

/** The standard fields of Nest's exception bodies, which add nothing to the status. */
const STANDARD = new Set(['statusCode', 'message', 'error']);

/**
 * What the response body of an HttpException says beyond the exception's message. For everything
 * that ValidationPipe rejects, the message is only `Bad Request Exception`. Undefined if the body
 * adds nothing. Core does not import Nest and recognises such an exception by its `getResponse`.
 *
 * @param json serialises an object, with secrets redacted and its size limited
 */
export function responseMessage(
  thrown: object,
  json: (part: object) => string,
): string | undefined {
  const { getStatus, getResponse } = thrown as Record<string, unknown>;
  if (typeof getStatus !== 'function' || typeof getResponse !== 'function') return undefined;
  const body: unknown = getResponse.call(thrown);
  if (typeof body !== 'object' || body === null) return undefined;
  const { message, error } = body as Record<string, unknown>;
  const parts = (Array.isArray(message) ? message : [message]).flatMap((part: unknown) => {
    if (typeof part === 'string') return [part];
    return typeof part === 'object' && part !== null ? [json(part)] : [];
  });
  // Terminus puts the failed health indicators here.
  const failed = typeof error === 'object' && error !== null && Object.keys(error).length > 0;
  const rest = failed ? { error } : withoutStandard(body);
  if (Object.keys(rest).length > 0) parts.push(json(rest));
  return parts.length === 0 ? undefined : parts.join('; ');
}

function withoutStandard(body: object): object {
  return Object.fromEntries(Object.entries(body).filter(([key]) => !STANDARD.has(key)));
}

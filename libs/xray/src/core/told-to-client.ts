/** What Nest puts into the body of every exception, and what says no more than its status does. */
const STANDARD = new Set(['statusCode', 'message', 'error']);

/**
 * What the body of an HttpException says beyond its message, which is `Bad Request Exception` for all
 * that ValidationPipe refuses; undefined where the message says it all. Core knows no Nest: such an
 * exception is known by its `getResponse`.
 *
 * @param json writes an object, without secrets and cut to size
 */
export function toldToClient(thrown: object, json: (part: object) => string): string | undefined {
  const { getStatus, getResponse } = thrown as Record<string, unknown>;
  if (typeof getStatus !== 'function' || typeof getResponse !== 'function') return undefined;
  const body: unknown = getResponse.call(thrown);
  if (typeof body !== 'object' || body === null) return undefined;
  const { message, error } = body as Record<string, unknown>;
  const parts = (Array.isArray(message) ? message : [message]).flatMap((part: unknown) => {
    if (typeof part === 'string') return [part];
    return typeof part === 'object' && part !== null ? [json(part)] : [];
  });
  // Terminus reports there which of its indicators failed.
  const failed = typeof error === 'object' && error !== null && Object.keys(error).length > 0;
  const rest = failed ? { error } : withoutStandard(body);
  if (Object.keys(rest).length > 0) parts.push(json(rest));
  return parts.length === 0 ? undefined : parts.join('; ');
}

function withoutStandard(body: object): object {
  return Object.fromEntries(Object.entries(body).filter(([key]) => !STANDARD.has(key)));
}

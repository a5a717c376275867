/** At most this many call sites of a stack are read. */
const MAX_SITES = 1_000;

/**
 * The stack of a thrown value in V8's text form. Undefined if there is none.
 *
 * Error.prepareStackTrace, which any code may set, runs when a stack is first read. It may return
 * call sites instead of text, or throw. If it throws, V8's own text is read.
 */
export function stackOf(thrown: object): string | undefined {
  try {
    return asText((thrown as { stack?: unknown }).stack);
  } catch {
    return unprepared(thrown);
  }
}

function unprepared(thrown: object): string | undefined {
  const holder: { prepareStackTrace?: unknown } = Error;
  const { prepareStackTrace } = holder;
  try {
    holder.prepareStackTrace = undefined;
    return asText((thrown as { stack?: unknown }).stack);
  } catch {
    return undefined;
  } finally {
    holder.prepareStackTrace = prepareStackTrace;
  }
}

function asText(stack: unknown): string | undefined {
  if (typeof stack === 'string') return stack;
  if (!Array.isArray(stack)) return undefined;
  const sites: unknown[] = stack.slice(0, MAX_SITES);
  return sites.map((site) => `\n    at ${String(site)}`).join('');
}

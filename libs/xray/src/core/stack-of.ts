/** Of a stack no more than so many frames are read. */
const MAX_SITES = 1_000;

/**
 * The stack of a thrown value as V8 writes it; undefined where nothing of that kind is left.
 *
 * Error.prepareStackTrace, which anyone may set, runs when a stack is read for the first time: it may
 * give call sites in place of text, or throw. Where it throws, V8's own text is read instead.
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

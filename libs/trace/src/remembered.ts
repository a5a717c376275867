/** Longer texts are worked out each time, so that the size of what is kept has a limit. */
const MAX_LENGTH = 2_000;
const MOST = 500;

/**
 * The same function, which works each text out once: statements and the like come again with every trace.
 * `work` must depend on the text alone.
 */
export function remembered<Result extends string>(
  work: (text: string) => Result,
): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    if (text.length > MAX_LENGTH) return work(text);
    let result = known.get(text);
    if (result === undefined) {
      result = work(text);
      if (known.size >= MOST) known.clear();
      known.set(text, result);
    }
    return result;
  };
}

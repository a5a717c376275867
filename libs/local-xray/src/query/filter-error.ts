/** An invalid filter expression: what is wrong, where, and what could be written there. */
export class FilterSyntaxError extends Error {
  override readonly name = 'FilterSyntaxError';

  constructor(
    message: string,
    /** Zero-based, in UTF-16 units. */
    readonly position: number,
    readonly length: number,
    readonly expected: string[],
  ) {
    super(
      length === 0 && position === 0 && expected.length === 0
        ? message
        : `${message} (at position ${position})`,
    );
  }
}

/** The entry of `known` that `word` is probably a misspelling of. Undefined if none is similar. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const wanted = word.toLowerCase().slice(0, 64);
  const begun = wanted.length >= 3 ? known.find((each) => each.startsWith(wanted)) : undefined;
  if (begun) return begun;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const each of known) {
    const distance = editDistance(wanted, each);
    if (distance < bestDistance) [best, bestDistance] = [each, distance];
  }
  return best;
}

/** The number of insertions, deletions, replacements and swaps of neighbours between two words. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, before[j - 2]! + 1);
      }
      row.push(cost);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}

/**
 * Longer names are unlikely typing errors, and comparing takes time proportional to the product of
 * the lengths.
 */
const MAX_LENGTH = 50;

/** The entry of `names` that `given` is probably a misspelling of. Undefined if none is similar. */
export function closestName(given: string, names: readonly string[]): string | undefined {
  if (given.length > MAX_LENGTH) return undefined;
  const lower = given.toLowerCase();
  const [best] = names
    .map((name) => ({ name, distance: distanceOf(lower, name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const near = Math.max(1, Math.floor(given.length / 3));
  return best !== undefined && best.distance <= near ? best.name : undefined;
}

/** Levenshtein distance between `a` and `b`. */
function distanceOf(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let at = 1; at <= b.length; at++) {
      const replaced = above[at - 1]! + (a[row - 1] === b[at - 1] ? 0 : 1);
      current.push(Math.min(replaced, above[at]! + 1, current[at - 1]! + 1));
    }
    above = current;
  }
  return above[b.length]!;
}

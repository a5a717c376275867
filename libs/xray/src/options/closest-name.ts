/** Longer names are nobody's slip of the fingers, and comparing costs length times length. */
const MAX_LENGTH = 50;

/** The one of `names` that was probably meant by `given`; undefined when none is near. */
export function closestName(given: string, names: readonly string[]): string | undefined {
  if (given.length > MAX_LENGTH) return undefined;
  const lower = given.toLowerCase();
  const [best] = names
    .map((name) => ({ name, distance: distanceOf(lower, name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const near = Math.max(1, Math.floor(given.length / 3));
  return best !== undefined && best.distance <= near ? best.name : undefined;
}

/** Letters to insert, remove or replace to make `b` of `a` (Levenshtein). */
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

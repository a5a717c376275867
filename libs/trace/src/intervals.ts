/** Start and end, in seconds since the start of the trace. */
export type Interval = readonly [from: number, until: number];

/** The union of the intervals, as intervals that neither touch nor overlap. */
export function union(intervals: readonly Interval[]): Interval[] {
  const sorted = [...intervals].sort((a, b) => a[0] - b[0]);
  const result: [number, number][] = [];
  for (const [from, until] of sorted) {
    const last = result[result.length - 1];
    if (last && from <= last[1]) last[1] = Math.max(last[1], until);
    else if (until > from) result.push([from, until]);
  }
  return result;
}

/** The parts of `whole` that are not covered by `parts`. */
export function without(whole: Interval, parts: readonly Interval[]): Interval[] {
  if (parts.length === 0) return whole[0] < whole[1] ? [whole] : [];
  const result: Interval[] = [];
  let at = whole[0];
  for (const [from, until] of union(parts)) {
    if (from >= whole[1]) break;
    if (from > at) result.push([at, from]);
    at = Math.max(at, until);
  }
  if (at < whole[1]) result.push([at, whole[1]]);
  return result;
}

/** The total length in seconds; the intervals must not overlap. */
export function length(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, [from, until]) => sum + until - from, 0);
}

import { performance } from './real-time';

/**
 * Wall-clock milliseconds with microsecond resolution.
 *
 * `performance.now()` never runs backwards but knows no date; `Date.now()` knows the date but can
 * jump. Each segment takes the offset between the two when it opens and uses it for everything
 * inside it. So nothing within a segment ends before it began, even if the clock is set back
 * meanwhile.
 */
let offset = Date.now() - performance.now();

/** How far the two clocks may drift apart before a new segment takes a new offset. */
const TOLERANCE_MS = 2;

/** Milliseconds to add to `performance.now()` to get the current epoch milliseconds. */
export function clockOffset(): number {
  const fresh = Date.now() - performance.now();
  // A mock of Date.now() may return anything.
  if (Number.isFinite(fresh) && !(Math.abs(fresh - offset) <= TOLERANCE_MS)) offset = fresh;
  return offset;
}

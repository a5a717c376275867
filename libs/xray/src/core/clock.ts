import { performance } from './real-time';

/**
 * Wall-clock milliseconds with microsecond resolution.
 *
 * `performance.now()` never runs backwards but knows no date, `Date.now()` knows
 * the date but steps. Each segment takes one offset between the two when it opens
 * and times everything inside it with that, so that nothing within a segment ends
 * before it began, even when the clock is set back while it runs.
 */
let offset = Date.now() - performance.now();

/** How far the two clocks may drift apart before a new segment takes a new offset. */
const TOLERANCE_MS = 2;

/** Milliseconds to add to `performance.now()` to get epoch milliseconds, right as of now. */
export function clockOffset(): number {
  const fresh = Date.now() - performance.now();
  // A mock of Date.now() may give anything.
  if (Number.isFinite(fresh) && !(Math.abs(fresh - offset) <= TOLERANCE_MS)) offset = fresh;
  return offset;
}

import { TimeTotals } from '../trace/time-totals';
import type { Pace } from './pace';
import type { QueryDatabase } from './query-database';

/** Lengths in seconds of the periods for which totals are stored. */
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
/** Rows per statement. */
const CHUNK = 400;

/** The traces of one shape and outcome that started in a minute, an hour or a day. */
export interface WindowTotals {
  start: number;
  shape: number;
  /** The bits of fault, error and throttle. */
  flags: number;
  /** Earliest start and latest end, epoch seconds. */
  first: number;
  last: number;
}

interface Range {
  from: number;
  to: number;
}

/**
 * A window split into whole minutes, which totals cover, and the rest, which must be searched trace
 * by trace.
 */
export interface CoveredWindow {
  /** Epoch seconds; the end is exclusive. */
  minutes: Range;
  /** Inclusive, as in a search. */
  rest: Range[];
}

/** Undefined when the window does not contain a whole minute. */
export function coverWindow(
  { from, to }: Range,
  database: QueryDatabase,
): CoveredWindow | undefined {
  // Separate statements: for both together SQLite would scan all traces.
  const [{ first }] = database
    .prepare('SELECT min(start) AS first FROM traces')
    .all<{ first: number | null }>() as [{ first: number | null }];
  const [{ last }] = database
    .prepare('SELECT max(start) AS last FROM traces')
    .all<{ last: number | null }>() as [{ last: number | null }];
  if (first === null || last === null) return undefined;
  const minuteOf = (at: number) => Math.floor(at / MINUTE) * MINUTE;
  const begin = from <= first ? minuteOf(first) : Math.ceil(from / MINUTE) * MINUTE;
  const end = to >= last ? minuteOf(last) + MINUTE : minuteOf(to);
  if (end <= begin) return undefined;
  const rest: Range[] = [];
  if (from > first && from < begin) rest.push({ from, to: justBefore(begin) });
  if (to < last) rest.push({ from: end, to });
  return { minutes: { from: begin, to: end }, rest };
}

/** Counts traces by shape and outcome without reading the durations. */
export async function countTotals(
  minutes: Range,
  database: QueryDatabase,
  pace: Pace,
  found: (shape: number, flags: number, traces: number) => void,
): Promise<void> {
  const counts = database.prepare(
    'SELECT shape, flags, sum(traces) AS traces FROM totals WHERE period = ? AND start >= ? AND start < ? GROUP BY shape, flags',
  );
  for (const { period, from, to } of periodsOf(minutes, database)) {
    const rows = counts.all<{ shape: number; flags: number; traces: number }>([period, from, to]);
    for (const { shape, flags, traces } of rows) found(shape, flags, traces);
    await pace.step();
  }
}

/**
 * The totals of a window, from days and hours where those exist, otherwise from minutes.
 *
 * @param found receives a function that reads the durations, which is the expensive part
 */
export async function readTotals(
  minutes: Range,
  database: QueryDatabase,
  pace: Pace,
  found: (totals: WindowTotals, times: () => TimeTotals) => void,
  { minutesOnly = false } = {},
): Promise<void> {
  const next = database.prepare(
    `SELECT start, shape, flags, first, last, times FROM totals
     WHERE period = ? AND (start, shape, flags) > (?, ?, ?) AND start < ? ORDER BY start, shape, flags LIMIT ${CHUNK}`,
  );
  const periods = minutesOnly ? [{ period: MINUTE, ...minutes }] : periodsOf(minutes, database);
  for (const { period, from, to } of periods) {
    for (let after: [number, number, number] = [from, -1, -1]; ;) {
      const rows = next.all<WindowTotals & { times: string }>([period, ...after, to]);
      for (const { times, ...totals } of rows) {
        found(totals, () => TimeTotals.decode(times));
        await pace.step();
      }
      const last = rows[CHUNK - 1];
      if (!last) break;
      after = [last.start, last.shape, last.flags];
    }
  }
}

interface Period extends Range {
  period: number;
}

/** The stored days and hours within the window, and minutes for the gaps. */
function periodsOf(minutes: Range, database: QueryDatabase): Period[] {
  const addedUp = database.prepare(
    'SELECT start FROM added_up WHERE period = ? AND start >= ? AND start <= ? ORDER BY start',
  );
  const fill = (period: number, { from, to }: Range): Period[] => {
    const parts: Period[] = [];
    let at = from;
    for (const { start } of addedUp.all<{ start: number }>([period, from, to - period])) {
      if (start > at) parts.push({ period: MINUTE, from: at, to: start });
      parts.push({ period, from: start, to: start + period });
      at = start + period;
    }
    if (at < to) parts.push({ period: MINUTE, from: at, to });
    return parts;
  };
  return fill(DAY, minutes).flatMap((part) => (part.period === DAY ? [part] : fill(HOUR, part)));
}

/** The next smaller number. */
function justBefore(value: number): number {
  return value - value * Number.EPSILON;
}

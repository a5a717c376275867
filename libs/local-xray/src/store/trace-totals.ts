import { TimeTotals } from '../trace';
import type { Driver, SqlValue, Statement } from './driver';
import { MultiInsert } from './multi-insert';
import { AddedUp } from './added-up';
import { MINUTE } from './ended-periods';

/** The columns of a trace's row that totals are computed from. */
export interface TotalledTrace {
  start: number;
  end: number;
  flags: number;
  shape: number;
  times: string;
}

/** Bits of `traces.flags` that totals distinguish: fault, error and throttle. */
export const TOTALS_FLAGS = 7;

interface Row {
  start: number;
  shape: number;
  flags: number;
  traces: number;
  first: number;
  last: number;
  times: TimeTotals;
  changed: boolean;
}

/** How many decoded rows are cached. A commit uses those of the current minute, and of the oldest during deletion. */
const MAX_ROWS = 500;

/**
 * Maintains the totals of each minute: how many traces of one shape and outcome started in it, and how long their
 * parts took. Graphs and counts over hours and days are summed from them, so their cost does not depend on the number
 * of traces.
 */
export class TraceTotals {
  private readonly rows = new Map<string, Row>();
  private readonly find: Statement;
  private readonly remove: Statement;
  private readonly insert: MultiInsert;
  readonly addedUp: AddedUp;

  constructor(driver: Driver) {
    this.addedUp = new AddedUp(driver);
    this.find = driver.prepare(
      'SELECT traces, first, last, times FROM totals WHERE period = ? AND start = ? AND shape = ? AND flags = ?',
    );
    this.remove = driver.prepare(
      'DELETE FROM totals WHERE period = ? AND start = ? AND shape = ? AND flags = ?',
    );
    this.insert = new MultiInsert(
      driver,
      'INSERT OR REPLACE INTO totals (period, start, shape, flags, traces, first, last, times)',
      8,
    );
  }

  /** Adds a trace to the totals, or removes it. {@link write} stores the result. */
  count({ start, end, flags, shape, times }: TotalledTrace, by: 1 | -1): void {
    const row = this.row(Math.floor(start / MINUTE) * MINUTE, shape, flags & TOTALS_FLAGS);
    row.changed = true;
    row.traces += by;
    row.times.add(times, by);
    // Removing a trace leaves `first` and `last` unchanged: they stay within the minute.
    if (by < 0) return;
    row.first = Math.min(row.first, start);
    row.last = Math.max(row.last, end);
  }

  /** Writes the changed totals. Call this within the transaction that changes the traces. */
  write(): void {
    const values: SqlValue[] = [];
    for (const [key, row] of this.rows) {
      if (!row.changed) continue;
      row.changed = false;
      const { start, shape, flags, traces, first, last, times } = row;
      this.addedUp.changed(start);
      if (traces > 0) values.push(MINUTE, start, shape, flags, traces, first, last, times.encode());
      else {
        this.remove.run([MINUTE, start, shape, flags]);
        this.rows.delete(key);
      }
    }
    this.insert.run(values);
    for (const key of this.rows.keys()) {
      if (this.rows.size <= MAX_ROWS) break;
      this.rows.delete(key);
    }
  }

  /** Call this after a rollback. */
  forget(): void {
    this.rows.clear();
    this.addedUp.load();
  }

  private row(start: number, shape: number, flags: number): Row {
    const key = `${start} ${shape} ${flags}`;
    let row = this.rows.get(key);
    // Move the row to the end, because the least recently used row is removed first.
    if (row) this.rows.delete(key);
    else row = this.stored(start, shape, flags);
    this.rows.set(key, row);
    return row;
  }

  private stored(start: number, shape: number, flags: number): Row {
    const found = this.find.get<Omit<Row, 'times'> & { times: string }>([
      MINUTE,
      start,
      shape,
      flags,
    ]);
    const empty = { traces: 0, first: Infinity, last: -Infinity };
    const times = found ? TimeTotals.decode(found.times) : new TimeTotals();
    return { ...empty, ...found, start, shape, flags, times, changed: false };
  }
}

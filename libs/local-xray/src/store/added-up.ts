import { TimeTotals } from '../trace';
import type { Driver, Statement } from './driver';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
/** The totals of each level are summed from those of the level before it. */
const LEVELS = [
  { period: HOUR, of: MINUTE },
  { period: DAY, of: HOUR },
];
/** How long an hour or a day must have ended and be unchanged before it is added up. */
const QUIET_SECONDS = 30;

interface Part {
  shape: number;
  flags: number;
  traces: number;
  first: number;
  last: number;
  times: string;
}

/**
 * Sums the totals of minutes for each hour, and those of hours for each day, once it has ended. If a minute changes
 * afterwards, the sums that contain it are deleted, and computed again when nothing has changed for a while.
 */
export class AddedUp {
  /** Hours and days whose totals are in the database. The keys are `period start`. */
  private done = new Set<string>();
  /** Hours and days whose totals are not, with the epoch second of their last change. */
  private open = new Map<string, number>();
  private readonly insert: Statement;
  private readonly markDone: Statement;
  private readonly removeTotals: Statement;
  private readonly unmark: Statement;

  constructor(private readonly driver: Driver) {
    this.insert = driver.prepare(
      'INSERT INTO totals (period, start, shape, flags, traces, first, last, times) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.markDone = driver.prepare('INSERT INTO added_up (period, start) VALUES (?, ?)');
    this.removeTotals = driver.prepare('DELETE FROM totals WHERE period = ? AND start = ?');
    this.unmark = driver.prepare('DELETE FROM added_up WHERE period = ? AND start = ?');
    this.load();
  }

  /** Reads from the database which hours and days are added up. */
  load(): void {
    this.done = new Set(
      this.driver
        .prepare('SELECT period, start FROM added_up')
        .all<{ period: number; start: number }>()
        .map(({ period, start }) => `${period} ${start}`),
    );
    this.open = new Map();
    for (const { period } of LEVELS) {
      const rows = this.driver
        .prepare(
          `SELECT DISTINCT CAST(start / ${period} AS INTEGER) * ${period} AS start FROM totals WHERE period = ${MINUTE}`,
        )
        .all<{ start: number }>();
      for (const { start } of rows) {
        const key = `${period} ${start}`;
        if (!this.done.has(key)) this.open.set(key, 0);
      }
    }
  }

  /** Deletes the sums that contain a minute whose totals have changed. Call it in the same transaction. */
  changed(minute: number): void {
    for (const { period } of LEVELS) {
      const start = Math.floor(minute / period) * period;
      const key = `${period} ${start}`;
      this.open.set(key, Date.now() / 1000);
      if (!this.done.delete(key)) continue;
      this.removeTotals.run([period, start]);
      this.unmark.run([period, start]);
    }
  }

  /** Adds up one hour or day that has ended. Returns false if there is none. */
  step(): boolean {
    const settled = Date.now() / 1000 - QUIET_SECONDS;
    for (const { period, of } of LEVELS) {
      for (const [key, changedAt] of this.open) {
        const [itsPeriod, start] = key.split(' ').map(Number) as [number, number];
        if (itsPeriod !== period || changedAt > settled || start + period > settled) continue;
        if (period === DAY && this.hoursOpen(start)) continue;
        this.driver.transaction(() => this.addUp(period, start, of));
        this.open.delete(key);
        this.done.add(key);
        return true;
      }
    }
    return false;
  }

  private hoursOpen(day: number): boolean {
    for (let hour = day; hour < day + DAY; hour += HOUR)
      if (this.open.has(`${HOUR} ${hour}`)) return true;
    return false;
  }

  private addUp(period: number, start: number, of: number): void {
    const parts = this.driver
      .prepare(
        'SELECT shape, flags, traces, first, last, times FROM totals WHERE period = ? AND start >= ? AND start < ?',
      )
      .all<Part>([of, start, start + period]);
    const sums = new Map<string, Omit<Part, 'times'> & { times: TimeTotals }>();
    for (const { times, ...part } of parts) {
      const key = `${part.shape} ${part.flags}`;
      const sum = sums.get(key);
      if (!sum) {
        sums.set(key, { ...part, times: TimeTotals.decode(times) });
        continue;
      }
      sum.traces += part.traces;
      sum.first = Math.min(sum.first, part.first);
      sum.last = Math.max(sum.last, part.last);
      sum.times.merge(TimeTotals.decode(times));
    }
    for (const { shape, flags, traces, first, last, times } of sums.values())
      this.insert.run([period, start, shape, flags, traces, first, last, times.encode()]);
    if (sums.size > 0) this.markDone.run([period, start]);
  }
}

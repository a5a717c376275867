import { TimeTotals } from '../trace';
import type { Driver, Statement } from './driver';
import { EndedPeriods, type Level, MINUTE, type PeriodSums } from './ended-periods';
import { PackedAggregates } from './packed-aggregates';

const HOUR = 3600;
const DAY = 86_400;

interface Part {
  shape: number;
  flags: number;
  traces: number;
  first: number;
  last: number;
  times: string;
}

/** What is added up from minutes: the totals of hours and days, and the packed aggregates. */
export class AddedUp {
  private readonly all: EndedPeriods[];

  constructor(driver: Driver) {
    this.all = [
      new EndedPeriods(driver, HOURS_AND_DAYS, new PeriodTotals(driver)),
      new EndedPeriods(driver, PackedAggregates.LEVELS, new PackedAggregates(driver)),
    ];
  }

  /** Reads from the database what is added up. */
  load(): void {
    for (const each of this.all) each.load();
  }

  /** Deletes what was added up from a minute that has changed. Call it in the same transaction. */
  changed(minute: number): void {
    for (const each of this.all) each.changed(minute);
  }

  /** Adds up one period. Returns false if there is none. */
  step(): boolean {
    return this.all.some((each) => each.step());
  }
}

const HOURS_AND_DAYS: readonly Level[] = [
  { period: HOUR, of: MINUTE },
  { period: DAY, of: HOUR },
];

/** The totals of hours and days. */
class PeriodTotals implements PeriodSums {
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
  }

  stored(): { period: number; start: number }[] {
    return this.driver.prepare('SELECT period, start FROM added_up').all();
  }

  remove(period: number, start: number): void {
    this.removeTotals.run([period, start]);
    this.unmark.run([period, start]);
  }

  addUp({ period, of }: Level, start: number): void {
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

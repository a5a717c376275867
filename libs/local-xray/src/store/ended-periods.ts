import type { Driver } from './driver';

export const MINUTE = 60;
/** How long a period must have ended and be unchanged before it is added up. */
const QUIET_SECONDS = 30;

export interface Level {
  /** Its length in seconds. */
  period: number;
  /** The length of the periods that it is added up from. */
  of: number;
}

/** The stored sums of periods. */
export interface PeriodSums {
  /** The periods that are added up. */
  stored(): { period: number; start: number }[];
  addUp(level: Level, start: number): void;
  remove(period: number, start: number): void;
}

/**
 * Adds up the minutes of longer periods, each once it has ended. If a minute changes afterwards, the sums that contain
 * it are deleted, and computed again when nothing has changed for a while.
 */
export class EndedPeriods {
  /** Periods whose sums are in the database. The keys are `period start`. */
  private done = new Set<string>();
  /** Periods whose sums are not, with the epoch second of their last change. */
  private open = new Map<string, number>();

  /** @param levels the shortest first, each a multiple of the one before */
  constructor(
    private readonly driver: Driver,
    private readonly levels: readonly Level[],
    private readonly sums: PeriodSums,
  ) {
    this.load();
  }

  /** Reads from the database which periods are added up. */
  load(): void {
    this.done = new Set(this.sums.stored().map(({ period, start }) => `${period} ${start}`));
    this.open = new Map();
    for (const { period } of this.levels) {
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

  /** Deletes the sums that contain a minute that has changed. Call it in the same transaction. */
  changed(minute: number): void {
    for (const { period } of this.levels) {
      const start = Math.floor(minute / period) * period;
      const key = `${period} ${start}`;
      this.open.set(key, Date.now() / 1000);
      if (this.done.delete(key)) this.sums.remove(period, start);
    }
  }

  /** Adds up one period that has ended. Returns false if there is none. */
  step(): boolean {
    const settled = Date.now() / 1000 - QUIET_SECONDS;
    for (const level of this.levels) {
      for (const [key, changedAt] of this.open) {
        const [period, start] = key.split(' ').map(Number) as [number, number];
        if (period !== level.period || changedAt > settled || start + period > settled) continue;
        if (this.isPartOpen(level, start)) continue;
        this.driver.transaction(() => this.sums.addUp(level, start));
        this.open.delete(key);
        this.done.add(key);
        return true;
      }
    }
    return false;
  }

  /** Whether a part of a period is not added up itself yet. */
  private isPartOpen({ period, of }: Level, start: number): boolean {
    if (of === MINUTE) return false;
    for (let part = start; part < start + period; part += of)
      if (this.open.has(`${of} ${part}`)) return true;
    return false;
  }
}

import { type Durations, twoDigits } from '../trace/time-totals';
import { ERROR, FAULT, THROTTLE } from '../trace/node-flags';

/** ServiceStatistics and EdgeStatistics of the API, which have the same fields. */
export interface SummaryStatistics {
  OkCount: number;
  ErrorStatistics: { ThrottleCount: number; OtherCount: number; TotalCount: number };
  FaultStatistics: { OtherCount: number; TotalCount: number };
  TotalCount: number;
  /** Seconds, summed over all requests. */
  TotalResponseTime: number;
}

/** `Value` in seconds, rounded to two significant digits. */
export type Histogram = { Value: number; Count: number }[];

/** Counts visits or calls and their durations. */
export class Statistics {
  private ok = 0;
  private error = 0;
  private throttle = 0;
  private fault = 0;
  private microseconds = 0;
  /** Counts by rounded microseconds. */
  private readonly histogram = new Map<number, number>();

  /**
   * Adds one visit or call with these flags and duration. Fault takes precedence over throttle, and
   * throttle over error.
   */
  add(flags: number, microseconds: number): void {
    this.count(flags, 1);
    this.microseconds += microseconds;
    const value = twoDigits(microseconds);
    this.histogram.set(value, (this.histogram.get(value) ?? 0) + 1);
  }

  /** Adds many visits or calls with these flags. */
  addAll(flags: number, { microseconds, counts }: Durations): void {
    let total = 0;
    for (const [value, count] of counts) {
      total += count;
      this.histogram.set(value, (this.histogram.get(value) ?? 0) + count);
    }
    this.count(flags, total);
    this.microseconds += microseconds;
  }

  toSummary(): SummaryStatistics {
    const { ok, error, throttle, fault } = this;
    return {
      OkCount: ok,
      ErrorStatistics: { ThrottleCount: throttle, OtherCount: error, TotalCount: error + throttle },
      FaultStatistics: { OtherCount: fault, TotalCount: fault },
      TotalCount: ok + error + throttle + fault,
      TotalResponseTime: this.microseconds / 1e6,
    };
  }

  toHistogram(): Histogram {
    return [...this.histogram.entries()]
      .sort(([a], [b]) => a - b)
      .map(([microseconds, Count]) => ({ Value: microseconds / 1e6, Count }));
  }

  private count(flags: number, times: number): void {
    if (flags & FAULT) this.fault += times;
    else if (flags & THROTTLE) this.throttle += times;
    else if (flags & ERROR) this.error += times;
    else this.ok += times;
  }
}

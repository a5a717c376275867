import { Durations } from '../aggregates/bins';
import type { Slots, Sum } from './sums';

/** What a row of a page shows of the sums that belong to it. */
export class Tally {
  readonly durations = new Durations();
  fault = 0;
  error = 0;
  throttle = 0;
  traces = 0;
  private readonly slots = new Map<number, { durations: Durations; fault: number }>();

  add(sum: Sum): void {
    this.durations.add(sum);
    this.fault += sum.fault;
    this.error += sum.error;
    this.throttle += sum.throttle;
    this.traces += sum.traces;
    let slot = this.slots.get(sum.slot);
    if (!slot) this.slots.set(sum.slot, (slot = { durations: new Durations(), fault: 0 }));
    slot.durations.add(sum);
    slot.fault += sum.fault;
  }

  get count(): number {
    return this.durations.count;
  }
  get seconds(): number {
    return this.durations.seconds;
  }

  /** Counts over time. */
  counts({ count }: Slots): number[] {
    return Array.from({ length: count }, (_, at) => this.slots.get(at)?.durations.count ?? 0);
  }

  faults({ count }: Slots): number[] {
    return Array.from({ length: count }, (_, at) => this.slots.get(at)?.fault ?? 0);
  }

  /** A percentile over time; null where nothing was. */
  percentile(part: number, { count }: Slots): (number | null)[] {
    return Array.from({ length: count }, (_, at) => {
      return this.slots.get(at)?.durations.percentiles(part)[0] ?? null;
    });
  }
}

/** Tallies by key. */
export function tallyBy<Key>(
  sums: Iterable<Sum>,
  keyOf: (sum: Sum) => Key | undefined,
): Map<Key, Tally> {
  const tallies = new Map<Key, Tally>();
  for (const sum of sums) {
    const key = keyOf(sum);
    if (key === undefined) continue;
    let tally = tallies.get(key);
    if (!tally) tallies.set(key, (tally = new Tally()));
    tally.add(sum);
  }
  return tallies;
}

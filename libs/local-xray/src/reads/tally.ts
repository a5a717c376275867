import { Durations } from '../aggregates/bins';
import type { BinSum } from '../aggregates/bin-sum';

/** The sum of occurrences with the same facet, route, bin and time interval. */
export interface Sum extends BinSum {
  slot: number;
}

/** Equal time intervals. Earlier and later times count for the first or the last interval. */
export interface Slots {
  from: number;
  width: number;
  count: number;
}

/** What a row of a page shows of the sums that belong to it. */
export class Tally {
  readonly durations = new Durations();
  fault = 0;
  error = 0;
  throttle = 0;
  traces = 0;
  private readonly slots = new Map<number, { durations: Durations; fault: number }>();

  add(sum: Readonly<Sum>): void {
    this.durations.add(sum);
    this.fault += sum.fault;
    this.error += sum.error;
    this.throttle += sum.throttle;
    this.traces += sum.traces;
    const slot = this.slot(sum.slot);
    slot.durations.add(sum);
    slot.fault += sum.fault;
  }

  addAll(other: Tally): void {
    this.durations.addAll(other.durations);
    this.fault += other.fault;
    this.error += other.error;
    this.throttle += other.throttle;
    this.traces += other.traces;
    for (const [at, { durations, fault }] of other.slots) {
      const slot = this.slot(at);
      slot.durations.addAll(durations);
      slot.fault += fault;
    }
  }

  private slot(at: number): { durations: Durations; fault: number } {
    let slot = this.slots.get(at);
    if (!slot) this.slots.set(at, (slot = { durations: new Durations(), fault: 0 }));
    return slot;
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

/** The tally of a facet on a route. */
export interface FacetTally {
  facet: number;
  route: number;
  tally: Tally;
}

/** Adds up what has the same key. What has none is left out. */
export function tallyBy<Key>(
  tallies: Iterable<FacetTally>,
  keyOf: (each: FacetTally) => Key | undefined,
): Map<Key, Tally> {
  const groups = new Map<Key, Tally[]>();
  for (const each of tallies) {
    const key = keyOf(each);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(each.tally);
    else groups.set(key, [each.tally]);
  }
  return new Map([...groups].map(([key, group]) => [key, sumOf(group)]));
}

function sumOf([first, ...others]: Tally[]): Tally {
  if (others.length === 0) return first!;
  const sum = new Tally();
  for (const each of [first!, ...others]) sum.addAll(each);
  return sum;
}

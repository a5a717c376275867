/**
 * Durations in bins that grow by an eighth: 20 for each factor of ten, from 1 µs on.
 * What is kept of many durations is how many fell into each bin, and their sum, so that
 * any two collections can be added up, and percentiles read from the sum.
 */
export const BINS_PER_DECADE = 20;
const LEAST = 1e-6;

export function binOf(seconds: number): number {
  return seconds > LEAST ? Math.floor(Math.log10(seconds / LEAST) * BINS_PER_DECADE + 1e-9) : 0;
}

/** The lower end of a bin, in seconds. */
export function startOfBin(bin: number): number {
  return LEAST * 10 ** (bin / BINS_PER_DECADE);
}

export interface Binned {
  bin: number;
  count: number;
  /** Sum of the durations in the bin. */
  seconds: number;
}

/** Durations by bin. */
export class Durations {
  count = 0;
  seconds = 0;
  /** By bin, with gaps. Arrays rather than a map, because pages over all traces add a million sums. */
  private readonly counts: number[] = [];
  private readonly sums: number[] = [];

  add({ bin, count, seconds }: Readonly<Binned>): void {
    this.count += count;
    this.seconds += seconds;
    this.counts[bin] = (this.counts[bin] ?? 0) + count;
    this.sums[bin] = (this.sums[bin] ?? 0) + seconds;
  }

  addAll({ counts, sums }: Durations): void {
    for (let bin = 0; bin < counts.length; bin++) {
      const count = counts[bin];
      if (count !== undefined) this.add({ bin, count, seconds: sums[bin]! });
    }
  }

  /**
   * The durations that so large a part of all stays below; `undefined` without any. Exact where a bin
   * holds one duration, else off by a few per cent at most: it lies between the ends of its bin, and
   * the sum says where in between most of them are.
   */
  percentiles(...parts: number[]): (number | undefined)[] {
    return parts.map((part) => {
      let rank = Math.max(1, Math.ceil(part * this.count));
      for (let bin = 0; bin < this.counts.length; bin++) {
        const count = this.counts[bin] ?? 0;
        if (count <= 0) continue;
        if (rank > count) {
          rank -= count;
          continue;
        }
        return within(bin, (rank - 0.5) / count, this.sums[bin]! / count);
      }
      return undefined;
    });
  }
}

/** Interpolates from the bin's start to its mean over the first half, then to its end over the rest. */
function within(bin: number, at: number, mean: number): number {
  const from = startOfBin(bin);
  const to = startOfBin(bin + 1);
  if (!(mean > from && mean < to)) return mean;
  return at < 0.5 ? from + (mean - from) * 2 * at : mean + (to - mean) * (2 * at - 1);
}

import { scanTimes } from './scan-times';

/** A histogram of durations: counts by microseconds, rounded as in the API's histograms, and the exact sum. */
export interface Durations {
  microseconds: number;
  counts: Map<number, number>;
}

/** Rounds to two significant digits, as the X-Ray API does in histograms. */
export function twoDigits(value: number): number {
  let unit = 1;
  while (value >= 100 * unit) unit *= 10;
  return Math.round(value / unit) * unit;
}

/**
 * The times of many traces of one shape, for each variant of the shape. The totals of an hour are the sum of the totals
 * of its minutes, and a trace can be subtracted again.
 */
export class TimeTotals {
  readonly variants: Durations[] = [];

  /** Adds or subtracts the `times` of a trace. */
  add(times: string, by: 1 | -1): void {
    scanTimes(times, (variant, microseconds) => {
      const durations = this.variant(variant);
      durations.microseconds += microseconds * by;
      change(durations.counts, twoDigits(microseconds), by);
    });
  }

  merge(other: TimeTotals): void {
    other.variants.forEach(({ microseconds, counts }, at) => {
      const durations = this.variant(at);
      durations.microseconds += microseconds;
      for (const [value, count] of counts) change(durations.counts, value, count);
    });
  }

  /** Encodes the variants, separated by `;`: the sum, then values and their counts. */
  encode(): string {
    return this.variants
      .map(({ microseconds, counts }) => {
        let text = String(microseconds);
        for (const [value, count] of counts) text += ` ${value} ${count}`;
        return text;
      })
      .join(';');
  }

  /** Parses the result of {@link encode} number by number, because splitting it takes several times as long. */
  static decode(text: string): TimeTotals {
    const totals = new TimeTotals();
    let durations = totals.variant(0);
    let place = 0;
    let key = 0;
    let number = 0;
    const end = () => {
      if (place === 0) durations.microseconds = number;
      else if (place % 2 === 1) key = number;
      else durations.counts.set(key, number);
      place++;
      number = 0;
    };
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code >= ZERO) {
        if (code !== SEMICOLON) number = number * 10 + (code - ZERO);
        else {
          end();
          durations = totals.variant(totals.variants.length);
          place = 0;
        }
      } else end();
    }
    end();
    return totals;
  }

  private variant(at: number): Durations {
    while (this.variants.length <= at) this.variants.push({ microseconds: 0, counts: new Map() });
    return this.variants[at]!;
  }
}

const ZERO = 48;
const SEMICOLON = 59;

function change(counts: Map<number, number>, value: number, by: number): void {
  const count = (counts.get(value) ?? 0) + by;
  if (count > 0) counts.set(value, count);
  else counts.delete(value);
}

import type { BinSum } from './bin-sum';
import { type FacetKind, WHOLE_TRACE } from './facets';

/** What a trace adds to the aggregates under one key; as the table of occurrences has it. */
export interface CountedRow extends BinSum {
  kind: FacetKind | typeof WHOLE_TRACE;
}

/** Everything that a trace adds to the aggregates. */
export interface Counted {
  start: number;
  rows: CountedRow[];
}

/** The time spans of the aggregates in seconds, shortest first. Those of a minute are rows, the others are packed. */
export const STEPS = [60, 600, 7200] as const;

/** A fault takes precedence over a throttle, and that over an error, as in the counts of traces. */
export function troubleOf(flags: number): Pick<CountedRow, 'fault' | 'error' | 'throttle'> {
  const fault = flags & 1;
  const throttle = !fault && flags & 4 ? 1 : 0;
  return { fault, throttle, error: !fault && !throttle && flags & 2 ? 1 : 0 };
}

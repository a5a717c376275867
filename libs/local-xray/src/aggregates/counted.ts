import { type FacetKind, WHOLE_TRACE } from './facets';

/** What a trace adds to the aggregates under one key; as the table of occurrences has it. */
export interface CountedRow {
  kind: FacetKind | typeof WHOLE_TRACE;
  facet: number;
  /** Number of the route's facet; 0 without one. */
  route: number;
  bin: number;
  count: number;
  seconds: number;
  fault: number;
  error: number;
  throttle: number;
  traces: number;
}

/** All that the aggregates have of a trace. */
export interface Counted {
  start: number;
  rows: CountedRow[];
}

/** Seconds that the rows of the aggregates cover, the shortest first. */
export const STEPS = [60, 600, 7200] as const;

/** Fault wins over throttle over error, as in the counts of traces. */
export function troubleOf(flags: number): Pick<CountedRow, 'fault' | 'error' | 'throttle'> {
  const fault = flags & 1;
  const throttle = !fault && flags & 4 ? 1 : 0;
  return { fault, throttle, error: !fault && !throttle && flags & 2 ? 1 : 0 };
}

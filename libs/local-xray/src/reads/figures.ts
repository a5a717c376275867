import type { RouteHint, RouteRow, TraceTotals } from '../console-api';
import type { StoredFacet } from './sums';
import { type FacetTally, type Slots, type Tally, tallyBy } from './tally';

export function figuresOf(tally: Tally, slots: Slots): Omit<RouteRow, 'name' | 'filter'> {
  const [p50 = 0, p95 = 0, p99 = 0] = tally.durations.percentiles(0.5, 0.95, 0.99);
  const { count, seconds, fault, error, throttle } = tally;
  const trend = tally.percentile(0.95, slots);
  return {
    count,
    seconds,
    fault,
    error,
    throttle,
    p50,
    p95,
    p99,
    trend,
    faults: tally.faults(slots),
  };
}

/** The costliest hint of each row. */
export function hintsBy(
  ofHints: readonly FacetTally[],
  facets: ReadonlyMap<number, StoredFacet>,
  keyOf: (route: number) => string | undefined,
): Map<string, RouteHint> {
  const worst = new Map<string, { seconds: number; hint: RouteHint }>();
  const tallies = tallyBy(ofHints, ({ facet, route }) => {
    const key = keyOf(route);
    return key === undefined ? undefined : `${facet}\n${key}`;
  });
  for (const [key, { traces, count, seconds }] of tallies) {
    const [n = '', ...rest] = key.split('\n');
    const row = rest.join('\n');
    const facet = facets.get(Number(n));
    if (!facet || traces === 0 || seconds <= (worst.get(row)?.seconds ?? -1)) continue;
    const { subject = '', place } = facet.body;
    worst.set(row, {
      seconds,
      hint: {
        kind: facet.name,
        subject,
        ...(place !== undefined && { place }),
        traces,
        times: count / traces,
        each: seconds / traces,
      },
    });
  }
  return new Map([...worst].map(([row, { hint }]) => [row, hint]));
}

export function totalsOf(tally: Tally | undefined): TraceTotals {
  if (!tally) return { count: 0, fault: 0, error: 0, throttle: 0 };
  const [p50, p95, p99] = tally.durations.percentiles(0.5, 0.95, 0.99);
  const { count, fault, error, throttle } = tally;
  return {
    count,
    fault,
    error,
    throttle,
    ...(p50 !== undefined && { p50 }),
    ...(p95 !== undefined && { p95 }),
    ...(p99 !== undefined && { p99 }),
  };
}

/** Quotes a text for a filter expression. */
export function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

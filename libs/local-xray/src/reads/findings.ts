import type { Finding, RouteHint, RouteRow } from '../console-api';
import type { StoredFacet } from './sums';
import type { Slots } from './tally';

/** A smaller change of p95 is within the normal variation of requests. */
const SLOWER = 1.5;
/** The fewest requests for a meaningful percentile. */
const LEAST_SLOTS = 3;
const LEAST_REQUESTS = 20;

/**
 * What to look at first: the route that became slower, the one that fails most, the costliest hint.
 *
 * @param behind the exception that most traces have in which a route failed
 */
export function findingsOf(
  rows: readonly RouteRow[],
  slots: Slots,
  behind: (route: RouteRow) => StoredFacet | undefined,
): Finding[] {
  const found = [slower(rows, slots), failing(rows, slots, behind), hinted(rows)];
  return found.filter((each) => each !== undefined);
}

/** The route that lost most time to a lasting increase of its p95. */
function slower(rows: readonly RouteRow[], slots: Slots): Finding | undefined {
  let worst: { finding: Finding; cost: number } | undefined;
  for (const route of rows) {
    if (route.count < LEAST_REQUESTS) continue;
    const step = stepUp(route.trend);
    if (!step) continue;
    const { at, before, after } = step;
    const cost = (after - before) * route.count;
    if (cost <= (worst?.cost ?? 0)) continue;
    const since = slots.from + at * slots.width;
    const { hint } = route;
    worst = {
      cost,
      finding: { kind: 'slower', route, before, after, since, ...(hint && { hint }) },
    };
  }
  return worst?.finding;
}

/** The best split of a series such that every later value is above every earlier one. */
export function stepUp(
  trend: readonly (number | null)[],
): { at: number; before: number; after: number } | undefined {
  const known = trend.flatMap((value, at) => (value === null ? [] : [{ value, at }]));
  let best: { at: number; before: number; after: number } | undefined;
  for (let split = LEAST_SLOTS; split <= known.length - LEAST_SLOTS; split++) {
    const earlier = known.slice(0, split).map(({ value }) => value);
    const later = known.slice(split).map(({ value }) => value);
    const before = median(earlier);
    const after = median(later);
    const steady =
      later.filter((value) => value > before * SLOWER).length >= later.length * 0.8 &&
      earlier.filter((value) => value < before * SLOWER).length >= earlier.length * 0.8;
    if (!steady || after < before * SLOWER || (best && after / before <= best.after / best.before))
      continue;
    best = { at: known[split]!.at, before, after };
  }
  return best;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** The route with most faults, and the exception that causes most of them. */
function failing(
  rows: readonly RouteRow[],
  slots: Slots,
  behind: (route: RouteRow) => StoredFacet | undefined,
): Finding | undefined {
  const [route] = [...rows].sort((a, b) => b.fault - a.fault);
  if (!route || route.fault === 0) return undefined;
  const facet = behind(route);
  const place = facet?.body.place;
  const first = route.faults.findIndex((count) => count > 0);
  return {
    kind: 'fails',
    route,
    since: slots.from + Math.max(0, first) * slots.width,
    ...(facet && {
      exception: { name: facet.name, ...(place !== undefined && { place }) },
    }),
  };
}

/** The costliest hint. N+1 comes first, as the most reliable hint and the easiest to fix. */
function hinted(rows: readonly RouteRow[]): Finding | undefined {
  const all = rows.flatMap((route) => (route.hint ? [{ route, hint: route.hint }] : []));
  const cost = ({ hint }: { hint: RouteHint }) =>
    hint.each * hint.traces * (hint.kind === 'n-plus-one' ? 3 : 1);
  const [worst] = all.sort((a, b) => cost(b) - cost(a));
  return worst && { kind: 'hint', ...worst };
}

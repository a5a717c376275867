import { HINT, ROUTE, STATEMENT } from '../aggregates/facets';
import type { QueryTable, StatementRow } from '../console-api';
import { routesBy } from './errors';
import { quoted } from './figures';
import type { ReadContext } from './read-context';
import { facetsOf, type StoredFacet, Sums } from './sums';
import { type FacetTally, tallyBy } from './tally';
import type { TraceSelection } from './trace-reads';

const SLOTS = 48;

/** Statements and AWS operations by the total time of their runs. */
export async function readQueries(
  context: ReadContext,
  selection: TraceSelection,
  signal: AbortSignal,
): Promise<QueryTable> {
  const sums = Sums.open(context, selection, SLOTS, signal);
  const found = await sums.tallies(STATEMENT);
  const ofHints = await sums.tallies(HINT, { together: true });
  const facets = facetsOf(
    context,
    [...found, ...ofHints].flatMap(({ facet, route }) => [facet, route]),
  );
  const nameOf = (n: number): string | undefined => facets.get(n)?.name;
  const routes = routesBy(found, nameOf, nameOf);
  const callers = callersOf(found, facets);
  const loops = await nPlusOnes(sums, ofHints, facets);
  const rows = [...tallyBy(found, ({ facet }) => nameOf(facet))].map(
    ([name, tally]): StatementRow => {
      const { body } = [...facets.values()].find(
        (each) => each.kind === STATEMENT && each.name === name,
      )!;
      const [p50 = 0, p95 = 0] = tally.durations.percentiles(0.5, 0.95);
      const onRoutes = routes.get(name) ?? [];
      // Another statement on the same table is not part of the loop.
      const repeats = tally.count / Math.max(1, tally.traces) >= 2;
      const nPlusOne = (repeats ? onRoutes : [])
        .map((route) => loops.get(`${body.subject ?? ''}\n${route.name}`))
        .find((each) => each !== undefined);
      return {
        name,
        tag: body.tag === 'AWS' ? 'AWS' : 'SQL',
        text: body.text ?? name,
        ...(body.database !== undefined && { database: body.database }),
        count: tally.count,
        seconds: tally.seconds,
        traces: tally.traces,
        p50,
        p95,
        trend: tally.percentile(0.95, sums.slots),
        callers: callers.get(name) ?? [],
        routes: onRoutes,
        ...(nPlusOne && { nPlusOne }),
        filter: `statement = ${quoted(name)}`,
      };
    },
  );
  const { from, width, count } = sums.slots;
  return { from, width, slots: count, rows: rows.sort((a, b) => b.seconds - a.seconds) };
}

function callersOf(
  found: readonly FacetTally[],
  facets: ReadonlyMap<number, StoredFacet>,
): Map<string, StatementRow['callers']> {
  const callers = new Map<string, StatementRow['callers']>();
  for (const [n, { count, seconds }] of tallyBy(found, ({ facet }) => facet)) {
    const facet = facets.get(n);
    if (!facet) continue;
    const { place = '–', file, line } = facet.body;
    const where = { ...(file !== undefined && { file }), ...(line !== undefined && { line }) };
    callers.set(facet.name, [
      ...(callers.get(facet.name) ?? []),
      { place, ...where, count, seconds },
    ]);
  }
  for (const each of callers.values()) each.sort((a, b) => b.seconds - a.seconds);
  return callers;
}

/** N+1 hints by subject and route. */
async function nPlusOnes(
  sums: Sums,
  ofHints: readonly FacetTally[],
  facets: ReadonlyMap<number, StoredFacet>,
): Promise<Map<string, NonNullable<StatementRow['nPlusOne']>>> {
  const loops = tallyBy(
    ofHints.filter(({ facet }) => facets.get(facet)?.name === 'n-plus-one'),
    ({ facet, route }) =>
      `${facets.get(facet)?.body.subject ?? ''}\n${facets.get(route)?.name ?? ''}`,
  );
  if (loops.size === 0) return new Map();
  const ofRoutes = await sums.tallies(ROUTE, { together: true });
  const names = facetsOf(
    sums.context,
    ofRoutes.map(({ facet }) => facet),
  );
  const all = tallyBy(ofRoutes, ({ facet }) => names.get(facet)?.name);
  return new Map(
    [...loops].map(([key, { count, seconds, traces }]) => {
      const route = key.slice(key.indexOf('\n') + 1);
      const runs = Math.max(1, traces);
      return [
        key,
        {
          route,
          share: runs / Math.max(runs, all.get(route)?.count ?? 0),
          times: count / runs,
          each: seconds / runs,
          filter: `hint = "n-plus-one" AND route = ${quoted(route)}`,
        },
      ];
    }),
  );
}

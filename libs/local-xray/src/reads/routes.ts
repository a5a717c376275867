import { EXCEPTION, HINT, ROUTE, WHOLE_TRACE } from '../aggregates/facets';
import type { RouteRow, RouteTable } from '../console-api';
import { figuresOf, hintsBy, quoted, totalsOf } from './figures';
import { findingsOf } from './findings';
import type { ReadContext } from './read-context';
import { rowsBy } from './routes-by';
import { facetsOf, type StoredFacet, Sums } from './sums';
import { type FacetTally, tallyBy } from './tally';
import type { RoutesQuery, TraceSelection } from './trace-reads';

const SLOTS = 48;

/** Total times by route or job, service, user or annotation value. */
export async function readRoutes(
  context: ReadContext,
  { by, ...selection }: RoutesQuery,
  signal: AbortSignal,
): Promise<RouteTable> {
  const sums = Sums.open(context, selection, SLOTS, signal);
  const [whole] = await sums.tallies(WHOLE_TRACE);
  const byRoute = by === 'route' || by === 'service';
  const ofRoutes = await sums.tallies(ROUTE, { together: !byRoute });
  const ofHints = byRoute ? await sums.tallies(HINT, { together: true }) : [];
  const facets = facetsOf(
    context,
    [...ofRoutes, ...ofHints].flatMap(({ facet, route }) => [facet, route]),
  );
  const rowsOf = (each: 'route' | 'service'): RouteRow[] =>
    routeRows(sums, ofRoutes, ofHints, facets, each);
  const table = {
    from: sums.slots.from,
    width: sums.slots.width,
    slots: sums.slots.count,
    total: totalsOf(whole?.tally),
    services: servicesOf(ofRoutes, facets),
    findings: [],
  };
  if (!byRoute) return { ...table, ...(await rowsBy(context, selection, by, sums.slots, signal)) };
  if (by === 'service') return { ...table, rows: rowsOf('service') };
  const rows = rowsOf('route');
  const findings = findingsOf(rows, sums.slots, (row) =>
    exceptionBehind(context, row, facets, selection),
  );
  return { ...table, rows, findings };
}

/** The services with their number of requests, by total time. */
function servicesOf(
  ofRoutes: readonly FacetTally[],
  facets: ReadonlyMap<number, StoredFacet>,
): RouteTable['services'] {
  const services = new Map<string, { name: string; count: number; seconds: number }>();
  for (const { facet, tally } of ofRoutes) {
    const name = facets.get(facet)?.body.service;
    if (name === undefined) continue;
    const { count = 0, seconds = 0 } = services.get(name) ?? {};
    services.set(name, {
      name,
      count: count + tally.count,
      seconds: seconds + tally.seconds,
    });
  }
  return [...services.values()]
    .sort((a, b) => b.seconds - a.seconds)
    .map(({ name, count }) => ({ name, count }));
}

/** The number of newest traces in which to look for the exception behind faults. */
const EXAMPLES = 500;

/** The exception that most of the traces have in which a route failed, wherever in them it was thrown. */
function exceptionBehind(
  context: ReadContext,
  row: RouteRow,
  facets: ReadonlyMap<number, StoredFacet>,
  { from, to }: TraceSelection,
): StoredFacet | undefined {
  const route = [...facets.values()].find(
    ({ kind, body }) =>
      kind === ROUTE &&
      body.path === row.name &&
      body.service === row.service &&
      (body.method || undefined) === row.method,
  );
  if (!route) return undefined;
  const [most] = context.database
    .prepare(
      `SELECT e.facet, count(*) AS count FROM (
         SELECT trace FROM occurrences WHERE facet = ? AND start >= ? AND start <= ? AND fault > 0
         ORDER BY start DESC LIMIT ${EXAMPLES}
       ) AS failed CROSS JOIN occurrences AS e
       WHERE e.trace = failed.trace AND e.kind = ${EXCEPTION} GROUP BY 1 ORDER BY 2 DESC LIMIT 1`,
    )
    .all<{ facet: number }>([route.n, from, to]);
  return most && facetsOf(context, [most.facet]).get(most.facet);
}

function routeRows(
  { slots }: Sums,
  ofRoutes: readonly FacetTally[],
  ofHints: readonly FacetTally[],
  facets: ReadonlyMap<number, StoredFacet>,
  by: 'route' | 'service',
): RouteRow[] {
  const keyOf = (route: number): string | undefined => {
    const facet = facets.get(route);
    return by === 'route' ? facet && String(route) : facet?.body.service;
  };
  const hints = hintsBy(ofHints, facets, keyOf);
  const tallies = tallyBy(ofRoutes, ({ facet }) => keyOf(facet));
  const services = new Map<string, Set<string>>();
  for (const { kind, name, body } of facets.values()) {
    if (kind !== ROUTE) continue;
    services.set(name, (services.get(name) ?? new Set()).add(body.service ?? ''));
  }
  return [...tallies]
    .map(([key, tally]): RouteRow => {
      const hint = hints.get(key);
      const figures = { ...figuresOf(tally, slots), ...(hint && { hint }) };
      if (by === 'service') {
        return { name: key, ...figures, filter: `service(${quoted(key)})` };
      }
      const { name, body } = facets.get(Number(key))!;
      const { service = '', method = '', path = '' } = body;
      const shared = (services.get(name)?.size ?? 0) > 1;
      const filter = `route = ${quoted(name)}${shared ? ` AND service(${quoted(service)})` : ''}`;
      return { name: path || name, ...(method && { method }), service, ...figures, filter };
    })
    .sort((a, b) => b.seconds - a.seconds);
}

import { EXCEPTION, HINT, ROUTE, WHOLE_TRACE } from '../aggregates/facets';
import type { RouteRow, RouteTable } from '../console-api';
import { figuresOf, hintsBy, quoted, totalsOf } from './figures';
import { findingsOf } from './findings';
import type { ReadContext } from './read-context';
import { rowsBy } from './routes-by';
import { facetsOf, type StoredFacet, type Sum, Sums } from './sums';
import { tallyBy } from './tally';
import type { RoutesQuery, TraceSelection } from './trace-reads';

const SLOTS = 48;

/** Total times by route or job, service, user or annotation value. */
export async function readRoutes(
  context: ReadContext,
  { by, ...selection }: RoutesQuery,
  signal: AbortSignal,
): Promise<RouteTable> {
  const sums = Sums.open(context, selection, SLOTS, signal);
  const whole = tallyBy(await sums.of(WHOLE_TRACE), () => 0).get(0);
  const ofRoutes = await sums.of(ROUTE);
  const ofHints = await sums.of(HINT, { together: true });
  const facets = facetsOf(
    context,
    [...ofRoutes, ...ofHints].flatMap(({ facet, route }) => [facet, route]),
  );
  const rows = routeRows(sums, ofRoutes, ofHints, facets, 'route');
  const services = routeRows(sums, ofRoutes, ofHints, facets, 'service');
  const slots = { from: sums.slots.from, width: sums.slots.width, slots: sums.slots.count };
  const table = {
    ...slots,
    total: totalsOf(whole),
    services: services.map(({ name, count }) => ({ name, count })),
    findings: [],
  };
  if (by === 'service') return { ...table, rows: services };
  if (by !== 'route')
    return { ...table, ...(await rowsBy(context, selection, by, sums.slots, signal)) };
  const findings = findingsOf(rows, sums.slots, (row) =>
    exceptionBehind(context, row, facets, selection),
  );
  return { ...table, rows, findings };
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
  ofRoutes: Sum[],
  ofHints: Sum[],
  facets: Map<number, StoredFacet>,
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

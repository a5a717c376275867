import { exceptionsOf, isLibrary, type TraceNode, buildTree } from '@nestjs-xray/trace';
import { EXCEPTION } from '../aggregates/facets';
import { exceptionFacet } from '../aggregates/occurrences';
import type { ErrorExample, ErrorRow, ErrorTable } from '../console-api';
import { quoted } from './figures';
import { readTrace } from './documents';
import type { ReadContext } from './read-context';
import { facetsOf, type StoredFacet, Sums } from './sums';
import { type FacetTally, tallyBy } from './tally';
import { requestOf } from './trace-lists';
import type { ErrorExampleQuery, TraceSelection } from './trace-reads';

const SLOTS = 48;
/** The number of traces from which messages of one kind are read. */
const EXAMPLES = 50;

/** Exceptions by type, message shape and method, the latest first. */
export async function readErrors(
  context: ReadContext,
  selection: TraceSelection,
  signal: AbortSignal,
): Promise<ErrorTable> {
  const sums = Sums.open(context, selection, SLOTS, signal);
  const found = await sums.tallies(EXCEPTION);
  const facets = facetsOf(
    context,
    found.flatMap(({ facet, route }) => [facet, route]),
  );
  const nameOf = (n: number): string | undefined => facets.get(n)?.name;
  const routes = routesBy(found, nameOf, nameOf);
  const rows = [...tallyBy(found, ({ facet }) => nameOf(facet))].map(([name, tally]): ErrorRow => {
    const same = [...facets.values()].filter(
      (each) => each.kind === EXCEPTION && each.name === name,
    );
    const { type = '', message = '', status = 'ok', place, file, line } = same[0]!.body;
    return {
      name,
      type,
      message,
      status: status as ErrorRow['status'],
      ...(place !== undefined && { place }),
      ...(file !== undefined && { file }),
      ...(line !== undefined && { line }),
      count: tally.count,
      traces: tally.traces,
      first: Math.min(...same.map(({ first }) => first)),
      last: lastSeen(context, same, selection.to),
      trend: tally.counts(sums.slots),
      routes: routes.get(name) ?? [],
      filter: `exception = ${quoted(name)}`,
    };
  });
  const { from, width, count } = sums.slots;
  return { from, width, slots: count, rows: rows.sort((a, b) => b.last - a.last) };
}

/** For each key, the names with their counts, most frequent first. */
export function routesBy(
  tallies: readonly FacetTally[],
  keyOf: (facet: number) => string | undefined,
  nameOf: (route: number) => string | undefined,
): Map<string, { name: string; count: number }[]> {
  const counts = new Map<string, Map<string, number>>();
  for (const { facet, route, tally } of tallies) {
    const { count } = tally;
    const key = keyOf(facet);
    const name = nameOf(route);
    if (key === undefined || name === undefined) continue;
    const ofKey = counts.get(key) ?? new Map<string, number>();
    counts.set(key, ofKey.set(name, (ofKey.get(name) ?? 0) + count));
  }
  return new Map(
    [...counts].map(([key, ofKey]) => [
      key,
      [...ofKey].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count),
    ]),
  );
}

function lastSeen({ database }: ReadContext, facets: readonly StoredFacet[], to: number): number {
  const last = database.prepare(
    'SELECT max(start) AS start FROM occurrences WHERE facet = ? AND start <= ?',
  );
  return Math.max(
    ...facets.map(({ n }) => last.get<{ start: number | null }>([n, to])!.start ?? 0),
  );
}

/** The newest trace with an exception, and what its messages say elsewhere; null when there is none. */
export async function readErrorExample(
  context: ReadContext,
  { name, ...selection }: ErrorExampleQuery,
  signal: AbortSignal,
): Promise<ErrorExample | null> {
  const own = `exception = ${quoted(name)}`;
  const filter = selection.filter?.trim() ? `(${selection.filter}) AND ${own}` : own;
  const page = await context.search.page<{ id: string }>(
    { ...requestOf(context, { ...selection, filter }), limit: EXAMPLES },
    't.id',
    signal,
  );
  let example: Omit<ErrorExample, 'messages' | 'users'> | undefined;
  const messages = new Map<string, number>();
  const users = new Set<string>();
  for (const { id } of page.rows) {
    signal.throwIfAborted();
    const trace = readTrace(context, id);
    if (!trace) continue;
    const tree = buildTree(trace, Date.now() / 1000);
    for (const node of tree.nodes) {
      const { doc } = node;
      if ('user' in doc && typeof doc.user === 'string') users.add(doc.user);
      for (const exception of exceptionsOf(node)) {
        if (node.passedUp || exceptionFacet(exception, node).name !== name) continue;
        const message = exception.message ?? '';
        messages.set(message, (messages.get(message) ?? 0) + 1);
        example ??= exampleOf(id, node, message, exception.stack);
      }
    }
    await new Promise(setImmediate);
  }
  if (!example) return null;
  return {
    ...example,
    messages: [...messages]
      .map(([message, count]) => ({ message, count }))
      .sort((a, b) => b.count - a.count)
      .slice(0, 20),
    users: users.size,
  };
}

function exampleOf(
  trace: string,
  node: TraceNode,
  message: string,
  stack: ReturnType<typeof exceptionsOf>[number]['stack'],
): Omit<ErrorExample, 'messages' | 'users'> {
  const frames = Array.isArray(stack) ? stack : [];
  return {
    trace,
    segment: node.key,
    message,
    stack: frames.slice(0, 50).map((frame) => ({ ...frame, library: isLibrary(frame) })),
  };
}

import type { Pace } from './pace';
import { allOf, sql, TRUE, type QueryDatabase, type Sql } from './query-database';
import type { SearchPlan } from './search-plan';

/** Place in a list of traces. */
export interface Cursor {
  /** What the list is sorted by, of the last trace that was read: its start, in epoch seconds, in most. */
  at: number | string;
  n: number;
}

/** A part of a plan's traces, small enough for one statement. */
export interface Slice {
  /** What limits the plan to it. */
  where: Sql;
  /** Where the next one begins; undefined for the last. */
  end: Cursor | undefined;
}

/** Traces in a slice, at least and at most, and how long the statements on one should take. */
const MIN = 1000;
const MAX = 20_000;
const AIM_MS = 15;

/**
 * Cuts the traces that a plan goes through into slices, in their order: SQLite cannot be interrupted from
 * another thread, so that no statement may take long, however many traces there are. Their size follows
 * from how long the work on one took.
 */
export async function* slices(
  plan: SearchPlan,
  after: Cursor | undefined,
  database: QueryDatabase,
  pace: Pace,
): AsyncGenerator<Slice> {
  let size = MIN;
  for (let from = after; ;) {
    const before = performance.now();
    const end = plan.scope && endOf(plan, plan.scope, from, size, database);
    yield { where: between(plan, from, end), end };
    if (!end) return;
    from = end;
    const factor = AIM_MS / (performance.now() - before);
    size = Math.round(size * Math.min(4, Math.max(0.25, factor)));
    // Never small: on a busy machine each takes long, and would take no less with fewer traces.
    size = Math.min(MAX, Math.max(MIN, size));
    await pace.step();
  }
}

/** The last of the next `size` traces; undefined when there are fewer. */
function endOf(
  plan: SearchPlan,
  { source, where }: { source: Sql; where: Sql },
  from: Cursor | undefined,
  size: number,
  database: QueryDatabase,
): Cursor | undefined {
  const { order, number } = plan;
  const condition = allOf([where, between(plan, from)].filter((part) => part !== TRUE));
  const text = `SELECT ${order} AS at, ${number} AS n FROM ${source.text} WHERE ${condition.text} ORDER BY ${inOrder(plan)} LIMIT 1 OFFSET ?`;
  const [row] = database
    .prepare(text)
    .all<Cursor>([...source.values, ...condition.values, size - 1]);
  return row && { at: row.at, n: row.n };
}

/**
 * Beyond one place and up to another, within the plan's range: one bound on either side, since SQLite would
 * not see which of two is the tighter one.
 */
function between(plan: SearchPlan, after?: Cursor, end?: Cursor): Sql {
  const { order, number, descending, range } = plan;
  const [first, last] = descending ? [range.to, range.from] : [range.from, range.to];
  const [beyond, from, upTo] = descending ? ['<', '<=', '>='] : ['>', '>=', '<='];
  const parts: Sql[] = [];
  const isOutside =
    after &&
    first !== undefined &&
    (descending ? Number(after.at) > first : Number(after.at) < first);
  if (after && !isOutside)
    parts.push(sql(`(${order}, ${number}) ${beyond} (?, ?)`, after.at, after.n));
  else if (first !== undefined) parts.push(sql(`${order} ${from} ?`, first));
  if (end) parts.push(sql(`(${order}, ${number}) ${upTo} (?, ?)`, end.at, end.n));
  else if (last !== undefined) parts.push(sql(`${order} ${upTo} ?`, last));
  return allOf(parts);
}

/** For ORDER BY. */
export function inOrder({
  order,
  number,
  descending,
}: Pick<SearchPlan, 'order' | 'number' | 'descending'>): string {
  const direction = descending ? 'DESC' : 'ASC';
  return `${order} ${direction}, ${number} ${direction}`;
}

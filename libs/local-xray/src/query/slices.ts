import type { Pace } from './pace';
import { allOf, sql, TRUE, type QueryDatabase, type Sql } from './query-database';
import type { SearchPlan } from './search-plan';

/** A position in a list of traces. */
export interface Cursor {
  /** The sort value of the last trace that was read; usually its start in epoch seconds. */
  at: number | string;
  n: number;
}

/** A part of a plan's traces that is small enough for one statement. */
export interface Slice {
  /** The condition that limits the plan to this part. */
  where: Sql;
  /** The start of the next slice. Undefined for the last one. */
  end: Cursor | undefined;
}

/**
 * Minimum and maximum number of traces in a slice, and how long the statements on one should take.
 */
const MIN = 1000;
const MAX = 20_000;
const AIM_MS = 15;

/**
 * Cuts the traces of a plan into slices, in order. SQLite cannot be interrupted from another
 * thread, so no statement may take long, however many traces there are. The size of a slice depends
 * on how long the work on the previous one took.
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
    // Never too small: on a busy machine a statement takes long even for few traces.
    size = Math.min(MAX, Math.max(MIN, size));
    await pace.step();
  }
}

/** The last of the next `size` traces. Undefined if there are fewer. */
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
 * Limits the traces to those after one position and up to another, within the plan's range. Each
 * side has one bound only, because SQLite does not use the tighter one of two.
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

import { HINT } from '../aggregates/facets';
import type { Filter } from './filter-ast';
import { facetOf } from './filter-keywords';
import {
  annotationValue,
  compileFilter,
  HAS_TROUBLE,
  isExact,
  type SqlContext,
} from './filter-sql';
import { allOf, FALSE, sql, TRUE, type QueryDatabase, type Sql } from './query-database';
import { SORT_COLUMNS, type SortKey, type SortOrder } from './sort-order';

/** Which traces to look for. */
export interface SearchWindow {
  /** Epoch seconds, inclusive. */
  from: number;
  to: number;
  /** Whether traces must start, end, or be active within the window. Default `start`. */
  by?: 'start' | 'end' | 'active';
  /** Default: by the time given in `by`, newest first. */
  sort?: SortOrder | undefined;
}

/** How to query the database. */
export interface SearchPlan {
  /** Table and joins, including the index to use. */
  source: Sql;
  /** Everything that SQL can decide, except `range`. */
  where: Sql;
  /**
   * All rows that the access path reads, whether they match the filter or not; used to cut it into
   * slices. Undefined when there are few.
   */
  scope: { source: Sql; where: Sql } | undefined;
  /** The column that traces are sorted by, as named in `source`. */
  order: string;
  /** The values of `order` to search between, inclusive. Slices narrow it. */
  range: { from?: number; to?: number };
  /** The number of a trace, as named in the index of the order. */
  number: string;
  descending: boolean;
  /** The same column as `order`, on `traces AS t`. */
  column: string;
  /** What must be decided for each trace that SQL returns. */
  rest: Filter | undefined;
}

/** An access path to the traces. */
interface AccessPath {
  source: Sql;
  /** The time and number of a trace, as named in `source`. */
  time: string;
  number: string;
  /**
   * All rows that the path reads, regardless of time; used to choose the shortest path and to cut
   * it into slices.
   */
  scope: { source: Sql; where: Sql };
  /** The condition that makes this path possible, if every row it reads meets the condition. */
  meets?: Filter;
  /** Whether the index returns the traces in order of time. */
  ordered: boolean;
  /** Whether it reads the occurrences of a facet. */
  ofFacet?: boolean;
}

/**
 * Fewer rows than this are sorted at once. For order by time an index is available in many more
 * cases. For other orders, sorting 40,000 rows takes 100 ms, while scanning the index of the order
 * may find the matches only at its far end.
 */
const FEW_BY_TIME = 3_000;
const FEW = 40_000;

/**
 * Plans a search. Undefined when nothing can match.
 *
 * @param atOnce the maximum number of rows that are sorted at once, for orders other than time
 */
export function planSearch(
  filter: Filter,
  window: SearchWindow,
  context: SqlContext,
  database: QueryDatabase,
  atOnce = FEW,
): SearchPlan | undefined {
  const conjuncts = conjunctsOf(filter).map((item) => ({
    item,
    bounds: compileFilter(item, context),
  }));
  if (allOf(conjuncts.map(({ bounds }) => bounds.upper)) === FALSE) return undefined;
  const open = conjuncts.filter(({ bounds }) => !isExact(bounds)).map(({ item }) => item);
  const rest: Filter | undefined = open.length > 1 ? { kind: 'and', items: open } : open[0];
  const paths = conjuncts.flatMap(({ item, bounds }) => pathFor(item, bounds.upper, window) ?? []);
  const { from, to, by = 'start', sort } = window;
  const time = by === 'start' ? 'start' : 'end';
  const { by: key, descending } = sort ?? { by: time, descending: true };
  const { column } = SORT_COLUMNS[key];
  const byTime = key === time;
  const range = by === 'active' ? { from } : { from, to };
  const began = by === 'active' ? sql('t.start <= ?', to) : TRUE;
  const { path, few } = byTime
    ? (choose(paths, range, atOnce, database) ?? { path: scan(time), few: false })
    : (fewest([...paths, scan(time)], range, atOnce, database) ?? { path: scan(key), few: false });
  const { scope } = path;
  const conditions = conjuncts
    .filter(({ item }) => item !== path.meets)
    .map(({ bounds }) => bounds.upper);
  const place = byTime
    ? { order: path.time, number: path.number, range }
    : { order: column, number: 't.n', range: {} };
  // For order by time, slices narrow the range: given two bounds, SQLite does not use the tighter
  // one.
  const within = byTime ? TRUE : between(few ? path.time : TIME[time], range);
  return {
    ...place,
    source: path.source,
    descending,
    column,
    rest,
    where: all([scope.where, within, began, ...conditions]),
    scope: few ? undefined : { ...scope, where: all([scope.where, within]) },
  };
}

const TIME = { start: 't.start', end: 't."end"' };

function conjunctsOf(filter: Filter): Filter[] {
  return filter.kind === 'and' ? filter.items.flatMap(conjunctsOf) : [filter];
}

function all(parts: Sql[]): Sql {
  return allOf(parts.filter((part) => part !== TRUE));
}

function between(column: string, { from, to }: SearchPlan['range']): Sql {
  return all([
    from === undefined ? TRUE : sql(`${column} >= ?`, from),
    to === undefined ? TRUE : sql(`${column} <= ?`, to),
  ]);
}

/** All traces, through the index of an order. */
function scan(key: SortKey): AccessPath {
  const { column, index } = SORT_COLUMNS[key];
  const source = sql(`traces AS t INDEXED BY ${index}`);
  return { source, time: column, number: 't.n', scope: { source, where: TRUE }, ordered: true };
}

/** An access path other than by time, if a condition allows one. */
function pathFor(item: Filter, upper: Sql, window: SearchWindow): AccessPath | undefined {
  if ((window.by ?? 'start') !== 'start') return undefined;
  if (item.kind === 'annotation' && item.op === '=' && upper !== TRUE) {
    const where = sql('a.key = ? AND a.value = ?', item.key, annotationValue(item.value!));
    return {
      source: sql(`annotations AS a CROSS JOIN ${traceOf('a')}`),
      time: 'a.start',
      number: 'a.trace',
      scope: { source: sql('annotations AS a'), where },
      meets: item,
      ordered: true,
    };
  }
  const facet = item.kind === 'text' && item.op === '=' ? facetOf(item.keyword) : undefined;
  // A trace can have several hints of one kind, but must be found once.
  if (item.kind === 'text' && facet !== undefined && facet !== HINT && upper !== TRUE) {
    // Each trace has exactly one row per name with `traces = 1`.
    const where = sql(
      `f.kind = ${facet} AND f.name = ? AND o.facet = f.n AND o.traces = 1`,
      item.value!,
    );
    return {
      source: sql(`facets AS f CROSS JOIN occurrences AS o CROSS JOIN ${traceOf('o')}`),
      time: 'o.start',
      number: 'o.trace',
      scope: { source: sql('facets AS f CROSS JOIN occurrences AS o'), where },
      meets: item,
      ordered: false,
      ofFacet: true,
    };
  }
  if (meansTrouble(item)) {
    const source = sql('traces AS t INDEXED BY traces_trouble');
    const scope = { source, where: sql(HAS_TROUBLE) };
    return { source, time: 't.start', number: 't.n', scope, ordered: true };
  }
  if ((item.kind === 'service' || item.kind === 'edge') && upper !== TRUE) {
    const source = sql('traces AS t INDEXED BY traces_shape');
    const scope = { source, where: upper };
    return { source, time: 't.start', number: 't.n', scope, meets: item, ordered: false };
  }
  return undefined;
}

/** Whether every trace that meets the condition has a fault, an error or a throttle. */
function meansTrouble(item: Filter, negated = false): boolean {
  if (item.kind === 'not') return meansTrouble(item.item, !negated);
  if (item.kind !== 'boolean') return false;
  const is = item.is !== negated;
  return item.keyword === 'ok' ? !is : is && ['fault', 'error', 'throttle'].includes(item.keyword);
}

/** Uses the index that covers most conditions, so that the row itself is read only for matches. */
function traceOf(alias: string): string {
  return `traces AS t INDEXED BY traces_time ON t.start = ${alias}.start AND t.n = ${alias}.trace`;
}

interface Chosen {
  path: AccessPath;
  few: boolean;
}

/**
 * Chooses the path with the fewest rows. Among long paths, prefers one in order of time, which can
 * stop early. Without one, sorting up to `atOnce` rows is cheaper than testing every trace: each slice
 * of a scan would read all occurrences of a facet again.
 */
function choose(
  paths: AccessPath[],
  range: SearchPlan['range'],
  atOnce: number,
  database: QueryDatabase,
): Chosen | undefined {
  const found = fewest(paths, range, FEW_BY_TIME, database);
  if (found) return found;
  const path = paths.find(({ ordered }) => ordered);
  return path
    ? { path, few: false }
    : fewest(
        paths.filter(({ ofFacet }) => ofFacet),
        range,
        atOnce,
        database,
      );
}

function fewest(
  paths: AccessPath[],
  range: SearchPlan['range'],
  few: number,
  database: QueryDatabase,
): Chosen | undefined {
  let best: AccessPath | undefined;
  let rows = few + 1;
  for (const path of paths) {
    const { source, where } = path.scope;
    const within = all([where, between(path.time, range)]);
    const probe = `SELECT count(*) AS rows FROM (SELECT 1 FROM ${source.text} WHERE ${within.text} LIMIT ${few + 1})`;
    const [row] = database
      .prepare(probe)
      .all<{ rows: number }>([...source.values, ...within.values]);
    if (row!.rows < rows) [best, rows] = [path, row!.rows];
  }
  return best && { path: best, few: true };
}

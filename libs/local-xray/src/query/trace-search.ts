import type { Filter } from './filter-ast';
import { matches } from './filter-evaluate';
import { resolveGroups, type GroupExpression } from './filter-groups';
import { decideOnShape } from './filter-nodes';
import { parseFilter } from './filter-parser';
import type { SqlContext } from './filter-sql';
import { sql, type QueryDatabase, type Sql, type SqlValue } from './query-database';
import { RowView } from './row-view';
import { planSearch, type SearchPlan, type SearchWindow } from './search-plan';
import { ShapeCache } from './shape-cache';
import { StatementCache } from './statement-cache';

/** Place in a list of traces, newest first. */
export interface Cursor {
  /** Start (or end) of the last trace that was read, epoch seconds. */
  at: number;
  n: number;
}

export interface SearchRequest extends SearchWindow {
  /** All traces unless there is one; made by {@link readFilter}. */
  filter?: Filter;
}

export interface PageRequest extends SearchRequest {
  limit: number;
  /** Go on after this one. */
  after?: Cursor;
  /**
   * Stop looking after so many milliseconds, with what was found: conditions on documents are dear.
   * 1,000 unless told.
   */
  budgetMs?: number;
}

export interface Found<Row> {
  /** Newest first. */
  rows: Row[];
  /** How many traces were looked at one by one. */
  processed: number;
  /** Set when there may be more. */
  next?: Cursor;
}

const EVERYTHING: Filter = { kind: 'and', items: [] };
const FIRST_CHUNK = 250;
const MAX_CHUNK = 4_000;
/** The event loop gets its turn about this often. */
const CHUNK_MS = 20;

/**
 * Parses a filter expression and puts the filters of groups in their place; undefined, or white space
 * alone, is every trace.
 *
 * @throws FilterSyntaxError
 */
export function readFilter(expression: string | undefined, expressionOf: GroupExpression): Filter {
  if (expression === undefined || expression.trim() === '') return EVERYTHING;
  return resolveGroups(parseFilter(expression), expressionOf);
}

/** Finds traces by filter expressions. */
export class TraceSearch {
  readonly shapes: ShapeCache;

  private readonly database: QueryDatabase;

  constructor(database: QueryDatabase) {
    this.database = new StatementCache(database);
    this.shapes = new ShapeCache(this.database);
  }

  /** One page of the traces that meet a filter. `columns` are SQL expressions over `traces AS t`. */
  async page<Row>(
    request: PageRequest,
    columns: string,
    signal?: AbortSignal,
  ): Promise<Found<Row>> {
    const plan = this.plan(request);
    if (!plan) return { rows: [], processed: 0 };
    const { limit, after } = request;
    if (!plan.rest) {
      const found = this.select<Row & PageKey>(plan, `${columns}, ${KEY(plan)}`, limit + 1, after);
      const rows = found.slice(0, limit);
      const last = rows[limit - 1];
      const next =
        found.length > limit && last ? { at: last.searchAt, n: last.searchN } : undefined;
      return { rows: rows.map(withoutKey), processed: rows.length, ...(next && { next }) };
    }
    const { numbers, processed, next } = await this.sift(
      plan,
      plan.rest,
      limit,
      after,
      request.budgetMs ?? 1_000,
      signal,
    );
    const rows = this.database
      .prepare(
        `SELECT ${columns} FROM traces AS t WHERE t.n IN (SELECT value FROM json_each(?)) ORDER BY ${timeOf(request)} DESC, t.n DESC`,
      )
      .all<Row>([JSON.stringify(numbers)]);
    return { rows, processed, ...(next && { next }) };
  }

  /**
   * All traces that meet a filter, as a condition on `traces AS t` together with what it is to be
   * asked of; undefined when there are none.
   */
  async resolve(
    request: SearchRequest,
    signal?: AbortSignal,
  ): Promise<{ source: Sql; where: Sql } | undefined> {
    const plan = this.plan(request);
    if (!plan?.rest) return plan;
    const { numbers } = await this.sift(plan, plan.rest, Infinity, undefined, Infinity, signal);
    if (numbers.length === 0) return undefined;
    return {
      source: sql('traces AS t'),
      where: sql('t.n IN (SELECT value FROM json_each(?))', JSON.stringify(numbers)),
    };
  }

  /** How many traces there are of each kind of trouble; the key has the bits of FAULT, ERROR and THROTTLE. */
  async countByFlags(request: SearchRequest, signal?: AbortSignal): Promise<Map<number, number>> {
    const found = await this.resolve(request, signal);
    if (!found) return new Map();
    const { source, where } = found;
    const rows = this.database
      .prepare(
        `SELECT t.flags & 7 AS flags, count(*) AS count FROM ${source.text} WHERE ${where.text} GROUP BY 1`,
      )
      .all<{ flags: number; count: number }>([...source.values, ...where.values]);
    return new Map(rows.map(({ flags, count }) => [flags, count]));
  }

  private plan({
    filter = EVERYTHING,
    from,
    to,
    by = 'start',
  }: SearchRequest): SearchPlan | undefined {
    const context: SqlContext = {
      shapes: (condition) => {
        const yes: number[] = [];
        const open: number[] = [];
        this.shapes.each((n, shape) => {
          const verdict = decideOnShape(condition, shape);
          if (verdict === true) yes.push(n);
          else if (verdict === undefined) open.push(n);
        });
        return { yes, open };
      },
      starts: by === 'start' ? { from, to } : undefined,
    };
    return planSearch(filter, { from, to, by }, context, this.database);
  }

  private select<Row>(plan: SearchPlan, columns: string, limit: number, after?: Cursor): Row[] {
    const { text, values } = selection(plan, columns, limit, after);
    return this.database.prepare(text).all<Row>(values);
  }

  /** Looks at the traces that SQL lets through one by one, in chunks between which others get their turn. */
  private async sift(
    plan: SearchPlan,
    rest: Filter,
    limit: number,
    after: Cursor | undefined,
    budgetMs: number,
    signal?: AbortSignal,
  ): Promise<{ numbers: number[]; processed: number; next?: Cursor }> {
    const numbers: number[] = [];
    const end = performance.now() + budgetMs;
    let processed = 0;
    let chunk = FIRST_CHUNK;
    for (let cursor = after; ;) {
      const started = performance.now();
      const candidates = this.candidates(plan, chunk, cursor);
      for (const candidate of candidates.rows) {
        processed++;
        if (matches(rest, candidate)) numbers.push(candidate.n);
        if (numbers.length < limit) continue;
        const at = this.timeOf(plan, candidate.n);
        return { numbers, processed, ...(at !== undefined && { next: { at, n: candidate.n } }) };
      }
      if (candidates.rows.length < chunk) return { numbers, processed };
      cursor = candidates.last!;
      if (performance.now() > end) return { numbers, processed, next: cursor };
      const tookMs = performance.now() - started;
      chunk = Math.max(10, Math.min(MAX_CHUNK, Math.round((chunk * CHUNK_MS) / tookMs)));
      await new Promise(setImmediate);
      signal?.throwIfAborted();
    }
  }

  /** As one text: tens of thousands of row objects take longer than all the rest. */
  private candidates(
    plan: SearchPlan,
    limit: number,
    after?: Cursor,
  ): { rows: RowView[]; last?: Cursor } {
    const inner = selection(
      plan,
      `t.n || ' ' || t.shape || ' ' || t.times AS packed, ${plan.order} AS at`,
      limit,
      after,
    );
    const [row] = this.database
      .prepare(`SELECT group_concat(packed, '|') AS packed, min(at) AS at FROM (${inner.text})`)
      .all<{ packed: string | null; at: number }>(inner.values);
    if (!row || row.packed === null) return { rows: [] };
    const rows = row.packed.split('|').map((packed) => {
      const [n, shape, times] = packed.split(' ') as [string, string, string];
      return new RowView(this.database, this.shapes, Number(n), Number(shape), times);
    });
    return { rows, last: { at: row.at, n: rows[rows.length - 1]!.n } };
  }

  private timeOf({ order }: SearchPlan, n: number): number | undefined {
    const column = order === 't."end"' ? '"end"' : 'start';
    const [row] = this.database
      .prepare(`SELECT ${column} AS at FROM traces WHERE n = ?`)
      .all<{ at: number }>([n]);
    return row?.at;
  }
}

interface PageKey {
  searchAt: number;
  searchN: number;
}

const KEY = ({ order, number }: SearchPlan) => `${order} AS searchAt, ${number} AS searchN`;

function withoutKey<Row>(row: Row & PageKey): Row {
  const { searchAt: _at, searchN: _n, ...rest } = row;
  return rest as unknown as Row;
}

function timeOf({ by = 'start' }: SearchRequest): string {
  return by === 'start' ? 't.start' : 't."end"';
}

function selection(
  { source, where, order, number }: SearchPlan,
  columns: string,
  limit: number,
  after: Cursor | undefined,
): { text: string; values: SqlValue[] } {
  const values: SqlValue[] = [...source.values, ...where.values];
  let condition = where.text;
  if (after) {
    condition += ` AND ${order} <= ? AND (${order} < ? OR ${number} < ?)`;
    values.push(after.at, after.at, after.n);
  }
  values.push(Number.isFinite(limit) ? limit : -1);
  const text = `SELECT ${columns} FROM ${source.text} WHERE ${condition} ORDER BY ${order} DESC, ${number} DESC LIMIT ?`;
  return { text, values };
}

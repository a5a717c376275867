import type { Filter } from './filter-ast';
import { matches } from './filter-evaluate';
import { resolveGroups, type GroupExpression } from './filter-groups';
import type { Verdict } from './filter-logic';
import { decideOnShape } from './filter-nodes';
import { parseFilter } from './filter-parser';
import type { SqlContext } from './filter-sql';
import { Pace } from './pace';
import { allOf, sql, TRUE, type QueryDatabase, type Sql } from './query-database';
import { RowView } from './row-view';
import { planSearch, type SearchPlan, type SearchWindow } from './search-plan';
import { ShapeCache } from './shape-cache';
import { type Cursor, slices } from './slices';
import { decideOnTotals, TOTALS_FLAGS } from './totals-filter';
import { countTotals, coverWindow, type CoveredWindow } from './window-totals';
import { StatementCache } from './statement-cache';

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
    const { limit, after, budgetMs = 1_000 } = request;
    const pace = new Pace(signal);
    const until = performance.now() + budgetMs;
    const rows: Row[] = [];
    let processed = 0;
    for await (const { where, end } of slices(plan, after, this.database, pace)) {
      const sifted =
        plan.rest && (await this.sift(plan, where, plan.rest, pace, limit - rows.length, until));
      const found = sifted
        ? this.rowsOf<Row>(plan, columns, sifted.numbers)
        : this.select<Row>(plan, columns, where, limit - rows.length + 1);
      processed += sifted?.processed ?? Math.min(found.length, limit - rows.length);
      const more = rows.length + found.length > limit;
      rows.push(...found.slice(0, limit - rows.length).map(({ row }) => row));
      if (sifted?.next) return { rows, processed, next: sifted.next };
      if (more || (rows.length === limit && end)) {
        return { rows, processed, next: found[found.length - (more ? 2 : 1)]?.cursor ?? end };
      }
      if (end && performance.now() > until) return { rows, processed, next: end };
    }
    return { rows, processed };
  }

  /**
   * All traces that meet a filter, in parts small enough for one statement each: conditions on
   * `traces AS t`, with what they are to be asked of.
   */
  async *parts(
    request: SearchRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<{ source: Sql; where: Sql }> {
    const plan = this.plan(request);
    if (!plan) return;
    const pace = new Pace(signal);
    for await (const { where } of slices(plan, undefined, this.database, pace)) {
      if (!plan.rest) {
        yield { source: plan.source, where: both(plan.where, where) };
        continue;
      }
      const { numbers } = await this.sift(plan, where, plan.rest, pace);
      if (numbers.length === 0) continue;
      yield {
        source: sql('traces AS t'),
        where: sql('t.n IN (SELECT value FROM json_each(?))', JSON.stringify(numbers)),
      };
    }
  }

  /** How many traces there are of each kind of trouble; the key has the bits of FAULT, ERROR and THROTTLE. */
  async countByFlags(request: SearchRequest, signal?: AbortSignal): Promise<Map<number, number>> {
    const counts = new Map<number, number>();
    const pace = new Pace(signal);
    const covered = this.covered(request);
    if (covered) {
      await countTotals(covered.whole, this.database, pace, (shape, flags, traces) => {
        if (covered.wants(shape, flags)) counts.set(flags, (counts.get(flags) ?? 0) + traces);
      });
    }
    for (const rest of covered?.rest ?? [request])
      await this.countOneByOne({ ...request, ...rest }, counts, signal);
    return counts;
  }

  /**
   * The part of a request's window that totals tell of: undefined when they cannot decide its filter, or
   * the window holds no whole minute. The rest is to be looked at trace by trace.
   */
  covered(
    request: SearchRequest,
  ): (CoveredWindow & { wants: (shape: number, flags: number) => boolean }) | undefined {
    const { filter = EVERYTHING, by = 'start' } = request;
    if (by !== 'start') return undefined;
    const verdicts = new Map<string, Verdict>();
    const verdict = (shape: number, flags: number): Verdict => {
      const key = `${shape} ${flags}`;
      if (!verdicts.has(key)) {
        verdicts.set(
          key,
          decideOnTotals(filter, () => this.shapes.get(shape), flags),
        );
      }
      return verdicts.get(key);
    };
    if (filter !== EVERYTHING && !this.decidedByTotals(filter)) return undefined;
    const window = coverWindow(request, this.database);
    return window && { ...window, wants: (shape, flags) => verdict(shape, flags) === true };
  }

  /** Whether totals decide a filter for every shape there is, whatever the outcome. */
  private decidedByTotals(filter: Filter): boolean {
    let decided = true;
    this.shapes.each((_, shape) => {
      for (let flags = 0; decided && flags <= TOTALS_FLAGS; flags++)
        decided = decideOnTotals(filter, () => shape, flags) !== undefined;
    });
    return decided;
  }

  private async countOneByOne(
    request: SearchRequest,
    counts: Map<number, number>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    for await (const { source, where } of this.parts(request, signal)) {
      const rows = this.database
        .prepare(
          `SELECT t.flags & 7 AS flags, count(*) AS count FROM ${source.text} WHERE ${where.text} GROUP BY 1`,
        )
        .all<{ flags: number; count: number }>([...source.values, ...where.values]);
      for (const { flags, count } of rows) counts.set(flags, (counts.get(flags) ?? 0) + count);
    }
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

  private select<Row>(
    plan: SearchPlan,
    columns: string,
    slice: Sql,
    limit: number,
  ): { row: Row; cursor: Cursor }[] {
    const { source, order, number } = plan;
    const where = both(plan.where, slice);
    const text = `SELECT ${columns}, ${order} AS searchAt, ${number} AS searchN FROM ${source.text} WHERE ${where.text} ORDER BY ${order} DESC, ${number} DESC LIMIT ?`;
    return this.database
      .prepare(text)
      .all<Row & PageKey>([...source.values, ...where.values, limit])
      .map(({ searchAt, searchN, ...row }) => ({
        row: row as unknown as Row,
        cursor: { at: searchAt, n: searchN },
      }));
  }

  private rowsOf<Row>(
    { order }: SearchPlan,
    columns: string,
    numbers: number[],
  ): { row: Row; cursor?: Cursor }[] {
    if (numbers.length === 0) return [];
    const column = columnOf(order);
    return this.database
      .prepare(
        `SELECT ${columns} FROM traces AS t WHERE t.n IN (SELECT value FROM json_each(?)) ORDER BY t.${column} DESC, t.n DESC`,
      )
      .all<Row>([JSON.stringify(numbers)])
      .map((row) => ({ row }));
  }

  /** Looks at the traces of a slice that SQL lets through one by one. */
  private async sift(
    plan: SearchPlan,
    slice: Sql,
    rest: Filter,
    pace: Pace,
    limit = Infinity,
    until = Infinity,
  ): Promise<{ numbers: number[]; processed: number; next?: Cursor }> {
    const numbers: number[] = [];
    let processed = 0;
    for (const candidate of this.candidates(plan, slice)) {
      processed++;
      if (matches(rest, candidate)) numbers.push(candidate.n);
      if (numbers.length >= limit || performance.now() > until) {
        const at = this.timeOf(plan, candidate.n);
        return { numbers, processed, ...(at !== undefined && { next: { at, n: candidate.n } }) };
      }
      await pace.step();
    }
    return { numbers, processed };
  }

  /** As one text: tens of thousands of row objects take longer than all the rest. */
  private candidates(plan: SearchPlan, slice: Sql): RowView[] {
    const { source, order, number } = plan;
    const where = both(plan.where, slice);
    const inner = `SELECT t.n || ' ' || t.shape || ' ' || t.times AS packed FROM ${source.text} WHERE ${where.text} ORDER BY ${order} DESC, ${number} DESC`;
    const [row] = this.database
      .prepare(`SELECT group_concat(packed, '|') AS packed FROM (${inner})`)
      .all<{ packed: string | null }>([...source.values, ...where.values]);
    if (!row || row.packed === null) return [];
    return row.packed.split('|').map((packed) => {
      const [n, shape, times] = packed.split(' ') as [string, string, string];
      return new RowView(this.database, this.shapes, Number(n), Number(shape), times);
    });
  }

  private timeOf({ order }: SearchPlan, n: number): number | undefined {
    const [row] = this.database
      .prepare(`SELECT ${columnOf(order)} AS at FROM traces WHERE n = ?`)
      .all<{ at: number }>([n]);
    return row?.at;
  }
}

interface PageKey {
  searchAt: number;
  searchN: number;
}

/** The column of a trace that a plan orders by, whichever table it reads it from. */
function columnOf(order: string): string {
  return order === 't."end"' ? '"end"' : 'start';
}

function both(...parts: Sql[]): Sql {
  return allOf(parts.filter((part) => part !== TRUE));
}

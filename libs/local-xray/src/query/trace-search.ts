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
import { type Cursor, inOrder, slices } from './slices';
import { SORT_COLUMNS } from './sort-order';
import { decideOnTotals, TOTALS_FLAGS } from './totals-filter';
import { countTotals, coverWindow, type CoveredWindow } from './window-totals';
import { StatementCache } from './statement-cache';

export interface SearchRequest extends SearchWindow {
  /** Default: all traces. Created by {@link readFilter}. */
  filter?: Filter;
}

export interface PageRequest extends SearchRequest {
  limit: number;
  /** Continue after this position. */
  after?: Cursor;
  /**
   * Stop after this many milliseconds with what was found so far, because conditions on documents
   * are expensive. Default 1,000.
   */
  budgetMs?: number;
}

export interface Found<Row> {
  /** In the requested order; by default newest first. */
  rows: Row[];
  /** How many traces were examined one by one. */
  processed: number;
  /** Set when there may be more. */
  next?: Cursor;
}

const EVERYTHING: Filter = { kind: 'and', items: [] };
/**
 * Parses a filter expression and inserts the filters of groups. Undefined or white space selects
 * every trace.
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

  /**
   * @param sortedAtOnce up to this many rows are sorted at once; for more, the index of the order
   *   is used; see planSearch()
   */
  constructor(
    database: QueryDatabase,
    private readonly sortedAtOnce?: number,
  ) {
    this.database = new StatementCache(database);
    this.shapes = new ShapeCache(this.database);
  }

  /**
   * One page of the traces that match a filter. `columns` are SQL expressions over `traces AS t`.
   */
  async page<Row>(
    request: PageRequest,
    columns: string,
    signal?: AbortSignal,
  ): Promise<Found<Row>> {
    const { numbers, processed, next } = await this.pageOf(request, new Pace(signal));
    return { rows: this.rowsOf<Row>(columns, numbers), processed, ...(next && { next }) };
  }

  /** Finds the traces of a page. Their rows, which are large, are read afterwards. */
  private async pageOf(
    request: PageRequest,
    pace: Pace,
  ): Promise<{ numbers: number[]; processed: number; next?: Cursor }> {
    const { limit, budgetMs = 1_000 } = request;
    const until = performance.now() + budgetMs;
    const numbers: number[] = [];
    let processed = 0;
    for (const { where: part, from } of partsOfOrder(request)) {
      if (numbers.length === limit && from) return { numbers, processed, next: from };
      const plan = this.plan(request, part);
      if (!plan) continue;
      for await (const { where, end } of slices(plan, from, this.database, pace)) {
        const left = limit - numbers.length;
        if (plan.rest) {
          const sifted = await this.sift(plan, where, plan.rest, pace, left, until);
          numbers.push(...sifted.numbers);
          processed += sifted.processed;
          if (sifted.next) return { numbers, processed, next: sifted.next };
        } else {
          const keys = this.keysOf(plan, where, left + 1);
          numbers.push(...keys.slice(0, left).map(({ n }) => n));
          processed += Math.min(keys.length, left);
          if (keys.length > left) return { numbers, processed, next: keys[left - 1]! };
        }
        if (end && (numbers.length === limit || performance.now() > until))
          return { numbers, processed, next: end };
      }
    }
    return { numbers, processed };
  }

  /**
   * All traces that match a filter, in parts small enough for one statement each, newest first. A
   * part is a source with a condition on `traces AS t`; `end` is the start of the next part.
   */
  async *parts(
    request: SearchRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<{ source: Sql; where: Sql; end: Cursor | undefined }> {
    const plan = this.plan(request);
    if (!plan) return;
    const pace = new Pace(signal);
    for await (const { where, end } of slices(plan, undefined, this.database, pace)) {
      if (!plan.rest) {
        yield { source: plan.source, where: both(plan.where, where), end };
        continue;
      }
      const { numbers } = await this.sift(plan, where, plan.rest, pace);
      if (numbers.length === 0) continue;
      yield {
        source: sql('traces AS t'),
        where: sql('t.n IN (SELECT value FROM json_each(?))', JSON.stringify(numbers)),
        end,
      };
    }
  }

  /** Counts the traces by their flags. The key has the bits of FAULT, ERROR and THROTTLE. */
  async countByFlags(request: SearchRequest, signal?: AbortSignal): Promise<Map<number, number>> {
    const counts = new Map<number, number>();
    const pace = new Pace(signal);
    const covered = this.covered(request);
    if (covered) {
      await countTotals(covered.minutes, this.database, pace, (shape, flags, traces) => {
        if (covered.wants(shape, flags)) counts.set(flags, (counts.get(flags) ?? 0) + traces);
      });
    }
    for (const rest of covered?.rest ?? [request])
      await this.countOneByOne({ ...request, ...rest }, counts, signal);
    return counts;
  }

  /**
   * The part of a request's window that totals can answer. Undefined if they cannot decide the
   * filter, or if the window contains no whole minute. The rest must be searched trace by trace.
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

  /** Whether totals decide a filter for every shape and outcome. */
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

  private plan(
    { filter = EVERYTHING, from, to, by = 'start', sort }: SearchRequest,
    part = TRUE,
  ): SearchPlan | undefined {
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
    const window = { from, to, by, sort };
    const plan = planSearch(filter, window, context, this.database, this.sortedAtOnce);
    if (!plan || part === TRUE) return plan;
    const scope = plan.scope && { ...plan.scope, where: both(plan.scope.where, part) };
    return { ...plan, where: both(plan.where, part), scope };
  }

  private keysOf(plan: SearchPlan, slice: Sql, limit: number): Cursor[] {
    const { source, order, number } = plan;
    const where = both(plan.where, slice);
    const text = `SELECT ${order} AS at, ${number} AS n FROM ${source.text} WHERE ${where.text} ORDER BY ${inOrder(plan)} LIMIT ?`;
    return this.database
      .prepare(text)
      .all<Cursor>([...source.values, ...where.values, limit])
      .map(({ at, n }) => ({ at, n }));
  }

  /** The rows of the traces that still exist, in the order of their numbers. */
  private rowsOf<Row>(columns: string, numbers: number[]): Row[] {
    if (numbers.length === 0) return [];
    const rows = new Map<number, Row>();
    const found = this.database
      .prepare(
        `SELECT ${columns}, t.n AS searchN FROM json_each(?) AS wanted CROSS JOIN traces AS t WHERE t.n = wanted.value`,
      )
      .all<Row & { searchN: number }>([JSON.stringify(numbers)]);
    for (const { searchN, ...row } of found) rows.set(searchN, row as unknown as Row);
    return numbers.flatMap((n) => rows.get(n) ?? []);
  }

  /** Examines the traces of a slice that SQL returns one by one. */
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
        const at = this.placeOf(plan, candidate.n);
        return { numbers, processed, ...(at !== undefined && { next: { at, n: candidate.n } }) };
      }
      await pace.step();
    }
    return { numbers, processed };
  }

  /** As one text: creating tens of thousands of row objects takes longer than everything else. */
  private candidates(plan: SearchPlan, slice: Sql): RowView[] {
    const { source } = plan;
    const where = both(plan.where, slice);
    const inner = `SELECT t.n || ' ' || t.shape || ' ' || t.times AS packed FROM ${source.text} WHERE ${where.text} ORDER BY ${inOrder(plan)}`;
    const [row] = this.database
      .prepare(`SELECT group_concat(packed, '|') AS packed FROM (${inner})`)
      .all<{ packed: string | null }>([...source.values, ...where.values]);
    if (!row || row.packed === null) return [];
    return row.packed.split('|').map((packed) => {
      const [n, shape, times] = packed.split(' ') as [string, string, string];
      return new RowView(this.database, this.shapes, Number(n), Number(shape), times);
    });
  }

  private placeOf({ column }: SearchPlan, n: number): Cursor['at'] | undefined {
    const [row] = this.database
      .prepare(`SELECT ${column} AS at FROM traces AS t WHERE t.n = ?`)
      .all<{ at: Cursor['at'] }>([n]);
    return row?.at;
  }
}

/**
 * Splits an order into parts that each follow an index from end to end, with the position to start
 * from.
 */
function partsOfOrder({ sort, after }: PageRequest): { where: Sql; from: Cursor | undefined }[] {
  const { column, last } = SORT_COLUMNS[sort?.by ?? 'start'];
  if (last === undefined || sort?.descending !== false) return [{ where: TRUE, from: after }];
  const isLast = after?.at === last;
  const rest = {
    where: sql(`${column} = ?`, last),
    from: isLast ? after : { at: last, n: -1 },
  };
  return isLast ? [rest] : [{ where: sql(`${column} > ?`, last), from: after }, rest];
}

function both(...parts: Sql[]): Sql {
  return allOf(parts.filter((part) => part !== TRUE));
}

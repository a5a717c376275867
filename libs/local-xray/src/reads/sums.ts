import { addSum, emptySum } from '../aggregates/bin-sum';
import { BINS_PER_DECADE } from '../aggregates/bins';
import { STEPS } from '../aggregates/counted';
import { type Facet, type FacetBody, type FacetKind, WHOLE_TRACE } from '../aggregates/facets';
import { Pace } from '../query/pace';
import type { Cursor } from '../query';
import type { SqlValue } from '../store/driver';
import { type KeptRange, keptSums } from './kept-sums';
import type { ReadContext } from './read-context';
import { type FacetTally, type Slots, type Sum, Tally } from './tally';
import { requestOf } from './trace-lists';
import type { TraceSelection } from './trace-reads';

/** Called with each sum. The object is the same each time: keep its values, not the object. */
export type OnSum = (sum: Readonly<Sum>) => void;

const SUMS =
  'sum(c.count), sum(c.seconds), sum(c.fault), sum(c.error), sum(c.throttle), sum(c.traces)'
    .split(', ')
    .map((each) => `${each} AS ${/\.(\w+)/.exec(each)![1]}`)
    .join(', ');

export interface How {
  /** How long traces may be read one by one, the newest first. */
  budgetMs?: number;
  /** Omits bins and intervals when neither is needed, which gives far fewer rows. */
  together?: boolean;
}

/** Sums over a selection of traces. Created once for all reads of a page. */
export class Sums {
  /** Set when earlier traces were not read for lack of time. */
  since: number | undefined;

  private constructor(
    readonly context: ReadContext,
    private readonly selection: TraceSelection,
    private readonly signal: AbortSignal,
    readonly slots: Slots,
    /** The stored aggregates to add up; undefined when the traces themselves are read. */
    private readonly kept: { step: number; from: number; to: number } | undefined,
  ) {}

  /** @param wanted the most intervals into which the time is divided */
  static open(
    context: ReadContext,
    selection: TraceSelection,
    wanted: number,
    signal: AbortSignal,
  ): Sums {
    const { from, to } = spanOf(context, selection);
    const plain = !selection.filter?.trim() && (selection.group ?? 'Default') === 'Default';
    const width = Math.max((to - from) / wanted, 0.001);
    if (!plain || !hasMany(context, selection)) {
      return new Sums(context, selection, signal, { from, width, count: wanted }, undefined);
    }
    const step = [...STEPS].reverse().find((each) => each <= width) ?? STEPS[0];
    const first = Math.floor(from / step) * step;
    const whole = Math.ceil(width / step) * step;
    const slots = { from: first, width: whole, count: Math.ceil((to - first) / whole) || 1 };
    const kept = {
      step,
      from: Math.ceil(selection.from / STEPS[0]) * STEPS[0],
      // Traces later than now come from a clock that is ahead; they are complete too.
      to: selection.to > to ? Infinity : Math.floor(selection.to / STEPS[0]) * STEPS[0],
    };
    return new Sums(context, selection, signal, slots, kept.to > kept.from ? kept : undefined);
  }

  /** The sums, for kinds with few facets. */
  async of(kind: FacetKind | typeof WHOLE_TRACE, how: How = {}): Promise<Sum[]> {
    const sums = new Map<string, Sum>();
    await this.each(kind, how, (each) => {
      const key = `${each.facet} ${each.route} ${each.bin} ${each.slot}`;
      const sum = sums.get(key);
      if (sum) addSum(sum, each);
      else sums.set(key, { ...each });
    });
    return [...sums.values()];
  }

  /** One tally for each facet and route. */
  async tallies(kind: FacetKind | typeof WHOLE_TRACE, how: How = {}): Promise<FacetTally[]> {
    const tallies = new Map<number, Map<number, FacetTally>>();
    await this.each(kind, how, (sum) => {
      const { facet, route } = sum;
      let ofFacet = tallies.get(facet);
      if (!ofFacet) tallies.set(facet, (ofFacet = new Map<number, FacetTally>()));
      let found = ofFacet.get(route);
      if (!found) ofFacet.set(route, (found = { facet, route, tally: new Tally() }));
      found.tally.add(sum);
    });
    return [...tallies.values()].flatMap((ofFacet) => [...ofFacet.values()]);
  }

  private async each(kind: FacetKind | typeof WHOLE_TRACE, how: How, found: OnSum): Promise<void> {
    const { selection, kept } = this;
    if (!kept) return this.eachOfTraces(kind, selection, how, found);
    const { step, from, to } = kept;
    await this.eachKept({ kind, step, from, to }, how, found);
    if (selection.from < from)
      await this.eachOfTraces(kind, { ...selection, to: below(from) }, how, found);
    if (Number.isFinite(to)) await this.eachOfTraces(kind, { ...selection, from: to }, how, found);
  }

  private async eachKept(range: KeptRange, { together }: How, found: OnSum): Promise<void> {
    const { from, width, count } = this.slots;
    const sum: Sum = { ...emptySum(), slot: 0 };
    const pace = new Pace(this.signal);
    for (const period of keptSums(this.context.database, range)) {
      sum.slot = together
        ? 0
        : Math.min(Math.max(Math.floor((period.at - from) / width), 0), count - 1);
      period.each((each) => {
        sum.facet = each.facet;
        sum.route = each.route;
        sum.bin = together ? 0 : each.bin;
        sum.count = each.count;
        sum.seconds = each.seconds;
        sum.fault = each.fault;
        sum.error = each.error;
        sum.throttle = each.throttle;
        sum.traces = each.traces;
        found(sum);
      });
      await pace.step();
    }
  }

  private async eachOfTraces(
    kind: number,
    selection: TraceSelection,
    how: How,
    found: OnSum,
  ): Promise<void> {
    const { budgetMs = Infinity } = how;
    const request = requestOf(this.context, selection);
    const until = performance.now() + budgetMs;
    let reached: Cursor | undefined;
    for await (const { source, where, end } of this.context.search.parts(request, this.signal)) {
      if (reached && performance.now() > until) {
        this.since = Number(reached.at);
        break;
      }
      reached = end;
      const values = [...source.values, ...where.values];
      const rows =
        kind === WHOLE_TRACE
          ? this.all<Sum>(
              `SELECT 0 AS facet, 0 AS route, ${this.placeOf(BIN, 't.start', how)}, count(*) AS count,
                 sum(t.duration) AS seconds, sum(t.flags & 1) AS fault,
                 sum((t.flags & 7) = 2) AS error, sum((t.flags & 5) = 4) AS throttle, count(*) AS traces
               FROM ${source.text} WHERE ${where.text} GROUP BY 3, 4`,
              values,
            )
          : this.all<Sum>(
              `SELECT c.facet, c.route, ${this.placeOf('c.bin', 't.start', how)}, ${SUMS}
               FROM ${source.text} CROSS JOIN occurrences AS c
               WHERE (${where.text}) AND c.trace = t.n AND c.kind = ? GROUP BY 1, 2, 3, 4`,
              [...values, kind],
            );
      rows.forEach(found);
    }
  }

  private placeOf(bin: string, time: string, { together }: How): string {
    if (together) return '0 AS bin, 0 AS slot';
    const { from, width, count } = this.slots;
    const slot = `min(max(CAST((${time} - ${from}) / ${width} AS INTEGER), 0), ${count - 1})`;
    return `${bin} AS bin, ${slot} AS slot`;
  }

  private all<Row>(sql: string, values: SqlValue[]): Row[] {
    this.signal.throwIfAborted();
    return this.context.database.prepare(sql).all<Row>(values);
  }
}

/** The bin number that binOf() returns. */
const BIN = `CASE WHEN t.duration > 0.000001 THEN CAST(log10(t.duration * 1000000.0) * ${BINS_PER_DECADE} + 0.000000001 AS INTEGER) ELSE 0 END`;

/** The largest time before another, for ranges that include their ends. */
function below(time: number): number {
  return time - 1e-6;
}

/** The time range of a selection; by default, from the oldest trace until now. */
function spanOf(
  { database }: ReadContext,
  { from, to }: TraceSelection,
): { from: number; to: number } {
  const now = Date.now() / 1000;
  const until = Math.min(to, Math.max(now, from + 1));
  if (from > 0) return { from, to: until };
  const { oldest } = database
    .prepare('SELECT min(start) AS oldest FROM traces')
    .get<{ oldest: number | null }>()!;
  return { from: Math.min(oldest ?? until - 900, until - 1), to: until };
}

function hasMany({ database, few }: ReadContext, { from, to }: TraceSelection): boolean {
  const { count } = database
    .prepare(
      `SELECT count(*) AS count FROM (SELECT 1 FROM traces WHERE start >= ? AND start <= ? LIMIT ${few + 1})`,
    )
    .get<{ count: number }>([from, to])!;
  return count > few;
}

export interface StoredFacet extends Pick<Facet, 'name' | 'body'> {
  n: number;
  kind: FacetKind;
  /** The start of the first trace that contains it. */
  first: number;
}

/** The facets with these numbers that still exist. */
export function facetsOf(
  { database }: ReadContext,
  numbers: Iterable<number>,
): Map<number, StoredFacet> {
  const wanted = [...new Set(numbers)].filter((n) => n > 0);
  const rows = database
    .prepare(
      'SELECT n, kind, name, body, first FROM facets WHERE n IN (SELECT value FROM json_each(?))',
    )
    .all<Omit<StoredFacet, 'body'> & { body: string }>([JSON.stringify(wanted)]);
  return new Map(rows.map((row) => [row.n, { ...row, body: JSON.parse(row.body) as FacetBody }]));
}

import { FilterSyntaxError } from './filter-error';
import { meets } from './filter-nodes';
import { parseFilter } from './filter-parser';
import type { Target } from './filter-ast';
import { ROOT } from '../trace/node-flags';
import { scanTimes } from '../trace/scan-times';
import { Statistics, type Histogram, type SummaryStatistics } from './statistics';
import type { TimeTotals } from '../trace/time-totals';
import type { Shape } from '../trace/trace-shape';

/** https://docs.aws.amazon.com/xray/latest/api/API_TimeSeriesServiceStatistics.html */
export interface TimeSeriesEntry {
  /** Start of the period, epoch seconds, a multiple of its length. */
  Timestamp: number;
  EdgeSummaryStatistics?: SummaryStatistics;
  ServiceSummaryStatistics?: SummaryStatistics;
  ResponseTimeHistogram: Histogram;
}

/** What a series covers: nodes, edges or, by default, the calls from outside. */
export type EntitySelector =
  | { kind: 'clients' }
  | { kind: 'service'; target: Target }
  | { kind: 'edge'; from: Target; to: Target };

/** Periods without traces are listed too, up to this number. */
const MAX_PERIODS = 1_500;

/**
 * Reads an EntitySelectorExpression: `service(…)`, `edge(…, …)` or `id(…)`.
 *
 * @throws FilterSyntaxError
 */
export function readEntitySelector(expression: string | undefined): EntitySelector {
  if (expression === undefined || expression.trim() === '') return { kind: 'clients' };
  const bare = /^\s*id\s*\(/i.test(expression);
  const filter = parseFilter(bare ? `service(${expression})` : expression);
  if (filter.kind === 'service' && !filter.where) return { kind: 'service', target: filter.target };
  if (filter.kind === 'edge' && !filter.where)
    return { kind: 'edge', from: filter.from, to: filter.to };
  throw new FilterSyntaxError(
    'An entity selector is service("…"), edge("…", "…") or id(name: "…", type: "…"), without braces',
    0,
    expression.length,
    ['service()', 'edge()', 'id()'],
  );
}

/** Adds up statistics period by period. */
export class TimeSeries {
  private readonly periods = new Map<number, Statistics>();

  /** @param period its length in seconds */
  constructor(
    private readonly selector: EntitySelector,
    private readonly period: number,
  ) {}

  /** Adds the times, joined by `|`, of traces of one shape that started in a period. */
  add(timestamp: number, shape: Shape, times: string): void {
    const wanted = this.variants(shape);
    if (!wanted.some((flags) => flags !== undefined)) return;
    const statistics = this.statistics(timestamp);
    scanTimes(times, (variant, microseconds) => {
      const flags = wanted[variant];
      if (flags !== undefined) statistics.add(flags, microseconds);
    });
  }

  /** Adds many traces of one shape from a stored total. */
  addTotals(timestamp: number, shape: Shape, times: () => TimeTotals): void {
    const wanted = this.variants(shape);
    if (!wanted.some((flags) => flags !== undefined)) return;
    const statistics = this.statistics(timestamp);
    times().variants.forEach((durations, variant) => {
      const flags = wanted[variant];
      if (flags !== undefined) statistics.addAll(flags, durations);
    });
  }

  /**
   * One entry for each period from `from` to `to`, or only for those with traces if there would be
   * too many.
   */
  entries(from: number, to: number): TimeSeriesEntry[] {
    const first = Math.floor(from / this.period) * this.period;
    let timestamps = [...this.periods.keys()].sort((a, b) => a - b);
    const count = Math.floor((to - first) / this.period) + 1;
    if (count <= MAX_PERIODS) {
      timestamps = Array.from({ length: Math.max(0, count) }, (_, at) => first + at * this.period);
    }
    return timestamps.map((Timestamp) => {
      const statistics = this.periods.get(Timestamp) ?? new Statistics();
      const summary = statistics.toSummary();
      return {
        Timestamp,
        ...(this.selector.kind === 'service'
          ? { ServiceSummaryStatistics: summary }
          : { EdgeSummaryStatistics: summary }),
        ResponseTimeHistogram: statistics.toHistogram(),
      };
    });
  }

  private statistics(timestamp: number): Statistics {
    let statistics = this.periods.get(timestamp);
    if (!statistics) this.periods.set(timestamp, (statistics = new Statistics()));
    return statistics;
  }

  /** The flags of the variants that the series covers, in the shape's order. */
  private variants({ nodes, edges }: Shape): (number | undefined)[] {
    const { selector } = this;
    const ofNodes = nodes.flatMap((node) =>
      node.variants.map(({ flags }) => {
        if (selector.kind === 'clients') return flags & ROOT ? flags : undefined;
        return selector.kind === 'service' && meets(selector.target, node) ? flags : undefined;
      }),
    );
    const ofEdges = edges.flatMap(({ from, to, variants }) => {
      const wanted =
        selector.kind === 'edge' &&
        meets(selector.from, nodes[from]!) &&
        meets(selector.to, nodes[to]!);
      return variants.map(({ flags }) => (wanted ? flags : undefined));
    });
    return [...ofNodes, ...ofEdges];
  }
}

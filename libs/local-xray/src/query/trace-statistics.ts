import type { QueryDatabase } from './query-database';
import { ServiceGraph, type GraphService } from './service-graph';
import type { TimeTotals } from '../trace/time-totals';
import { Pace } from './pace';
import { StatementCache } from './statement-cache';
import { TimeSeries, type EntitySelector, type TimeSeriesEntry } from './time-series';
import type { SearchRequest, TraceSearch } from './trace-search';
import { readTotals, type WindowTotals } from './window-totals';

interface ShapeRow {
  shape: number;
  times: string;
  first: number;
  last: number;
}

const TOTALS = `t.shape AS shape, group_concat(t.times, '|') AS times, min(t.start) AS first, max(t."end") AS last`;

/**
 * Graphs and series of the traces that a search finds. Whole minutes come from stored totals, the
 * rest from the traces.
 */
export class TraceStatistics {
  private readonly database: QueryDatabase;

  constructor(
    database: QueryDatabase,
    private readonly search: TraceSearch,
  ) {
    this.database = new StatementCache(database);
  }

  /** The `Services` of GetServiceGraph. */
  async serviceGraph(request: SearchRequest, signal?: AbortSignal): Promise<GraphService[]> {
    const graph = new ServiceGraph();
    const covered = this.search.covered(request);
    if (covered) {
      await readTotals(covered.minutes, this.database, new Pace(signal), (totals, times) => {
        const { shape, flags, first, last } = totals;
        if (covered.wants(shape, flags))
          graph.addTotals(this.search.shapes.get(shape), times(), first, last);
      });
    }
    for (const rest of covered?.rest ?? [request]) {
      for await (const { source, where } of this.search.parts({ ...request, ...rest }, signal)) {
        const rows = this.database
          .prepare(`SELECT ${TOTALS} FROM ${source.text} WHERE ${where.text} GROUP BY t.shape`)
          .all<ShapeRow>([...source.values, ...where.values]);
        this.addTo(graph, rows);
      }
    }
    return graph.services();
  }

  /** The `Services` of GetTraceGraph. Ids of unknown traces are ignored. */
  traceGraph(ids: readonly string[]): GraphService[] {
    const rows = this.database
      .prepare(
        `SELECT ${TOTALS} FROM traces AS t WHERE t.id IN (SELECT value FROM json_each(?)) GROUP BY t.shape`,
      )
      .all<ShapeRow>([JSON.stringify(ids.map((id) => id.toLowerCase()))]);
    const graph = new ServiceGraph();
    this.addTo(graph, rows);
    return graph.services();
  }

  /**
   * The `TimeSeriesServiceStatistics` of GetTimeSeriesServiceStatistics. A trace counts in the
   * period in which it started.
   *
   * @param period seconds, 60 or 300
   */
  async timeSeries(
    request: SearchRequest,
    selector: EntitySelector,
    period: number,
    signal?: AbortSignal,
  ): Promise<TimeSeriesEntry[]> {
    const series = new TimeSeries(selector, period);
    const covered = this.search.covered(request);
    if (covered) {
      const add = ({ start, shape, flags }: WindowTotals, times: () => TimeTotals) => {
        if (!covered.wants(shape, flags)) return;
        series.addTotals(Math.floor(start / period) * period, this.search.shapes.get(shape), times);
      };
      const pace = new Pace(signal);
      await readTotals(covered.minutes, this.database, pace, add, { minutesOnly: true });
    }
    for (const rest of covered?.rest ?? [request]) {
      for await (const { source, where } of this.search.parts({ ...request, ...rest }, signal)) {
        const rows = this.database
          .prepare(
            `SELECT CAST(t.start / ? AS INTEGER) AS period, ${TOTALS} FROM ${source.text} WHERE ${where.text} GROUP BY 1, t.shape`,
          )
          .all<ShapeRow & { period: number }>([period, ...source.values, ...where.values]);
        for (const row of rows)
          series.add(row.period * period, this.search.shapes.get(row.shape), row.times);
      }
    }
    return series.entries(request.from, request.to);
  }

  private addTo(graph: ServiceGraph, rows: ShapeRow[]): void {
    for (const { shape, ...totals } of rows)
      graph.add({ shape: this.search.shapes.get(shape), ...totals });
  }
}

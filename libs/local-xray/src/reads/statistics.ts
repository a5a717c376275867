import { type GraphService, readEntitySelector, type TimeSeriesEntry } from '../query';
import type { ReadContext } from './read-context';
import { requestOf } from './trace-lists';
import type { SeriesQuery, TraceSelection } from './trace-reads';

export function readGraph(
  context: ReadContext,
  selection: TraceSelection,
  signal: AbortSignal,
): Promise<GraphService[]> {
  return context.statistics.serviceGraph(requestOf(context, selection), signal);
}

export function readTraceGraph({ statistics }: ReadContext, ids: string[]): GraphService[] {
  return statistics.traceGraph(ids);
}

export function readSeries(
  context: ReadContext,
  { selector, period, ...selection }: SeriesQuery,
  signal: AbortSignal,
): Promise<TimeSeriesEntry[]> {
  const entity = readEntitySelector(selector);
  return context.statistics.timeSeries(requestOf(context, selection), entity, period, signal);
}

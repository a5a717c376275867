import type { TraceList, TracePage, TraceRow } from '../console-api';
import type { SearchRequest } from '../query';
import { ERROR, FAULT, THROTTLE } from '../store/schema';
import { readSorted } from './sorted-list';
import type { ReadContext } from './read-context';
import type { ListQuery, Summaries, SummariesQuery, TraceSelection } from './trace-reads';

/** The first page of the console's list, with the counts of all. */
export async function readList(
  context: ReadContext,
  query: ListQuery,
  signal: AbortSignal,
): Promise<TraceList> {
  const counts = await countByTrouble(context, requestOf(context, query), signal);
  const page = await readPage(context, query, signal);
  const of = query.outcomes ?? OUTCOMES;
  const matching = of.reduce((sum, outcome) => sum + counts[outcome], 0);
  return { ...page, counts, truncated: page.next !== undefined && matching > page.rows.length };
}

const OUTCOMES = ['ok', 'error', 'throttle', 'fault'] as const;

export function readPage(
  context: ReadContext,
  query: ListQuery,
  signal: AbortSignal,
): Promise<TracePage> {
  return readSorted(context, requestOf(context, query), query, signal);
}

export function readCounts(
  context: ReadContext,
  selection: TraceSelection,
  signal: AbortSignal,
): Promise<TraceList['counts']> {
  return countByTrouble(context, requestOf(context, selection), signal);
}

export function readRows({ traces }: ReadContext, numbers: number[]): TraceRow[] {
  return traces.rows(numbers);
}

export async function readSummaries(
  context: ReadContext,
  { by, limit, after, ...selection }: SummariesQuery,
  signal: AbortSignal,
): Promise<Summaries> {
  const { rows, processed, next } = await context.search.page<{ id: string; text: string }>(
    { ...requestOf(context, selection), by, limit, ...(after && { after }) },
    't.id, t.summary AS text',
    signal,
  );
  return { summaries: rows, processed, ...(next && { next }) };
}

async function countByTrouble(
  { search }: ReadContext,
  request: SearchRequest,
  signal: AbortSignal,
): Promise<TraceList['counts']> {
  const counts = { total: 0, ok: 0, error: 0, throttle: 0, fault: 0 };
  for (const [flags, count] of await search.countByFlags(request, signal)) {
    counts.total += count;
    if (flags & FAULT) counts.fault += count;
    else if (flags & THROTTLE) counts.throttle += count;
    else if (flags & ERROR) counts.error += count;
    else counts.ok += count;
  }
  return counts;
}

export function requestOf(context: ReadContext, selection: TraceSelection): SearchRequest {
  return { from: selection.from, to: selection.to, filter: context.filter(selection) };
}

import type { TraceList, TraceRow } from '../console-api';
import type { Cursor, SearchRequest } from '../query';
import { ERROR, FAULT, THROTTLE } from '../store/schema';
import { type StoredRow, TRACE_ROW_COLUMNS, traceRow } from '../store/stored-traces';
import type { ReadContext } from './read-context';
import type { ListQuery, Summaries, SummariesQuery, TraceSelection } from './trace-reads';

/** The newest traces that meet a filter, for the console's list. */
export async function readList(
  context: ReadContext,
  { limit, ...selection }: ListQuery,
  signal: AbortSignal,
): Promise<TraceList> {
  const request = requestOf(context, selection);
  const counts = await countByTrouble(context, request, signal);
  const rows: StoredRow[] = [];
  let after: Cursor | undefined;
  do {
    const page = await context.search.page<StoredRow>(
      { ...request, limit: limit - rows.length, ...(after && { after }) },
      TRACE_ROW_COLUMNS,
      signal,
    );
    rows.push(...page.rows);
    after = page.next;
  } while (after && rows.length < limit);
  return { rows: rows.map(traceRow), counts, truncated: counts.total > rows.length };
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

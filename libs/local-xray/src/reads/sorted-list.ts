import type { ListSort, Outcome, TracePage } from '../console-api';
import type { Cursor, Filter, SearchRequest, SortKey } from '../query';
import { type StoredRow, TRACE_ROW_COLUMNS, traceRow } from '../store/stored-traces';
import { writeCursor } from './list-cursor';
import type { ReadContext } from './read-context';
import type { ListQuery } from './trace-reads';

/** Sort keys with an index in the database. */
const BY_INDEX: Partial<Record<ListSort, SortKey>> = {
  time: 'start',
  duration: 'duration',
  status: 'outcome',
  hint: 'hint',
};
/** What else there is to sort by, of `traces AS t`; texts, and '' for none. */
const KEYS: Partial<Record<ListSort, string>> = {
  service: keyed('t.service'),
  user: keyed("json_extract(t.users, '$[0]')"),
  annotations: keyed("nullif(json_extract(t.summary, '$.Annotations'), '{}')"),
  route: keyed("coalesce(t.route, t.url, t.service) || ' ' || ifnull(t.method, '')"),
};
/** By these so many are sorted, the newest. */
const NEWEST = 10_000;
/** After this time, a page is returned with the traces found so far. */
const BUDGET_MS = 3_000;

type Keyed = Cursor & { at: string };

function keyed(expression: string): string {
  return `t.n, ifnull(${expression}, '') AS at`;
}

/** A page of the traces that meet a request, in the order that a query asks for. */
export async function readSorted(
  context: ReadContext,
  request: SearchRequest,
  query: ListQuery,
  signal: AbortSignal,
): Promise<TracePage> {
  const { sort = 'time', descending = true, limit, after, outcomes } = query;
  const filtered = { ...request, filter: withOutcomes(request.filter, outcomes) };
  const by = BY_INDEX[sort];
  if (by) {
    const sorted = { ...filtered, sort: { by, descending } };
    const { rows, next } = await collect<StoredRow>(
      context,
      sorted,
      TRACE_ROW_COLUMNS,
      limit,
      after,
      signal,
    );
    return { rows: rows.map(traceRow), ...(next && { next: writeCursor(next) }) };
  }
  const newest = await collect<Keyed>(context, filtered, KEYS[sort]!, NEWEST, undefined, signal);
  const compare = comparison(descending);
  const left = after ? newest.rows.filter((each) => compare(after, each) < 0) : newest.rows;
  const page = left.sort(compare).slice(0, limit);
  return {
    rows: context.traces.rows(page.map(({ n }) => n)),
    ...(left.length > limit && { next: writeCursor(page[limit - 1]!) }),
    ...(newest.next && { newest: newest.rows.length }),
  };
}

async function collect<Row>(
  { search }: ReadContext,
  request: SearchRequest,
  columns: string,
  limit: number,
  from: Cursor | undefined,
  signal: AbortSignal,
): Promise<{ rows: Row[]; next: Cursor | undefined }> {
  const until = performance.now() + BUDGET_MS;
  const rows: Row[] = [];
  let after = from;
  do {
    const page = await search.page<Row>(
      { ...request, limit: limit - rows.length, ...(after && { after }) },
      columns,
      signal,
    );
    rows.push(...page.rows);
    after = page.next;
  } while (after && rows.length < limit && performance.now() < until);
  return { rows, next: after };
}

/** As the database sorts: equal ones by number, in the same direction; what has no key comes last. */
function comparison(descending: boolean): (a: Cursor, b: Cursor) => number {
  const sign = descending ? -1 : 1;
  return (a, b) => {
    if (a.at === b.at) return sign * (a.n - b.n);
    if (a.at === '') return 1;
    if (b.at === '') return -1;
    return a.at < b.at ? -sign : sign;
  };
}

/** A filter for traces with certain outcomes; fault precedes throttle, throttle precedes error. */
function withOutcomes(
  filter: Filter | undefined,
  outcomes: readonly Outcome[] | undefined,
): Filter {
  const parts = filter ? [filter] : [];
  if (outcomes) {
    const wanted = outcomes.map(conditionOf);
    // A single one is not wrapped, so that the index of traces with trouble can be used for it.
    parts.push(wanted.length === 1 ? wanted[0]! : { kind: 'or', items: wanted });
  }
  return parts.length === 1 ? parts[0]! : { kind: 'and', items: parts };
}

function conditionOf(outcome: Outcome): Filter {
  const is = (keyword: string, is = true): Filter => ({ kind: 'boolean', keyword, is });
  switch (outcome) {
    case 'throttle':
      return { kind: 'and', items: [is('throttle'), is('fault', false)] };
    case 'error':
      return { kind: 'and', items: [is('error'), is('throttle', false), is('fault', false)] };
    default:
      return is(outcome);
  }
}

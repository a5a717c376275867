import { readJson } from '@nestjs-xray/document/exact-json';
import type {
  Completions,
  ConsoleStatus,
  Differences,
  ErrorExample,
  ErrorTable,
  FilterCompletion,
  FilterParts,
  FilterProblem,
  FoundTraces,
  ImportResult,
  ListSort,
  QueryTable,
  RouteTable,
  SamplingOverview,
  SourceExcerpt,
  Trace,
  TraceLinks,
  TraceList,
  TraceOverview,
  TracePage,
} from 'local-xray/console-api';

/** Local X-Ray did not answer: it is not running, or not at this address. */
export class UnreachableError extends Error {}

/** Local X-Ray rejected the request. `message` is the reason it gave. */
export class RefusedError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** The parsed response. Undefined if it was not JSON. */
    readonly body: unknown,
  ) {
    super(message);
  }
}

type Params = Record<string, string | number | undefined>;

/** Sends a request to local X-Ray and returns the JSON of the response. @throws {UnreachableError | RefusedError} */
export async function request<T>(
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      signal: signal ?? null,
      ...(body !== undefined && {
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new UnreachableError(
      `Local X-Ray does not answer ${method} ${path}. Check that it is running.`,
    );
  }
  const text = await response.text();
  let answer: unknown;
  try {
    answer = text ? readJson(text) : undefined;
  } catch {
    answer = undefined;
  }
  if (response.ok) return answer as T;
  const message = (answer as { Message?: string; message?: string } | undefined) ?? {};
  throw new RefusedError(
    response.status,
    message.Message ??
      message.message ??
      `Local X-Ray answered ${method} ${path} with status ${response.status}.`,
    answer,
  );
}

function get<T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<T> {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value !== undefined && value !== '') query.set(key, String(value));
  }
  const text = query.toString();
  return request<T>('GET', text ? `${path}?${text}` : path, undefined, signal);
}

/** Selects traces: a range in epoch seconds, a filter expression, the name of a group. */
export interface TraceQuery {
  start?: number;
  end?: number;
  filter?: string;
  group?: string;
  limit?: number;
}

/** A page of the list, sorted over all matching traces. */
export interface ListQuery extends TraceQuery {
  sort?: ListSort;
  order?: 'asc' | 'desc';
  /** Only rows with this outcome. The counts still include all. */
  outcome?: string;
  /** The `next` of the previous page. */
  after?: string;
}

/** Filters and time ranges of the traces to compare. Without `b`, `a` is compared with all other traces. */
export interface Compared {
  a?: string;
  aStart?: number;
  aEnd?: number;
  b?: string;
  bStart?: number;
  bEnd?: number;
}

export const api = {
  traces: (query: ListQuery, signal?: AbortSignal) =>
    get<TraceList>('/console/traces', { ...query }, signal),
  moreTraces: (query: ListQuery & { after: string }, signal?: AbortSignal) =>
    get<TracePage>('/console/traces', { ...query }, signal),
  trace: (id: string, signal?: AbortSignal) =>
    get<Trace>(`/console/traces/${encodeURIComponent(id)}`, {}, signal),
  links: (id: string, signal?: AbortSignal) =>
    get<TraceLinks>(`/console/traces/${encodeURIComponent(id)}/links`, {}, signal),
  /** Finds the traces that a text refers to by ids, headers or a log line. */
  find: (text: string, signal?: AbortSignal) => get<FoundTraces>('/console/find', { text }, signal),
  overview: (query: TraceQuery, signal?: AbortSignal) =>
    get<TraceOverview>('/console/overview', { ...query }, signal),
  routes: (query: TraceQuery & { by: string }, signal?: AbortSignal) =>
    get<RouteTable>('/console/routes', { ...query }, signal),
  errors: (query: TraceQuery, signal?: AbortSignal) =>
    get<ErrorTable>('/console/errors', { ...query }, signal),
  errorExample: (query: TraceQuery & { name: string }, signal?: AbortSignal) =>
    get<ErrorExample>('/console/errors/example', { ...query }, signal),
  queries: (query: TraceQuery, signal?: AbortSignal) =>
    get<QueryTable>('/console/queries', { ...query }, signal),
  differences: (query: TraceQuery & Compared, signal?: AbortSignal) =>
    get<Differences>('/console/differences', { ...query }, signal),
  status: (signal?: AbortSignal) => get<ConsoleStatus>('/console/status', {}, signal),
  filterCompletion: (expression: string, offset: number, signal?: AbortSignal) =>
    get<FilterCompletion>('/console/filter-completion', { expression, offset }, signal),
  annotationKeys: (signal?: AbortSignal) =>
    get<Completions>('/console/completions', { kind: 'annotation-keys' }, signal),
  annotationValues: (key: string, signal?: AbortSignal) =>
    get<Completions>('/console/completions', { kind: 'annotation-values', key }, signal),
  /** The values that segments have for `service.version`. */
  serviceVersions: (signal?: AbortSignal) =>
    get<Completions>('/console/completions', { kind: 'versions' }, signal),
  filterParts: async (expression: string, signal?: AbortSignal) =>
    (await get<FilterParts>('/console/filter-parts', { expression }, signal)).parts,
  /** Responds like GetServiceGraph. */
  graph: <T>(query: TraceQuery, signal?: AbortSignal) =>
    get<T>('/console/graph', { ...query }, signal),
  sampling: (signal?: AbortSignal) => get<SamplingOverview>('/console/sampling', {}, signal),
  source: (path: string, line: number, signal?: AbortSignal) =>
    get<SourceExcerpt>('/console/source', { path, line }, signal),
  /** @param json text of one trace or several, or of an array of segment documents. */
  import: (json: string) => request<ImportResult>('POST', '/console/import', json),
};

/** What is wrong with a filter expression, if that is why the request failed. */
export function filterProblem(error: unknown): FilterProblem | undefined {
  if (!(error instanceof RefusedError) || error.status !== 400) return undefined;
  const body = error.body as Partial<FilterProblem> | undefined;
  if (typeof body?.Message !== 'string') return undefined;
  return {
    Message: body.Message,
    position: body.position ?? 0,
    length: body.length ?? 1,
    expected: body.expected ?? [],
  };
}

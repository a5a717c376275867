import type { StoredSetting } from '../store/stored-setting';
import type {
  CompletionKind,
  Completions,
  Differences,
  ErrorExample,
  ErrorTable,
  FilterCompletion,
  FilterParts,
  FoundTraces,
  ListSort,
  Outcome,
  QueryTable,
  RouteTable,
  Trace,
  TraceLinks,
  TraceList,
  TraceOverview,
  TracePage,
  TraceRow,
} from '../console-api';
import type { Cursor, GraphService, TimeSeriesEntry } from '../query';

/** Which traces: those that start (or end) in a window, and meet a filter expression and a group's. */
export interface TraceSelection {
  /** Epoch seconds, both included. */
  from: number;
  to: number;
  /** A filter expression; every trace without one. */
  filter?: string;
  /** Name or ARN of a group; `Default` is every trace. */
  group?: string;
}

export interface ListQuery extends TraceSelection {
  limit: number;
  /** By time, the newest first, by default. */
  sort?: ListSort;
  descending?: boolean;
  /** Returns only rows with these outcomes; the counts include all. */
  outcomes?: readonly Outcome[];
  /** Continue after this trace: {@link TracePage.next}, parsed by `readCursor`. */
  after?: Cursor;
}

export interface RoutesQuery extends TraceSelection {
  /** `route`, `service`, `user` or `annotation.KEY`. */
  by: string;
}

export interface ErrorExampleQuery extends TraceSelection {
  /** The value of the filter keyword `exception`. */
  name: string;
}

/** A side of a comparison: traces of a selection that match a filter and start between two times. */
export interface ComparedSide {
  filter?: string | undefined;
  from?: number;
  to?: number;
}

export interface DifferencesQuery extends TraceSelection {
  a: ComparedSide;
  /** By default, all traces of the selection that are not in `a`. */
  b?: ComparedSide;
}

export interface SummariesQuery extends TraceSelection {
  /** Whether the trace has to start or to end in the window. */
  by: 'start' | 'end' | 'active';
  limit: number;
  /** Continue after this trace. */
  after?: Cursor;
}

export interface Summaries {
  /** The X-Ray API's TraceSummary as JSON texts, newest first. */
  summaries: { id: string; text: string }[];
  /** The number of traces examined. */
  processed: number;
  /** Set when there may be more traces. */
  next?: Cursor;
}

export interface DocumentsQuery {
  ids: readonly string[];
  /** Continue with this one of the ids: {@link DocumentsPage.NextToken}. */
  from?: string;
}

/** A page of whole traces, as BatchGetTraces answers it. Its size is limited, except that it has at least one trace. */
export interface DocumentsPage {
  /** The existing traces, in the order of the ids. */
  Traces: {
    Id: string;
    Duration: number;
    /** The trace has reached the size limit: subsegments that arrived later were not stored. */
    LimitExceeded: boolean;
    Segments: { Id: string; Document: string }[];
  }[];
  /** All ids without a trace, on the first page: AWS's clients read them from there only. */
  UnprocessedTraceIds: string[];
  /** Set when there are more traces. */
  NextToken?: string;
}

export interface SeriesQuery extends TraceSelection {
  /** `service(…)`, `edge(…, …)` or `id(…)`; what comes in from outside without one. */
  selector?: string;
  /** Seconds, 60 or 300. */
  period: number;
}

export interface CompletionsQuery {
  kind: Exclude<CompletionKind, 'groups'>;
  /** The annotation's key, for its values. */
  key: string;
  prefix: string;
}

export interface SamplingReport {
  rule: string;
  client: string;
  /** When it was received, in epoch seconds. */
  at: number;
  requests: number;
  sampled: number;
  borrowed: number;
}

/**
 * What local X-Ray can be asked. Every call ends soon after its signal is aborted.
 *
 * It is the seam for another engine: `test/trace-reads.contract.ts` says what each promises. A new read
 * is a line here and an entry in reads/read-table.ts; what is between the two is generic.
 */
export interface TraceReads {
  /** The first page of a selection's traces, and the number of traces by outcome in all of it. */
  list(query: ListQuery, signal?: AbortSignal): Promise<TraceList>;
  /** A page without the counts. Each trace that does not change meanwhile is on exactly one page. */
  page(query: ListQuery, signal?: AbortSignal): Promise<TracePage>;
  counts(query: TraceSelection, signal?: AbortSignal): Promise<TraceList['counts']>;
  /** The rows with these numbers that still exist. */
  rows(numbers: number[], signal?: AbortSignal): Promise<TraceRow[]>;
  summaries(query: SummariesQuery, signal?: AbortSignal): Promise<Summaries>;
  /** The traces whose ids, or whose segment or subsegment ids, are in a text. */
  find(text: string, signal?: AbortSignal): Promise<FoundTraces>;
  /** A trace with nested subsegments; null if it does not exist. */
  trace(id: string, signal?: AbortSignal): Promise<Trace | null>;
  /** The traces that a trace links to, and those that link to it. */
  links(id: string, signal?: AbortSignal): Promise<TraceLinks>;
  /** The segments of traces, with their subsegments nested, page by page. */
  documents(query: DocumentsQuery, signal?: AbortSignal): Promise<DocumentsPage>;
  /** The `Services` of GetServiceGraph. */
  graph(query: TraceSelection, signal?: AbortSignal): Promise<GraphService[]>;
  /** The `Services` of GetTraceGraph. */
  traceGraph(ids: string[], signal?: AbortSignal): Promise<GraphService[]>;
  /** The `TimeSeriesServiceStatistics` of the API. */
  series(query: SeriesQuery, signal?: AbortSignal): Promise<TimeSeriesEntry[]>;
  /** The number, outcomes and durations of all traces in a selection. */
  overview(query: TraceSelection, signal?: AbortSignal): Promise<TraceOverview>;
  /** Routes and jobs, services, users or annotation values, by total time. */
  routes(query: RoutesQuery, signal?: AbortSignal): Promise<RouteTable>;
  /** Exceptions by type, message shape and method. */
  errors(query: TraceSelection, signal?: AbortSignal): Promise<ErrorTable>;
  /** The newest trace with an exception; null when there is none. */
  errorExample(query: ErrorExampleQuery, signal?: AbortSignal): Promise<ErrorExample | null>;
  /** Statements and AWS operations, by total time. */
  queries(query: TraceSelection, signal?: AbortSignal): Promise<QueryTable>;
  /** The attribute values that some traces have more often than others. */
  differences(query: DifferencesQuery, signal?: AbortSignal): Promise<Differences>;
  /** Stored values that start with the prefix, ignoring case, most frequent first. */
  completions(query: CompletionsQuery, signal?: AbortSignal): Promise<Completions['values']>;
  /** The completions at a position in a filter expression. */
  filterCompletion(
    query: { expression: string; offset: number },
    signal?: AbortSignal,
  ): Promise<FilterCompletion>;
  /** The conditions that AND joins in a filter expression. */
  filterParts(expression: string, signal?: AbortSignal): Promise<FilterParts>;
  /**
   * Checks the expression that a group is to have; it must not come to refer to itself.
   *
   * @throws FilterSyntaxError
   */
  checkFilter(query: { filter: string; ofGroup?: string }, signal?: AbortSignal): Promise<null>;
  /** The table of settings, by kind and name. */
  settings(query: null, signal?: AbortSignal): Promise<StoredSetting[]>;
  /** The sampling reports of clients since a time, in epoch seconds. */
  samplingReports(after: number, signal?: AbortSignal): Promise<SamplingReport[]>;
}

export type ReadName = keyof TraceReads;

/** The same reads with results as JSON bytes, serialised in the reader's thread. */
export type ReadBytes = {
  [Name in ReadName]: (
    query: Parameters<TraceReads[Name]>[0],
    signal?: AbortSignal,
  ) => Promise<Uint8Array>;
};

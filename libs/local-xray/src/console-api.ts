/**
 * The responses of local X-Ray to its own console, besides the X-Ray API. Types only: the viewer and
 * the server are both compiled against this file.
 *
 * Times are epoch seconds and durations are seconds, as everywhere in X-Ray. The console reads
 * groups, rules and graphs of groups through the X-Ray API itself.
 */
import type { AnnotationValue, SegmentDocument, SubsegmentDocument } from '@nestjs-xray/document';

/** One row of the trace list; `GET /console/traces`, and the `traces` event. */
export interface TraceRow {
  id: string;
  start: number;
  /** From the start of the root to the last end; while in progress, until now, or until the trace went silent. */
  duration: number;
  /** How long the root segment took to respond. Absent until it has responded. */
  responseTime?: number;
  method?: string;
  url?: string;
  /** The route of the root's request, or the pattern of its message, if its tracer records one. */
  route?: string;
  status?: number;
  /** Name of the root segment, or of the earliest segment received. */
  service: string;
  user?: string;
  annotations: Record<string, AnnotationValue>;
  fault: boolean;
  error: boolean;
  throttle: boolean;
  /** Whether one of its documents is in progress, or its root has not arrived yet. */
  partial: boolean;
  /**
   * The latest time in its documents, in epoch seconds. Set if the trace is partial and that time is more than 15
   * minutes ago, so that its end is no longer expected.
   */
  silentSince?: number;
  /** Its costliest hint. */
  hint?: { kind: string; title: string };
  segments: number;
  subsegments: number;
  /** Increases with each change of the trace, so that an older copy can be distinguished from a newer one. */
  revision: number;
}

/** What the list of traces can be sorted by. */
export type ListSort =
  'time' | 'duration' | 'status' | 'hint' | 'route' | 'service' | 'user' | 'annotations';
export type Outcome = 'ok' | 'error' | 'throttle' | 'fault';

/**
 * `GET /console/traces?start=&end=&filter=&group=&limit=&sort=&order=&outcome=&after=`
 *
 * - `sort` (default `time`) with `order` `desc` (default) or `asc`, over the whole range. Traces without a hint, route,
 *   service, user or annotation come last in either order.
 * - `outcome`: only rows with these outcomes, such as `error,fault`. `counts` still includes all.
 * - `after`: the `next` of the previous page, with all other parameters unchanged. The response is a {@link TracePage}.
 * - `counts=off`: the response is a {@link TracePage}, for clients that need no counts.
 */
export interface TraceList extends TracePage {
  /** Counts of all matching traces, also beyond `limit`. A trace counts as fault, else throttle, error, or ok. */
  counts: { total: number } & Record<Outcome, number>;
  /** Whether more traces match than `limit` (default 1,000, at most 10,000). */
  truncated: boolean;
}

export interface TracePage {
  rows: TraceRow[];
  /** Where the next page begins. Absent on the last page. Even a page with few rows may have a next. */
  next?: string;
  /**
   * Set if only this many of the newest traces in the range were sorted, and older ones were left out. This happens
   * when sorting a larger range by `route`, `service`, `user` or `annotations`.
   */
  newest?: number;
}

/**
 * `GET /console/find?text=`: the traces that a text refers to: an id of X-Ray or W3C, of a trace, a segment or a
 * subsegment, a header that contains ids, or a log line with any of these.
 */
export interface FoundTraces {
  traces: {
    row: TraceRow;
    /** The segment or subsegment that the text names, if the trace contains it. */
    segment?: string;
  }[];
  /** The ids in the text, whether they were found or not: trace ids in X-Ray's form, and segment ids. */
  named: string[];
  spans: string[];
  /** False if there was no time to search all documents for a segment id, so that only the newest were searched. */
  complete: boolean;
}

/** Body of the 400 response to an invalid filter expression. */
export interface FilterProblem {
  /** For people to read: what is wrong and what to write instead. */
  Message: string;
  /** Where in the expression, counted in UTF-16 units from 0. */
  position: number;
  length: number;
  /** What the expression may contain at that position. */
  expected: string[];
}

/** `GET /console/traces/:id`; 404 with `{ Message }` if there is no such trace. Also the export format. */
export interface Trace {
  id: string;
  duration: number;
  /** The segments as received, with subsegments that were sent on their own inserted below their parents. */
  segments: SegmentDocument[];
  /** Subsegments sent on their own whose parent has not arrived. */
  orphans: SubsegmentDocument[];
  revision: number;
  /** The trace has reached the size limit: subsegments that arrived later were not stored. */
  full?: boolean;
  /** The log lines of the trace, by time. Absent if there are none. */
  logs?: TraceLogLine[];
  /** How many further log lines were dropped because of the limit per trace. */
  logsDropped?: number;
}

/**
 * `GET /console/traces/:id/links`: other stored traces that a trace links to, or that link to it. The consumer of a
 * queue, for example, links to the request that sent the message.
 */
export interface TraceLinks {
  /** Traces that it links to. The links themselves are in its documents. */
  to: TraceRow[];
  /** Traces that link to it, latest first, at most 50. */
  from: {
    row: TraceRow;
    links: {
      /** Id of the segment or subsegment that is linked to. */
      to: string;
      /** Id and name of the segment or subsegment that links to it. */
      id: string;
      name: string;
      attributes?: Record<string, unknown>;
    }[];
  }[];
  /** Total number of links to it. */
  fromTotal: number;
}

/** A log line that belongs to a trace: a log record of OpenTelemetry. */
export interface TraceLogLine {
  /** Epoch seconds at which it was written. */
  time: number;
  level: LogLevel;
  /** The level as its logger names it: `WARNING`, `notice`. Absent if the logger gives no name. */
  severity?: string;
  message: string;
  /** Attributes of the record, its event name and its logger (`otel.scope.name`), but not those of the resource. */
  attributes: Record<string, unknown>;
  traceId: string;
  /** Id of the segment or subsegment in which it was written. Absent if the record names no span. */
  segmentId?: string;
  /** The `service.name` of the process that wrote it. Empty if unknown. */
  service: string;
}

/** Derived from OpenTelemetry's severity number. `info` if a record has none. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** `GET /console/status`, and the `status` event each second. */
export interface ConsoleStatus {
  version: string;
  /** `host:port`, for UDP and TCP. */
  address: string;
  database: string;
  startedAt: number;
  /** Number of documents received since the start. */
  received: number;
  rejected: number;
  /** Received datagrams that wait to be stored. */
  waiting: number;
  /** Datagrams dropped because too many were waiting. */
  lost: number;
  /** Datagrams that the kernel dropped since the start because its buffer was full. Absent if unknown. */
  kernelDrops?: number;
  segmentsPerSecond: number;
  traces: number;
  strict: boolean;
  /** The latest rejections, newest first, at most 20. */
  rejections: { at: number; code: string; message: string }[];
  /** Stored documents in which fields had a wrong type and were converted or left out. */
  repaired: number;
  /** The latest repairs, newest first, at most 20. */
  repairs: { at: number; id: string; traceId: string; name: string; message: string }[];
  /** Traces whose documents are stored but whose row SQLite rejected, so that no list shows them. */
  notListed: number;
  /** Log lines since the start: stored, dropped because they name no trace, or because of the limit per trace. */
  logs: { kept: number; withoutTrace: number; beyondLimit: number };
  /** Exports of metrics since the start. They are accepted and dropped. */
  metricsDropped: number;
  /** Further addresses, as `host:port`, that accept OTLP. Absent if there are none. */
  otlp: { http?: string; grpc?: string };
  /** The pattern for links to source lines, such as `vscode://file/{path}:{line}`. Empty if links are off. */
  editorLink: string;
  /** Whether `GET /console/source` can show excerpts from any folder. */
  sources: boolean;
}

/**
 * `GET /console/completions?kind=&key=&prefix=`: recorded values, most frequent first, at most 50.
 * `key` names the annotation when `kind` is `annotation-values`.
 */
export interface Completions {
  values: { value: AnnotationValue; type: 'string' | 'number' | 'boolean'; count: number }[];
}
export type CompletionKind =
  | 'services'
  | 'annotation-keys'
  | 'annotation-values'
  | 'users'
  | 'urls'
  | 'methods'
  | 'versions'
  | 'groups';

/** What can be inserted at a position in a filter expression; `GET /console/filter-completion?expression=&offset=`. */
export interface FilterCompletion {
  /** The part of the expression that an inserted item replaces, in UTF-16 units: what is already typed of it. */
  from: number;
  to: number;
  /** What begins with the typed text, in the order to offer it: recorded values, then keywords of the language. */
  items: CompletionItem[];
  /** Set if a recorded value can be inserted here. */
  values?: {
    kind: CompletionKind;
    /** The annotation, for `annotation-values`. */
    key?: string;
    /** The typed part of the value, without the quotation mark. */
    prefix: string;
    /** False if the value is written without quotation marks, such as the key of an annotation. */
    quoted: boolean;
  };
  /** The tokens of the whole expression, for colouring. Empty if the expression is too long. */
  tokens: FilterToken[];
}

export interface CompletionItem {
  kind: 'keyword' | 'operator' | 'value' | 'seen';
  /** What to show. */
  label: string;
  /** The text that replaces `from`…`to`. The caret goes to its end. */
  insert: string;
  /** A short description. */
  about: string;
  /** In how many traces it was recorded. */
  count?: number;
}

export interface FilterToken {
  from: number;
  length: number;
  kind: 'keyword' | 'text' | 'number' | 'sign' | 'other';
}

/** `GET /console/filter-parts?expression=`: the conditions that it joins with AND. Empty if it is invalid. */
export interface FilterParts {
  parts: string[];
}

/** `GET /console/graph?start=&end=&filter=` responds like GetServiceGraph. */

/** `GET /console/sampling`: the rules in the order in which they are tried. */
export interface SamplingOverview {
  rules: SamplingRuleRow[];
}
export interface SamplingRuleRow {
  name: string;
  priority: number;
  fixedRate: number;
  reservoirSize: number;
  serviceName: string;
  serviceType: string;
  host: string;
  httpMethod: string;
  urlPath: string;
  resourceArn: string;
  attributes: Record<string, string>;
  modifiedAt: number;
  /** Number of requests that clients reported in the last five minutes. */
  requests: number;
  sampled: number;
  borrowed: number;
  /** Number of clients that reported in the last 30 s. */
  clients: number;
}

/**
 * `GET /console/source?path=&line=`: a few lines of a source file named by a stack frame or a decorator.
 * Only files in the folders that local X-Ray was given, and never in node_modules; otherwise 404 with
 * the reason as `Message`. A relative path is searched for in each folder.
 */
export interface SourceExcerpt {
  /** The requested path. */
  path: string;
  /** The absolute path, for links to an editor. */
  file: string;
  /** Number of the first line in `lines`. */
  first: number;
  lines: string[];
}

/**
 * `GET /console/events`, Server-Sent Events. An event `traces` contains `TraceRow[]`: the traces that
 * changed since the last such event (at most four events a second). An event `status` contains a
 * ConsoleStatus.
 *
 * `POST /console/import` takes a Trace, an array of them, or an array of segment documents. It
 * returns `{ traces: string[], rejected: { id, message }[] }`.
 */
export interface ImportResult {
  traces: string[];
  rejected: { id?: string; message: string }[];
}

/**
 * The parts into which a page divides its time range: `slots` parts of `width` seconds, starting at `from`. Each series
 * of the page has one value per part.
 */
export interface TimeSlots {
  from: number;
  width: number;
  slots: number;
}

/** The costliest kind of hint on a route; see the filter keyword `hint`. */
export interface RouteHint {
  kind: string;
  /** The statement or call that it is about: `SELECT replies`. */
  subject: string;
  /** The method in which it occurs. */
  place?: string;
  /** Number of traces of the route that have the hint. */
  traces: number;
  /** Average number of repetitions in a trace that has it. */
  times: number;
  /** Average seconds that it costs in a trace that has it. */
  each: number;
}

/** One row of the page Routes: a route or job of a service, or a service, a user, or a value of an annotation. */
export interface RouteRow {
  name: string;
  /** HTTP method, or `JOB`. Only on rows of routes. */
  method?: string;
  service?: string;
  /** Number of requests and jobs. On rows by user or annotation, the number of traces. */
  count: number;
  /** Total duration of all of them. */
  seconds: number;
  fault: number;
  error: number;
  throttle: number;
  p50: number;
  p95: number;
  p99: number;
  /** p95 over time. Null for parts without requests. */
  trend: (number | null)[];
  /** Number of faults over time. */
  faults: number[];
  hint?: RouteHint;
  /** Filter expression that finds its traces. */
  filter: string;
}

/** Something worth looking at first. */
export type Finding =
  | {
      kind: 'slower';
      route: RouteRow;
      before: number;
      after: number;
      since: number;
      hint?: RouteHint;
    }
  | { kind: 'fails'; route: RouteRow; since: number; exception?: { name: string; place?: string } }
  | { kind: 'hint'; route: RouteRow; hint: RouteHint };

/** `GET /console/routes?start=&end=&filter=&group=&by=`, by `route` (default), `service`, `user` or `annotation.KEY`. */
export interface RouteTable extends TimeSlots {
  total: TraceTotals;
  /** Sorted by total time, largest first. */
  rows: RouteRow[];
  findings: Finding[];
  /** Services, with the number of requests and jobs of each. */
  services: { name: string; count: number }[];
  /** Set if the rows only cover this many of the newest traces. */
  newest?: number;
}

/** Counts of traces by outcome (fault before throttle before error), and their durations. */
export interface TraceTotals {
  count: number;
  fault: number;
  error: number;
  throttle: number;
  p50?: number;
  p95?: number;
  p99?: number;
}

/**
 * `GET /console/overview?start=&end=&filter=&group=`: all traces of a range, for the outcome buttons, percentiles and
 * heat map. Counts are exact. Percentiles are read from bins that grow by an eighth, so they may be a few per cent off.
 */
export interface TraceOverview extends TimeSlots {
  total: TraceTotals;
  /**
   * How many traces began in a part of the range and took a certain time. Row 0 begins at 1 µs, and each power of ten
   * has five rows. Only cells that contain traces. A trace counts under its worst outcome: a fault is not also an error.
   */
  cells: {
    slot: number;
    row: number;
    count: number;
    fault: number;
    error: number;
    throttle: number;
  }[];
  /** Set if reading every trace took too long. Only traces that began after this time were counted. */
  since?: number;
}

/** Exceptions with the same type, message pattern and first stack frame in the application. */
export interface ErrorRow {
  /** The name for the filter keyword `exception`. */
  name: string;
  type: string;
  /** The message, with `…` for the parts that differ. */
  message: string;
  status: 'ok' | 'error' | 'throttle' | 'fault';
  /** Method of the first stack frame in the application, or the name of the node that recorded the exception. */
  place?: string;
  file?: string;
  line?: number;
  count: number;
  traces: number;
  /** Start of the first stored trace that had it, and of the last one in the range. */
  first: number;
  last: number;
  trend: number[];
  routes: { name: string; count: number }[];
  filter: string;
}

/** `GET /console/errors?start=&end=&filter=&group=` */
export interface ErrorTable extends TimeSlots {
  /** Latest first. */
  rows: ErrorRow[];
}

/** `GET /console/errors/example?name=&start=&end=&filter=`: the newest traces that had an exception. */
export interface ErrorExample {
  /** Id of the newest trace, and of the segment or subsegment that recorded the exception. */
  trace: string;
  segment: string;
  message: string;
  stack: { path?: string; line?: number; label?: string; library: boolean }[];
  /** Messages of the newest traces, most frequent first. */
  messages: { message: string; count: number }[];
  users: number;
}

/** Executions of one SQL statement or one AWS operation. */
export interface StatementRow {
  /** The name for the filter keyword `statement`. */
  name: string;
  tag: 'SQL' | 'AWS';
  text: string;
  database?: string;
  count: number;
  seconds: number;
  traces: number;
  p50: number;
  p95: number;
  trend: (number | null)[];
  /** Methods that ran it, with their source lines, sorted by total time. */
  callers: { place: string; file?: string; line?: number; count: number; seconds: number }[];
  routes: { name: string; count: number }[];
  /** Set if it causes N+1 queries. Describes the route with the most of them. */
  nPlusOne?: { route: string; share: number; times: number; each: number; filter: string };
  filter: string;
}

/** `GET /console/queries?start=&end=&filter=&group=` */
export interface QueryTable extends TimeSlots {
  /** Sorted by total time, largest first. */
  rows: StatementRow[];
}

/** A value that is more frequent on one side of a comparison. */
export interface DifferentValue {
  value: string;
  /** How many of the examined traces have it, on either side. */
  a: number;
  b: number;
  /** Filter expression that finds the traces with this value. */
  filter: string;
}

export interface DifferentAttribute {
  /** The keyword in filter expressions: `annotation.plan`, `route`, `user`, `hint`. */
  name: string;
  /** Sorted by difference in share, largest first. */
  values: DifferentValue[];
  /** The largest difference in share between the sides, 0 to 1. */
  difference: number;
}

/**
 * `GET /console/differences?start=&end=&filter=&group=&a=&aStart=&aEnd=&b=&bStart=&bEnd=`: what traces that match `a`
 * and begin in its time range have more often than those that match `b`. Without `b`, all other traces are compared.
 */
export interface Differences {
  /** The number of traces on either side, and how many of them, evenly spread, were examined. */
  a: { count: number; looked: number };
  b: { count: number; looked: number };
  /** Sorted by difference, largest first. */
  attributes: DifferentAttribute[];
  /** Names of attributes that hardly differ. */
  same: string[];
}

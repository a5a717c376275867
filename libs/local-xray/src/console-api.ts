/**
 * What local X-Ray answers its own console, beside the X-Ray API. Types only:
 * the viewer and the server are compiled against this one file.
 *
 * Times are epoch seconds and durations seconds, as everywhere in X-Ray.
 * Groups, rules and graphs of groups are read through the X-Ray API itself.
 */
import type { AnnotationValue, SegmentDocument, SubsegmentDocument } from '@nestjs-xray/document';

/** One row of the trace list; `GET /console/traces`, and the `traces` event. */
export interface TraceRow {
  id: string;
  start: number;
  /** Root start to last end; up to now while in progress, unless it has stopped reporting. */
  duration: number;
  /** How long the root segment took to answer; absent until it has. */
  responseTime?: number;
  method?: string;
  url?: string;
  /** The annotation `http_route` of the root, when its tracer records one. */
  route?: string;
  status?: number;
  /** Name of the root segment, or of the earliest one there is. */
  service: string;
  user?: string;
  annotations: Record<string, AnnotationValue>;
  fault: boolean;
  error: boolean;
  throttle: boolean;
  /** Some document of it is in progress, or its root has not arrived yet. */
  partial: boolean;
  /**
   * The last time its documents speak of, in epoch seconds, where it is partial and
   * that was 15 minutes ago: its end is not expected any more.
   */
  silentSince?: number;
  /** The costliest of its hints. */
  hint?: { kind: string; title: string };
  segments: number;
  subsegments: number;
  /** Grows with each change of the trace, so that an older copy can be distinguished from a newer. */
  revision: number;
}

/** What the list of traces is sorted by. */
export type ListSort =
  'time' | 'duration' | 'status' | 'hint' | 'route' | 'service' | 'user' | 'annotations';
export type Outcome = 'ok' | 'error' | 'throttle' | 'fault';

/**
 * `GET /console/traces?start=&end=&filter=&group=&limit=&sort=&order=&outcome=&after=`
 *
 * - `sort` (default `time`) with `order` `desc` (default) or `asc`, over the whole range. What has no hint, route,
 *   service, user or annotation comes last in either direction.
 * - `outcome`: rows of these outcomes alone, as `error,fault`; `counts` has all the same.
 * - `after`: the `next` of the page before, with all else as it was. The answer is a {@link TracePage}.
 * - `counts=off`: a {@link TracePage} too, where counts are not needed.
 */
export interface TraceList extends TracePage {
  /** Of all traces that match, also those beyond `limit`. Fault wins over throttle over error. */
  counts: { total: number } & Record<Outcome, number>;
  /** More matched than `limit` (default 1,000, at most 10,000). */
  truncated: boolean;
}

export interface TracePage {
  rows: TraceRow[];
  /** Where the next page begins; absent on the last. A page may have fewer rows than requested, and a next. */
  next?: string;
  /**
   * Set where the newest so many traces of the range were sorted and older ones left out: by `route`, `service`,
   * `user` and `annotations`, in ranges with more than that.
   */
  newest?: number;
}

/**
 * `GET /console/find?text=`: the traces that a text names: an id of X-Ray or W3C, of a segment or subsegment, a header
 * with them, a log line with any of them.
 */
export interface FoundTraces {
  traces: {
    row: TraceRow;
    /** The segment or subsegment that the text names, where the trace has it. */
    segment?: string;
  }[];
  /** What the text names, whether it is there or not: ids of traces as X-Ray writes them, and of segments. */
  named: string[];
  spans: string[];
  /** False where not all documents could be searched for the id of a segment in time: only the newest were. */
  whole: boolean;
}

/** Body of a 400 answer to a wrong filter expression. */
export interface FilterProblem {
  /** For a person: what is wrong and what to write instead. */
  Message: string;
  /** Where in the expression, counted in UTF-16 units from 0. */
  position: number;
  length: number;
  /** What could stand there. */
  expected: string[];
}

/** `GET /console/traces/:id`; 404 with `{ Message }` when it is not there. Also the export format. */
export interface Trace {
  id: string;
  duration: number;
  /** As they were received; subsegments sent alone are put in their place. */
  segments: SegmentDocument[];
  /** Subsegments sent alone whose parent has not arrived. */
  orphans: SubsegmentDocument[];
  revision: number;
  /** What was logged while it ran, by time; absent when nothing was. */
  logs?: TraceLogLine[];
  /** Further lines of it that came and were not kept: a trace keeps so many only. */
  logsDropped?: number;
}

/**
 * `GET /console/traces/:id/links`: other traces that a trace links to or that link to it, as far as they are there. A queue's
 * consumer links to the request that sent the message.
 */
export interface TraceLinks {
  /** Traces that it links to; the links themselves stand in its documents. */
  to: TraceRow[];
  /** Traces that link to it, the latest first, at most 50. */
  from: {
    row: TraceRow;
    links: {
      /** Id of the segment or subsegment that is linked to. */
      to: string;
      /** The one that links to it, and its name. */
      id: string;
      name: string;
      attributes?: Record<string, unknown>;
    }[];
  }[];
  /** How many link to it in all. */
  fromTotal: number;
}

/** A line of a log that belongs to a trace: a log record of OpenTelemetry. */
export interface TraceLogLine {
  /** Epoch seconds at which it was written. */
  time: number;
  level: LogLevel;
  /** As its logger names the level: `WARNING`, `notice`; absent when it does not. */
  severity?: string;
  message: string;
  /** Attributes of the record, its event name and its logger (`otel.scope.name`); not those of the resource. */
  attributes: Record<string, unknown>;
  traceId: string;
  /** Id of the segment or subsegment that it was written in; absent when the record names no span. */
  segmentId?: string;
  /** `service.name` of whoever wrote it; empty if it is unknown. */
  service: string;
}

/** By OpenTelemetry's numbers of severity; `info` when a record has none. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** `GET /console/status`, and the `status` event each second. */
export interface ConsoleStatus {
  version: string;
  /** `host:port`, for UDP and TCP. */
  address: string;
  database: string;
  startedAt: number;
  /** Documents since the start. */
  received: number;
  rejected: number;
  /** Datagrams that were received and wait to be stored. */
  waiting: number;
  /** Datagrams lost because too many waited. */
  lost: number;
  /** Datagrams that the kernel dropped since the start, its buffer being full; absent where it does not tell. */
  kernelDrops?: number;
  segmentsPerSecond: number;
  traces: number;
  strict: boolean;
  /** What was refused last, newest first, at most 20. */
  rejections: { at: number; code: string; message: string }[];
  /** Documents that were kept although fields had a wrong type: those were converted or left out. */
  repaired: number;
  /** Which and how, newest first, at most 20. */
  repairs: { at: number; id: string; traceId: string; name: string; message: string }[];
  /** Traces whose documents are stored and whose row SQLite refused, so that no list has them. */
  notListed: number;
  /** Lines of logs since the start: kept with their traces, dropped since they name none, or since their trace had enough. */
  logs: { kept: number; withoutTrace: number; beyondLimit: number };
  /** Exports of metrics since the start, which are accepted and dropped. */
  metricsDropped: number;
  /** `host:port` at which OTLP is accepted in addition; absent where it is not. */
  otlp: { http?: string; grpc?: string };
  /** Accepts `vscode://file/{path}:{line}` and the like; empty turns source links off. */
  editorLink: string;
  /** There are folders of which `GET /console/source` shows excerpts. */
  sources: boolean;
}

/**
 * `GET /console/completions?kind=&key=&prefix=`: values seen, most frequent first, at most 50.
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

/** What can be written at one place of a filter expression; `GET /console/filter-completion?expression=&offset=`. */
export interface FilterCompletion {
  /** The part of the expression that a choice replaces, in UTF-16 units: what is already typed of it. */
  from: number;
  to: number;
  /** What fits and begins with what is typed, in the order to offer it: values that traces have, then the language. */
  items: CompletionItem[];
  /** Set where a value that traces have can stand. */
  values?: {
    kind: CompletionKind;
    /** The annotation, for `annotation-values`. */
    key?: string;
    /** What is typed of the value, without its quotation mark. */
    prefix: string;
    /** False where the value is part of a word and stands without quotation marks, as an annotation's key. */
    quoted: boolean;
  };
  /** The pieces of the whole expression, to colour them; none of one that is too long. */
  tokens: FilterToken[];
}

export interface CompletionItem {
  kind: 'keyword' | 'operator' | 'value' | 'seen';
  /** What to show. */
  label: string;
  /** What to put in place of `from`…`to`; ends where the caret goes. */
  insert: string;
  /** In a few words, what it is. */
  about: string;
  /** In how many traces it was seen. */
  count?: number;
}

export interface FilterToken {
  from: number;
  length: number;
  kind: 'keyword' | 'text' | 'number' | 'sign' | 'other';
}

/** `GET /console/filter-parts?expression=`: the conditions that AND joins in it; none when it is wrong. */
export interface FilterParts {
  parts: string[];
}

/** `GET /console/graph?start=&end=&filter=` answers as GetServiceGraph does. */

/** `GET /console/sampling`: the rules in the order they are tried. */
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
  /** As reported by clients in the last five minutes. */
  requests: number;
  sampled: number;
  borrowed: number;
  /** Clients that reported in the last 30 s. */
  clients: number;
}

/**
 * `GET /console/source?path=&line=`: a few lines of a source file named by a stack frame or a decorator.
 * Only files below the folders that local X-Ray was given, and never in node_modules; else 404 with
 * the reason as `Message`. A relative path is searched for in each of them.
 */
export interface SourceExcerpt {
  /** As it was requested. */
  path: string;
  /** The whole path, for links into an editor. */
  file: string;
  /** Number of the first line in `lines`. */
  first: number;
  lines: string[];
}

/**
 * `GET /console/events`, Server-Sent Events: `traces` carries `TraceRow[]`, the
 * traces that changed since the last such event (at most four a second);
 * `status` carries ConsoleStatus.
 *
 * `POST /console/import` takes a Trace, an array of them, or an array of
 * segment documents; answers `{ traces: string[], rejected: { id, message }[] }`.
 */
export interface ImportResult {
  traces: string[];
  rejected: { id?: string; message: string }[];
}

/**
 * Over what time a page is divided: `slots` parts of `width` seconds from `from` on. Each series of the
 * page has a value for each part.
 */
export interface TimeSlots {
  from: number;
  width: number;
  slots: number;
}

/** What was found in many traces of a route, the costliest kind; see the filter keyword `hint`. */
export interface RouteHint {
  kind: string;
  /** What it is about: `SELECT replies`. */
  subject: string;
  /** The method it was noticed in. */
  place?: string;
  /** Traces of the route that have it. */
  traces: number;
  /** How often, in a trace that has it, on average. */
  times: number;
  /** Seconds that it costs in a trace that has it, on average. */
  each: number;
}

/** One row of Routes: a route or job of a service; or a service, a user, a value of an annotation. */
export interface RouteRow {
  name: string;
  /** HTTP method, or `JOB`; on rows of routes only. */
  method?: string;
  service?: string;
  /** Requests and jobs; on rows by user or annotation, traces. */
  count: number;
  /** Of all of them together. */
  seconds: number;
  fault: number;
  error: number;
  throttle: number;
  p50: number;
  p95: number;
  p99: number;
  /** p95 over time; null where there was none. */
  trend: (number | null)[];
  /** Faults over time. */
  faults: number[];
  hint?: RouteHint;
  /** Finds its traces. */
  filter: string;
}

/** Something that is worth a look first. */
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
  /** Most time first. */
  rows: RouteRow[];
  findings: Finding[];
  /** Services with how many requests and jobs each had. */
  services: { name: string; count: number }[];
  /** Set where rows are of the newest so many traces alone. */
  newest?: number;
}

/** Whole traces: how many, how they ended (fault wins over throttle over error), how long they took. */
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
 * `GET /console/overview?start=&end=&filter=&group=`: all traces of a range, for chips, percentiles and the heat map.
 * Counts are exact. Percentiles are read from bins that grow by an eighth: off by a few per cent at most.
 */
export interface TraceOverview extends TimeSlots {
  total: TraceTotals;
  /**
   * How many traces began in a part of time and took so long: row 0 is from 1 µs on, and each factor
   * of ten has five. Only cells that hold traces. The worst decides: a fault is no error here as well.
   */
  cells: {
    slot: number;
    row: number;
    count: number;
    fault: number;
    error: number;
    throttle: number;
  }[];
  /** Set where looking at each trace took too long: only those that began since then were counted. */
  since?: number;
}

/** Exceptions of one type, message shape and first own frame. */
export interface ErrorRow {
  /** As the filter keyword `exception` has it. */
  name: string;
  type: string;
  /** With `…` for what differs from one to the next. */
  message: string;
  status: 'ok' | 'error' | 'throttle' | 'fault';
  /** Method of the first own frame, or where it was recorded. */
  place?: string;
  file?: string;
  line?: number;
  count: number;
  traces: number;
  /** Start of the first trace that had it, of all that were kept since; and of the last in the range. */
  first: number;
  last: number;
  trend: number[];
  routes: { name: string; count: number }[];
  filter: string;
}

/** `GET /console/errors?start=&end=&filter=&group=` */
export interface ErrorTable extends TimeSlots {
  /** The latest first. */
  rows: ErrorRow[];
}

/** `GET /console/errors/example?name=&start=&end=&filter=`: the newest traces that had an exception. */
export interface ErrorExample {
  /** Id of the newest trace, and of the part that recorded it. */
  trace: string;
  segment: string;
  message: string;
  stack: { path?: string; line?: number; label?: string; library: boolean }[];
  /** Messages of the newest traces, most frequent first. */
  messages: { message: string; count: number }[];
  users: number;
}

/** Runs of one statement, or of one operation of AWS. */
export interface StatementRow {
  /** As the filter keyword `statement` has it. */
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
  /** Methods that ran it, with where they are written, most time first. */
  callers: { place: string; file?: string; line?: number; count: number; seconds: number }[];
  routes: { name: string; count: number }[];
  /** N+1 of it: on the route with most of it. */
  nPlusOne?: { route: string; share: number; times: number; each: number; filter: string };
  filter: string;
}

/** `GET /console/queries?start=&end=&filter=&group=` */
export interface QueryTable extends TimeSlots {
  /** Most time first. */
  rows: StatementRow[];
}

/** A value that one side of a comparison has more often than the other. */
export interface DifferentValue {
  value: string;
  /** How many of the traces that were looked at have it, on either side. */
  a: number;
  b: number;
  /** Finds the traces that have it. */
  filter: string;
}

export interface DifferentAttribute {
  /** As filters name it: `annotation.plan`, `route`, `user`, `hint`. */
  name: string;
  /** Largest difference in share first. */
  values: DifferentValue[];
  /** Largest difference in share between the sides, 0 to 1. */
  difference: number;
}

/**
 * `GET /console/differences?start=&end=&filter=&group=&a=&aStart=&aEnd=&b=&bStart=&bEnd=`: what traces that meet
 * `a` and begin in its time have more often than those that meet `b`; than all the others, without a `b`.
 */
export interface Differences {
  /** How many traces there are on either side, and how many of them were looked at: evenly spread. */
  a: { count: number; looked: number };
  b: { count: number; looked: number };
  /** Largest difference first. */
  attributes: DifferentAttribute[];
  /** Attributes that hardly differ. */
  same: string[];
}

import type { DocumentFault } from './document/document-fault';
import type { SqlValue } from '../store/driver';
import type { TraceLogLine } from '../console-api';
import type { AnySignal } from './otlp/check-signal';
import type { OtlpEncoding } from './otlp/decode-otlp';

/** The result of a batch: the documents that were rejected. All others are durable. */
export interface IngestResult {
  faults: DocumentFault[];
}

/** The OTLP signals that are stored. */
export type OtlpSignal = 'traces' | 'logs';

export type { AnySignal } from './otlp/check-signal';

/** The result of an OTLP export. */
export interface OtlpResult {
  /** Set if the body is not OTLP. */
  problem?: string;
  /** Number of spans or log records that were not stored, and why. */
  rejected: number;
  message: string;
}

/** One SQL statement on a table that does not contain traces. */
export interface Change {
  sql: string;
  values: SqlValue[];
}

/** Counts of what was received since the start. */
export interface IngestCounts {
  received: number;
  rejected: number;
  /** Traces in the database. */
  traces: number;
  /** Newest first, at most 20. */
  rejections: { at: number; code: string; message: string }[];
  /** Documents in which fields had a wrong type and were converted or left out. */
  repaired: number;
  /** Traces whose documents are stored but whose row SQLite rejected, so that no list shows them. */
  notListed: number;
  logs: LogCounts;
  /** Newest first, at most 20. */
  repairs: { at: number; id: string; traceId: string; name: string; message: string }[];
}

/** Counts of log lines. */
export interface LogCounts {
  kept: number;
  /** Dropped because they name no trace. */
  withoutTrace: number;
  /** Dropped because their trace had reached its limit. */
  beyondLimit: number;
}

export interface IngestOptions {
  /** SQLite file or `:memory:`. */
  database: string;
  /** Whether AWS's limits apply to documents. */
  strict: boolean;
  /** Traces that arrived longer ago are deleted. */
  retentionSeconds: number;
  /** While the database is larger, the oldest traces are deleted. */
  retentionBytes: number;
  /** Span attributes that filter expressions can search; see attributeIndex(). */
  indexAttributes?: readonly string[];
  /** Where documents are forwarded to; see createForwarder(). */
  forward?: string;
}

/** Notified at most four times a second, and only when something has changed. */
export interface IngestListener {
  counts(counts: IngestCounts): void;
  /** Database numbers of traces that were written or changed, at most 1,000. */
  changed(traces: number[]): void;
}

/** The only writer of the database. It runs in its own thread, so that SQLite and JSON do not block the network. */
export interface Ingest {
  /** Takes the body of PutTraceSegments. Resolves when the accepted documents are durable. */
  putTraceSegments(body: Uint8Array): Promise<IngestResult & { problem?: string }>;
  /** Takes the body of an OTLP export. Resolves when what was accepted is durable. Metrics are only checked. */
  otlp(signal: AnySignal, body: Uint8Array, encoding: OtlpEncoding): Promise<OtlpResult>;
  /** Stores log lines. Resolves when they are durable. */
  putLogs(lines: TraceLogLine[]): Promise<void>;
  /** Takes the JSON texts of documents. */
  put(texts: string[]): Promise<IngestResult>;
  /** Resolves when everything received so far is durable and can be read. */
  flush(): Promise<void>;
  change(changes: Change[]): Promise<void>;
  close(): Promise<void>;
}

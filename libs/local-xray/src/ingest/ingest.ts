import type { DocumentFault } from './document/document-fault';
import type { SqlValue } from '../store/driver';
import type { TraceLogLine } from '../console-api';
import type { OtlpEncoding } from './otlp/decode-otlp';

/** What became of a batch: the documents that were refused; all others are durable. */
export interface IngestResult {
  faults: DocumentFault[];
}

/** What OTLP exports and is kept. */
export type OtlpSignal = 'traces' | 'logs';

/** What became of an OTLP export. */
export interface OtlpResult {
  /** The body is not OTLP at all. */
  problem?: string;
  /** Spans or log records that were not kept, and why. */
  rejected: number;
  message: string;
}

/** One statement on a table other than those of traces. */
export interface Change {
  sql: string;
  values: SqlValue[];
}

/** What was taken in since the start. */
export interface IngestCounts {
  received: number;
  rejected: number;
  /** Traces in the database. */
  traces: number;
  /** Newest first, at most 20. */
  rejections: { at: number; code: string; message: string }[];
  /** Documents of which fields had a wrong type, and were converted or left out. */
  repaired: number;
  /** Traces whose documents are stored and whose row SQLite refused, so that no list has them. */
  notListed: number;
  logs: LogCounts;
  /** Newest first, at most 20. */
  repairs: { at: number; id: string; traceId: string; name: string; message: string }[];
}

/** Lines of logs. */
export interface LogCounts {
  kept: number;
  /** Dropped, since they name no trace. */
  withoutTrace: number;
  /** Dropped, since their trace had as many as it may keep. */
  beyondLimit: number;
}

export interface IngestOptions {
  /** SQLite file or `:memory:`. */
  database: string;
  /** Apply AWS's limits to documents. */
  strict: boolean;
  /** Traces that came longer ago are deleted. */
  retentionSeconds: number;
  /** The oldest traces are deleted while the database is larger. */
  retentionBytes: number;
  /** Attributes of spans that are found by filter expressions; see attributeIndex. */
  indexAttributes?: readonly string[];
  /** Where else documents go; see createForwarder. */
  forward?: string;
}

/** Told at most four times a second, and only when there is something to tell. */
export interface IngestListener {
  counts(counts: IngestCounts): void;
  /** Numbers of traces that were written or changed, at most 1,000. */
  changed(traces: number[]): void;
}

/** The one writer of the database. It lives in a thread of its own, so that neither SQLite nor JSON holds up the network. */
export interface Ingest {
  /** The body of PutTraceSegments. Resolves when what was taken is durable. */
  putTraceSegments(body: Uint8Array): Promise<IngestResult & { problem?: string }>;
  /** The body of an OTLP export. Resolves when what was taken is durable. */
  otlp(signal: OtlpSignal, body: Uint8Array, encoding: OtlpEncoding): Promise<OtlpResult>;
  /** Lines of logs; resolves when they are durable. */
  putLogs(lines: TraceLogLine[]): Promise<void>;
  /** JSON texts of documents. */
  put(texts: string[]): Promise<IngestResult>;
  /** Resolves when all that came before is durable and can be read. */
  flush(): Promise<void>;
  change(changes: Change[]): Promise<void>;
  close(): Promise<void>;
}

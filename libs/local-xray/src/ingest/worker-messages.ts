import type { Change, IngestCounts } from './ingest';
import type { OtlpEncoding } from './otlp/read-otlp';

/** What is sent to the ingest worker. Calls are answered by a `done` of the same number. */
export type ToWorker = { kind: 'datagrams'; packed: Uint8Array } | ({ call: number } & WorkerCall);

export type WorkerCall =
  | { kind: 'putTraceSegments'; body: Uint8Array }
  | { kind: 'otlp'; body: Uint8Array; encoding: OtlpEncoding }
  | { kind: 'put'; texts: string[] }
  | { kind: 'change'; changes: Change[] }
  | { kind: 'flush' }
  | { kind: 'close' };

export type FromWorker =
  | { kind: 'ready' }
  | { kind: 'failed'; message: string }
  | { kind: 'counts'; counts: IngestCounts }
  | { kind: 'changed'; traces: number[] }
  /** So many datagrams have been dealt with. */
  | { kind: 'taken'; datagrams: number }
  | { kind: 'done'; call: number; value?: unknown; error?: string };

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DatabaseError } from '../store/open-database';
import type {
  Change,
  Ingest,
  IngestCounts,
  IngestListener,
  IngestOptions,
  IngestResult,
  OtlpResult,
} from './ingest';
import type { OtlpEncoding } from './otlp/read-otlp';
import { pack } from './packed-datagrams';
import type { FromWorker, ToWorker, WorkerCall } from './worker-messages';

/** Compiled code only: a thread cannot load TypeScript, which is what tests run from. */
const WORKER_FILE = join(__dirname, 'ingest.worker.js');

/** Whether {@link WorkerIngest} can be used here. */
export function workerAvailable(): boolean {
  return existsSync(WORKER_FILE);
}

/** Datagrams that may wait for the worker; at 1 kB each they take 50 MB. Nobody waits for a datagram, so more are lost. */
const MAX_WAITING = 50_000;

/** The engine in a thread of its own, asked by messages. */
export class WorkerIngest implements Ingest {
  private readonly calls = new Map<
    number,
    { resolve(value: never): void; reject(error: Error): void }
  >();
  private lastCall = 0;
  private ended: Error | undefined;
  private waiting = 0;
  private lost = 0;

  private constructor(
    private readonly worker: Worker,
    private readonly listener: IngestListener,
  ) {
    worker.on('message', (message: FromWorker) => this.receive(message));
    worker.on('error', (error) => this.end(error));
    worker.on('exit', () =>
      this.end(new Error('Local X-Ray stores no more: its writer has ended.')),
    );
  }

  /** @throws DatabaseError when the database cannot be used. */
  static start(options: IngestOptions, listener: IngestListener): Promise<WorkerIngest> {
    // Documents live for milliseconds: in a larger nursery most are gone before anybody looks at them.
    const resourceLimits = { maxYoungGenerationSizeMb: 24 };
    const worker = new Worker(WORKER_FILE, { workerData: options, resourceLimits });
    return new Promise((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', (message: FromWorker) => {
        worker.off('error', reject);
        if (message.kind === 'ready') resolve(new WorkerIngest(worker, listener));
        else reject(new DatabaseError(message.kind === 'failed' ? message.message : 'no answer'));
      });
    });
  }

  putTraceSegments(body: Uint8Array): Promise<IngestResult & { problem?: string }> {
    return this.call({ kind: 'putTraceSegments', body }, transferable(body));
  }

  otlp(body: Uint8Array, encoding: OtlpEncoding): Promise<OtlpResult> {
    return this.call({ kind: 'otlp', body, encoding }, transferable(body));
  }

  put(texts: string[]): Promise<IngestResult> {
    return this.call({ kind: 'put', texts });
  }

  datagrams(datagrams: Uint8Array[]): void {
    if (this.waiting > MAX_WAITING) {
      this.lost += datagrams.length;
      return;
    }
    this.waiting += datagrams.length;
    const packed = pack(datagrams);
    const message: ToWorker = { kind: 'datagrams', packed };
    this.worker.postMessage(message, [packed.buffer]);
  }

  flush(): Promise<void> {
    return this.call({ kind: 'flush' });
  }

  change(changes: Change[]): Promise<void> {
    return this.call({ kind: 'change', changes });
  }

  async close(): Promise<void> {
    const exited = new Promise((resolve) => this.worker.once('exit', resolve));
    await this.call<void>({ kind: 'close' });
    await exited;
  }

  private call<T>(message: WorkerCall, transfer: ArrayBuffer[] = []): Promise<T> {
    if (this.ended) return Promise.reject(this.ended);
    const call = ++this.lastCall;
    return new Promise<T>((resolve, reject) => {
      this.calls.set(call, { resolve: resolve, reject });
      this.worker.postMessage({ call, ...message }, transfer);
    });
  }

  private receive(message: FromWorker): void {
    if (message.kind === 'counts') this.listener.counts(this.withLost(message.counts));
    else if (message.kind === 'taken') this.waiting -= message.datagrams;
    else if (message.kind === 'changed') this.listener.changed(message.traces);
    else if (message.kind === 'done') {
      const waiting = this.calls.get(message.call);
      this.calls.delete(message.call);
      if (message.error !== undefined) waiting?.reject(new Error(message.error));
      else waiting?.resolve(message.value as never);
    }
  }

  private withLost(counts: IngestCounts): IngestCounts {
    if (this.lost === 0) return counts;
    const message = `${this.lost} datagrams came faster than they could be stored`;
    return {
      ...counts,
      rejected: counts.rejected + this.lost,
      rejections: [
        { at: Date.now() / 1000, code: 'NotStored', message },
        ...counts.rejections,
      ].slice(0, 20),
    };
  }

  private end(error: Error): void {
    this.ended ??= error;
    for (const each of this.calls.values()) each.reject(error);
    this.calls.clear();
  }
}

/** A body that has its memory to itself is handed over, not copied. Small ones share a pool with others. */
function transferable({ buffer, byteLength }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}

import { DatabaseError } from '../store/open-database';
import { ownMemory } from '../threads/serve-thread';
import { SupervisedThread, type Watcher } from '../threads/supervised-thread';
import { Thread } from '../threads/thread';
import { threadProgram } from '../threads/thread-program';
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

/** Datagrams that may wait for the writer; at 1 kB each they take 50 MB. Nobody waits for a datagram, so more are lost. */
const MAX_WAITING = 50_000;
/** Documents live for milliseconds: in a larger nursery most are gone before anybody looks at them. */
const LIMITS = { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 384 };

const NOTHING: IngestCounts = {
  received: 0,
  rejected: 0,
  traces: 0,
  rejections: [],
  repaired: 0,
  repairs: [],
};

/** The engine in a thread of its own, asked by messages. */
export class WorkerIngest implements Ingest {
  private waiting = 0;
  private lost = 0;
  /** Of writers that have ended. */
  private before = NOTHING;
  private counts = NOTHING;
  private writer!: SupervisedThread;

  private constructor(private readonly listener: IngestListener) {}

  /** @throws DatabaseError when the database cannot be used. */
  static async start(
    options: IngestOptions,
    listener: IngestListener,
    watcher: Watcher,
  ): Promise<WorkerIngest> {
    const ingest = new WorkerIngest(listener);
    const start = () =>
      Thread.start(
        'writer',
        {
          ...threadProgram(__dirname, 'ingest.worker'),
          workerData: options,
          resourceLimits: LIMITS,
        },
        {
          counts: (counts: IngestCounts) => ingest.count(counts),
          changed: (traces: number[]) => listener.changed(traces),
          taken: (datagrams: number) => (ingest.waiting -= datagrams),
        },
      );
    ingest.writer = await SupervisedThread.start(start, {
      died: (reason) => {
        ingest.writerDied(reason);
        watcher.died(reason);
      },
      gaveUp: (reason) => watcher.gaveUp(reason),
    }).catch((error: Error) => {
      throw error.name === 'DatabaseError' ? new DatabaseError(error.message) : error;
    });
    return ingest;
  }

  putTraceSegments(body: Uint8Array): Promise<IngestResult & { problem?: string }> {
    return this.call('putTraceSegments', [body], ownMemory(body));
  }

  otlp(body: Uint8Array, encoding: OtlpEncoding): Promise<OtlpResult> {
    return this.call('otlp', [body, encoding], ownMemory(body));
  }

  put(texts: string[]): Promise<IngestResult> {
    return this.call('put', [texts]);
  }

  datagrams(datagrams: Uint8Array[]): void {
    const writer = this.writer.thread;
    if (!writer || this.waiting > MAX_WAITING) {
      this.lost += datagrams.length;
      return;
    }
    this.waiting += datagrams.length;
    const packed = pack(datagrams);
    writer.tell('datagrams', [packed], [packed.buffer]);
  }

  flush(): Promise<void> {
    return this.call('flush', []);
  }

  change(changes: Change[]): Promise<void> {
    return this.call('change', [changes]);
  }

  close(): Promise<void> {
    return this.writer.close();
  }

  private async call<T>(name: string, args: unknown[], transfer: ArrayBuffer[] = []): Promise<T> {
    return (await this.writer.running()).call<T>(name, args, { transfer });
  }

  private count(counts: IngestCounts): void {
    const { before } = this;
    this.counts = {
      ...counts,
      received: before.received + counts.received,
      rejected: before.rejected + counts.rejected,
      rejections: [...counts.rejections, ...before.rejections].slice(0, 20),
      repaired: before.repaired + counts.repaired,
      repairs: [...counts.repairs, ...before.repairs].slice(0, 20),
    };
    this.listener.counts(this.withLost(this.counts));
  }

  private writerDied(reason: Error): void {
    const message = `${reason.message}; it was started again. Datagrams that waited for it are lost.`;
    const rejection = { at: Date.now() / 1000, code: 'NotStored', message };
    this.lost += this.waiting;
    this.waiting = 0;
    this.before = {
      ...this.counts,
      rejections: [rejection, ...this.counts.rejections].slice(0, 20),
    };
    this.listener.counts(this.withLost(this.before));
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
}

import { setFlagsFromString } from 'node:v8';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { DatabaseError } from '../store/open-database';
import { ownMemory } from '../threads/serve-thread';
import { SupervisedThread, type Watcher } from '../threads/supervised-thread';
import { Thread } from '../threads/thread';
import { threadProgram } from '../threads/thread-program';
import type {
  AnySignal,
  Change,
  Ingest,
  IngestCounts,
  IngestListener,
  IngestOptions,
  IngestResult,
  OtlpResult,
} from './ingest';
import type { TraceLogLine } from '../console-api';
import type { OtlpEncoding } from './otlp/decode-otlp';

/** Documents live for milliseconds. With a larger young generation, most are freed before they are promoted. */
const LIMITS = { maxYoungGenerationSizeMb: 48, maxOldGenerationSizeMb: 384 };

const NOTHING: IngestCounts = {
  received: 0,
  rejected: 0,
  traces: 0,
  rejections: [],
  repaired: 0,
  repairs: [],
  notListed: 0,
  logs: { kept: 0, withoutTrace: 0, beyondLimit: 0 },
};

/** Runs the engine in its own thread and calls it by messages. */
export class WorkerIngest implements Ingest {
  private connect: ((writer: MessagePort) => void) | undefined;
  /** Counts of the writers that have ended. */
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
    const start = async () => {
      // Otherwise --max-semi-space-size, with which the main thread runs, has precedence over LIMITS. Only threads
      // that start later are affected.
      setFlagsFromString('--max-semi-space-size=0');
      const writer = await Thread.start(
        'writer',
        {
          ...threadProgram(__dirname, 'ingest.worker'),
          workerData: options,
          resourceLimits: LIMITS,
        },
        {
          counts: (counts: IngestCounts) => ingest.count(counts),
          changed: (traces: number[]) => listener.changed(traces),
        },
      );
      ingest.join(writer);
      return writer;
    };
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

  otlp(signal: AnySignal, body: Uint8Array, encoding: OtlpEncoding): Promise<OtlpResult> {
    return this.call('otlp', [signal, body, encoding], ownMemory(body));
  }

  putLogs(lines: TraceLogLine[]): Promise<void> {
    return this.call('putLogs', [lines]);
  }

  put(texts: string[]): Promise<IngestResult> {
    return this.call('put', [texts]);
  }

  /** Passes a port for datagrams to `connect`, now and whenever a new writer thread is started. */
  feed(connect: (writer: MessagePort) => void): void {
    this.connect = connect;
    const { thread } = this.writer;
    if (thread) this.join(thread);
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

  private join(writer: Thread): void {
    if (!this.connect) return;
    const { port1, port2 } = new MessageChannel();
    writer.tell('datagramsFrom', [port1], [port1]);
    this.connect(port2);
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
      notListed: before.notListed + counts.notListed,
      logs: {
        kept: before.logs.kept + counts.logs.kept,
        withoutTrace: before.logs.withoutTrace + counts.logs.withoutTrace,
        beyondLimit: before.logs.beyondLimit + counts.logs.beyondLimit,
      },
    };
    this.listener.counts(this.counts);
  }

  private writerDied(reason: Error): void {
    const message = `${reason.message}; the thread was started again.`;
    const rejection = { at: Date.now() / 1000, code: 'NotStored', message };
    this.before = {
      ...this.counts,
      rejections: [rejection, ...this.counts.rejections].slice(0, 20),
    };
    this.listener.counts(this.before);
  }
}

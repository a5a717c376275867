import type { MessagePort } from 'node:worker_threads';
import type { Change, Ingest, IngestCounts, IngestListener, IngestOptions } from '../ingest/ingest';
import { WorkerIngest } from '../ingest/worker-ingest';
import type { ReadBytes, ReadName, SamplingReport, TraceReads } from '../reads/trace-reads';
import { decoded, WorkerReads } from '../reads/worker-reads';
import type { Watcher } from '../threads/supervised-thread';
import { within } from '../threads/within';
import { databaseFile } from './database-file';
import type { StoredSetting } from '../store/stored-setting';

/**
 * How long a read waits for datagrams that came before it, then for the rows of documents acknowledged
 * before it: under a backlog it shows what there is.
 */
const MAX_DRAIN_MS = 50;
const MAX_ROWS_MS = 200;
/** Reads that need not include the documents sent last. */
const UNFLUSHED: ReadonlySet<ReadName> = new Set([
  'rows',
  'filterCompletion',
  'filterParts',
  'settings',
]);

/** Receives datagrams and passes them to the writer. */
export interface Feeder {
  /** Passes datagrams to this writer from now on. */
  connect: (writer: MessagePort) => void;
  /** Resolves when the writer has processed everything that is waiting now. */
  drained: () => Promise<void>;
}

export interface DatagramCounts {
  /** The number of datagrams waiting for the writer. */
  waiting: number;
  /** The number of datagrams dropped because too many were waiting. */
  lost: number;
  /** The number of datagrams that the kernel dropped; undefined if it does not report this. */
  kernelDrops?: number;
}

/** Opens both sides of the database: the writer's thread and the readers' threads. */
export class TraceStore {
  counts: IngestCounts = {
    received: 0,
    rejected: 0,
    traces: 0,
    rejections: [],
    repaired: 0,
    repairs: [],
    notListed: 0,
    logs: { kept: 0, withoutTrace: 0, beyondLimit: 0 },
  };
  /** The error because of which local X-Ray cannot continue; undefined while it can. */
  failure: Error | undefined;
  readonly reads: TraceReads;
  /** The reads, with results as bytes of JSON that are sent unchanged. */
  readonly bytes: ReadBytes;
  /** Settings and sampling reports as they were at startup. */
  settings: readonly StoredSetting[] = [];
  samplingReports: readonly SamplingReport[] = [];
  /** The datagrams received but not stored; see {@link setDatagramCounts}. */
  datagrams: DatagramCounts = { waiting: 0, lost: 0 };
  /** The number of metrics exports; metrics are not stored. */
  metricsDropped = 0;
  private feeder: Feeder | undefined;
  private readonly listeners = new Set<(traces: number[]) => void>();
  private readonly failed = new Set<(reason: Error) => void>();

  private constructor(
    private readonly writer: WorkerIngest,
    private readonly readers: WorkerReads,
    /** The database file, also for `:memory:`. */
    readonly file: string,
    private readonly removeFile: () => void,
    /** Is notified of threads that end. */
    readonly watcher: Watcher,
  ) {
    this.bytes = readers.bytes((name) => (UNFLUSHED.has(name) ? undefined : this.flushed()));
    this.reads = decoded(this.bytes);
  }

  /** @throws DatabaseError when the database cannot be used. */
  static async open(options: IngestOptions): Promise<TraceStore> {
    const holder: { store?: TraceStore; counts?: IngestCounts } = {};
    const watcher: Watcher = {
      died: (reason) => console.error(`${reason.message}. It is started again.`),
      gaveUp: (reason) => holder.store?.fail(reason),
    };
    const listener: IngestListener = {
      counts: (counts) => {
        // The writer's first report may come before the readers have started.
        holder.counts = counts;
        if (holder.store) holder.store.counts = counts;
      },
      changed: (traces) => holder.store?.listeners.forEach((each) => each(traces)),
    };
    const { file, remove } = databaseFile(options.database);
    let writer: WorkerIngest | undefined;
    try {
      writer = await WorkerIngest.start({ ...options, database: file }, listener, watcher);
      const readers = await WorkerReads.start(file, watcher);
      const store = new TraceStore(writer, readers, file, remove, watcher);
      holder.store = store;
      if (holder.counts) store.counts = holder.counts;
      store.settings = await store.reads.settings(null);
      store.samplingReports = await store.reads.samplingReports(0);
      return store;
    } catch (error) {
      await writer?.close();
      remove();
      throw error;
    }
  }

  get ingest(): Ingest {
    return this.writer;
  }

  /** Receives datagrams from `feeder`, which replaces the previous one. */
  feed(feeder: Feeder): void {
    this.feeder = feeder;
    this.writer.feed(feeder.connect);
  }

  setDatagramCounts(counts: DatagramCounts): void {
    this.datagrams = counts;
  }

  /** Calls `listener` with the numbers of changed traces. Returns a function that unsubscribes. */
  onChange(listener: (traces: number[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Calls `listener` when the store cannot continue: a thread ended and could not be restarted. */
  onFailure(listener: (reason: Error) => void): void {
    this.failed.add(listener);
  }

  change(...changes: Change[]): Promise<void> {
    return this.writer.change(changes);
  }

  async close(): Promise<void> {
    await this.readers.close();
    try {
      await this.writer.close();
    } finally {
      this.removeFile();
    }
  }

  /** When writing is impossible, reading still works. */
  private async flushed(): Promise<void> {
    await within(MAX_DRAIN_MS, this.feeder?.drained());
    await within(MAX_ROWS_MS, this.writer.flush());
  }

  private fail(reason: Error): void {
    this.failure ??= reason;
    this.failed.forEach((each) => each(reason));
  }
}

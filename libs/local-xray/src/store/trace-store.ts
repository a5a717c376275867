import type { Change, Ingest, IngestCounts, IngestListener, IngestOptions } from '../ingest/ingest';
import { IngestEngine } from '../ingest/ingest-engine';
import { workerAvailable, WorkerIngest } from '../ingest/worker-ingest';
import { openReader } from './open-database';
import { TraceReader } from './trace-reader';

/** The database: one writer, one reader. */
export class TraceStore {
  counts: IngestCounts = { received: 0, rejected: 0, rejections: [] };
  private readonly listeners = new Set<(traces: number[]) => void>();

  private constructor(
    readonly ingest: Ingest,
    readonly reader: TraceReader,
    private readonly closeReader: () => void,
  ) {}

  /** @throws DatabaseError when the database cannot be used. */
  static async open(options: IngestOptions): Promise<TraceStore> {
    const holder: { store?: TraceStore } = {};
    const listener: IngestListener = {
      counts: (counts) => {
        if (holder.store) holder.store.counts = counts;
      },
      changed: (traces) => holder.store?.listeners.forEach((each) => each(traces)),
    };
    holder.store = await openStore(options, listener, (ingest, reader, close) => {
      return new TraceStore(ingest, reader, close);
    });
    return holder.store;
  }

  /** Calls `listener` with the numbers of traces that changed; returns what ends that. */
  onChange(listener: (traces: number[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Runs `read` when all that came before can be seen. */
  async read<T>(read: (reader: TraceReader) => T): Promise<T> {
    await this.ingest.flush();
    return read(this.reader);
  }

  change(...changes: Change[]): Promise<void> {
    return this.ingest.change(changes);
  }

  async close(): Promise<void> {
    this.closeReader();
    await this.ingest.close();
  }
}

type Make = (ingest: Ingest, reader: TraceReader, close: () => void) => TraceStore;

async function openStore(
  options: IngestOptions,
  listener: IngestListener,
  make: Make,
): Promise<TraceStore> {
  if (options.database === ':memory:') {
    const engine = new IngestEngine(options, listener);
    return make(engine, new TraceReader(engine.driver), () => undefined);
  }
  const ingest = workerAvailable()
    ? await WorkerIngest.start(options, listener)
    : new IngestEngine(options, listener);
  const driver = openReader(options.database);
  return make(ingest, new TraceReader(driver), () => driver.close());
}

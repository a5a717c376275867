import { readJson } from '@nestjs-xray/document';
import { SupervisedThread, type Watcher } from '../threads/supervised-thread';
import { Thread } from '../threads/thread';
import { threadProgram } from '../threads/thread-program';
import type { ReadBytes, ReadName, TraceReads } from './trace-reads';

/** The number of readers. Several, so that a long query does not block others; each costs memory. */
const READERS = 2;
const LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 256 };

/** The reads, computed in threads of their own. */
export class WorkerReads {
  private constructor(private readonly readers: SupervisedThread[]) {}

  static async start(database: string, watcher: Watcher): Promise<WorkerReads> {
    const start = () =>
      Thread.start('reader', {
        ...threadProgram(__dirname, 'reader.worker'),
        workerData: { database },
        resourceLimits: LIMITS,
      });
    const readers = await Promise.all(
      Array.from({ length: READERS }, () => SupervisedThread.start(start, watcher)),
    );
    return new WorkerReads(readers);
  }

  /** @param before awaited before each read */
  bytes(before: (name: ReadName) => Promise<void> | undefined): ReadBytes {
    return proxy(async (name, query, signal) => {
      await before(name);
      return this.ask(name, query, signal);
    }) as unknown as ReadBytes;
  }

  async close(): Promise<void> {
    await Promise.all(this.readers.map((reader) => reader.close()));
  }

  /** Uses the reader with the fewest pending calls. */
  private async ask(name: string, query: unknown, signal?: AbortSignal): Promise<Uint8Array> {
    const running = this.readers.flatMap(({ thread }) => thread ?? []);
    const [idlest] = running.sort((a, b) => a.busy - b.busy);
    const thread = idlest ?? (await this.readers[0]!.running());
    return thread.call<Uint8Array>(name, [query], { signal });
  }
}

/** The same reads, as values. */
export function decoded(bytes: ReadBytes): TraceReads {
  const decoder = new TextDecoder();
  return proxy(async (name, query, signal): Promise<unknown> => {
    return readJson(decoder.decode(await bytes[name](query as never, signal)));
  }) as unknown as TraceReads;
}

type Ask = (name: ReadName, query: unknown, signal?: AbortSignal) => Promise<unknown>;

/** An object that has each read as a method: the table of reads is loaded in the readers' threads only. */
function proxy(ask: Ask): object {
  return new Proxy(
    {},
    {
      get: (_, name) =>
        // `await` on the object itself reads `then`.
        typeof name === 'string' && name !== 'then'
          ? (query: unknown, signal?: AbortSignal) => ask(name as ReadName, query, signal)
          : undefined,
    },
  );
}

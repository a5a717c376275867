import { type TransferListItem, Worker, type WorkerOptions } from 'node:worker_threads';
import { errorOf, type FromThread, type ToThread } from './thread-messages';

/** A thread ended before it answered. The call may be repeated. */
export class ThreadEndedError extends Error {
  override name = 'ThreadEndedError';
}

/** Handlers for events that a thread sends on its own. */
export type ThreadEvents = Record<string, (...args: never[]) => void>;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** How long a thread may take to end by itself before it is terminated. */
const CLOSE_MS = 1200;

/** A thread that answers calls. Its program uses {@link serveThread}. */
export class Thread {
  /** Resolves with the reason when the thread has ended, for any reason. */
  readonly ended: Promise<Error>;
  private readonly calls = new Map<number, Waiting>();
  private lastCall = 0;
  private reason: Error | undefined;

  private constructor(
    private readonly name: string,
    private readonly worker: Worker,
    private readonly events: ThreadEvents,
  ) {
    let failure: Error | undefined;
    worker.on('error', (error) => (failure = error));
    this.ended = new Promise((resolve) => {
      worker.once('exit', () => resolve(this.end(failure)));
    });
  }

  /** @throws what the program threw when it was opened. */
  static async start(
    name: string,
    { file, ...options }: { file: string } & WorkerOptions,
    events: ThreadEvents = {},
  ): Promise<Thread> {
    const thread = new Thread(
      name,
      new Worker(file, { name, env: process.env, ...options }),
      events,
    );
    await new Promise<void>((resolve, reject) => {
      void thread.ended.then(reject);
      thread.worker.on('message', (message: FromThread) => {
        if (message.kind === 'ready') resolve();
        else if (message.kind === 'failed') reject(errorOf(message.error));
        else thread.receive(message);
      });
    });
    return thread;
  }

  /**
   * @throws ThreadEndedError if the thread ends first, the signal's reason if it is aborted, and what the call itself
   *   throws.
   */
  call<T>(
    name: string,
    args: unknown[],
    { signal, transfer = [] }: { signal?: AbortSignal; transfer?: TransferListItem[] } = {},
  ): Promise<T> {
    if (this.reason) return Promise.reject(this.reason);
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    const call = ++this.lastCall;
    return new Promise<T>((resolve, reject) => {
      const abort = () => {
        if (!this.calls.delete(call)) return;
        this.send({ kind: 'abort', call });
        reject(signal!.reason as Error);
      };
      const settle = () => signal?.removeEventListener('abort', abort);
      signal?.addEventListener('abort', abort, { once: true });
      this.calls.set(call, {
        resolve: (value) => (settle(), resolve(value as T)),
        reject: (error) => (settle(), reject(error)),
      });
      this.send({ kind: 'call', call, name, args }, transfer);
    });
  }

  /** Sends a call without waiting for an answer. */
  tell(name: string, args: unknown[], transfer: TransferListItem[] = []): void {
    if (!this.reason) this.send({ kind: 'tell', name, args }, transfer);
  }

  /** How many calls are waiting for an answer. */
  get busy(): number {
    return this.calls.size;
  }

  /** Lets the thread finish its work and end. If it does not end within two seconds, it is terminated. */
  async close(): Promise<void> {
    this.send({ kind: 'close' });
    const timer = setTimeout(() => void this.worker.terminate(), CLOSE_MS);
    await this.ended;
    clearTimeout(timer);
  }

  private send(message: ToThread, transfer: TransferListItem[] = []): void {
    this.worker.postMessage(message, transfer);
  }

  private receive(message: FromThread): void {
    if (message.kind === 'event') {
      this.events[message.name]?.(...(message.args as never[]));
      return;
    }
    if (message.kind !== 'done' && message.kind !== 'error') return;
    const waiting = this.calls.get(message.call);
    this.calls.delete(message.call);
    if (message.kind === 'done') waiting?.resolve(message.value);
    else waiting?.reject(errorOf(message.error));
  }

  private end(failure: Error | undefined): Error {
    const why = failure ? `: ${failure.message}` : '';
    this.reason = new ThreadEndedError(`The ${this.name} of local X-Ray has ended${why}`);
    for (const each of this.calls.values()) each.reject(this.reason);
    this.calls.clear();
    return this.reason;
  }
}

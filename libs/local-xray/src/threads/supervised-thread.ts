import type { Thread } from './thread';

/** After this many exits within a minute, a thread is not restarted again. */
const MAX_DEATHS = 5;
const MINUTE_MS = 60_000;

export interface Watcher {
  /** A thread has ended unexpectedly and is restarted. */
  died(reason: Error): void;
  /** The thread could not be restarted, or ended too often. */
  gaveUp(reason: Error): void;
}

/** Keeps one thread running: restarts it when it ends. */
export class SupervisedThread {
  private current: Thread | undefined;
  private starting: Promise<Thread>;
  private closing = false;
  private readonly deaths: number[] = [];
  /** Why the thread is not running and will not be restarted. */
  failure: Error | undefined;

  private constructor(
    private readonly start: () => Promise<Thread>,
    private readonly watcher: Watcher,
    first: Thread,
  ) {
    this.starting = Promise.resolve(first);
    this.keep(first);
  }

  /** @throws the error of the first start. */
  static async start(start: () => Promise<Thread>, watcher: Watcher): Promise<SupervisedThread> {
    return new SupervisedThread(start, watcher, await start());
  }

  /** The thread, as soon as it runs. */
  async running(): Promise<Thread> {
    if (this.failure) throw this.failure;
    return this.current ?? this.starting;
  }

  /** The thread if it runs right now. */
  get thread(): Thread | undefined {
    return this.current;
  }

  async close(): Promise<void> {
    this.closing = true;
    await (await this.starting.catch(() => undefined))?.close();
  }

  private keep(thread: Thread): void {
    this.current = thread;
    void thread.ended.then((reason) => {
      this.current = undefined;
      if (!this.closing) this.restart(reason);
    });
  }

  private restart(reason: Error): void {
    const now = performance.now();
    this.deaths.push(now);
    if (this.deaths.filter((at) => now - at < MINUTE_MS).length >= MAX_DEATHS) {
      this.giveUp(reason);
      return;
    }
    this.watcher.died(reason);
    this.starting = this.start();
    this.starting.then(
      (thread) => this.keep(thread),
      (error: unknown) => this.giveUp(error as Error),
    );
  }

  private giveUp(reason: Error): void {
    this.failure = reason;
    this.watcher.gaveUp(reason);
  }
}

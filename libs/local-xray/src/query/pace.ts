/** How long work may run before it yields to other work, and about how soon abandoned work ends. */
const TURN_MS = 20;

/** Lets long-running work yield to other work, and end when nobody waits for it any more. */
export class Pace {
  private since = performance.now();

  constructor(private readonly signal?: AbortSignal) {}

  /** Await it often. It yields to other work when the time is up. */
  async step(): Promise<void> {
    if (performance.now() - this.since < TURN_MS) return;
    await new Promise(setImmediate);
    this.signal?.throwIfAborted();
    this.since = performance.now();
  }
}

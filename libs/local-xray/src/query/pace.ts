/** How long work goes on before others get their turn: what is abandoned ends soon after. */
const TURN_MS = 20;

/** Lets long work give others their turn, and end when nobody waits for it any more. */
export class Pace {
  private since = performance.now();

  constructor(private readonly signal?: AbortSignal) {}

  /** To be awaited often; lets others have their turn now and then. */
  async step(): Promise<void> {
    if (performance.now() - this.since < TURN_MS) return;
    await new Promise(setImmediate);
    this.signal?.throwIfAborted();
    this.since = performance.now();
  }
}

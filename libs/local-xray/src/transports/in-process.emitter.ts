import type { Ingest } from '../ingest/ingest';

/** What a tracer hands over: an object whose `toJSON()` yields a segment document. */
export interface ClosedNode {
  toJSON(): unknown;
}

/** More are dropped, and counted: a store that cannot keep up must not fill the application's memory. */
const MAX_QUEUE = 10_000;

/**
 * Takes closed segments from a tracer in this process, without a socket. Usable as
 * `XrayModule.forRoot({ emitter })`. Never throws and never waits.
 */
export class LocalXrayEmitter {
  /** Documents that could not be kept. */
  dropped = 0;
  private queue: ClosedNode[] = [];
  private sending: Promise<void> | undefined;
  private closed = false;

  constructor(private readonly ingest: Ingest) {}

  emit(closed: ClosedNode): void {
    if (this.closed || this.queue.length >= MAX_QUEUE) {
      this.dropped++;
      return;
    }
    this.queue.push(closed);
    // Serialised once the request is over, together with what else ended in this turn.
    this.sending ??= new Promise((resolve) => setImmediate(() => void this.drain().then(resolve)));
  }

  /** Resolves when everything emitted so far can be read. */
  async flush(): Promise<void> {
    while (this.sending) await this.sending;
  }

  async close(): Promise<void> {
    await this.flush();
    this.closed = true;
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.queue;
      this.queue = [];
      const texts = batch.flatMap((each) => this.serialise(each));
      try {
        const { faults } = await this.ingest.put(texts);
        this.dropped += faults.length;
      } catch {
        // The store says why in its status; the application's requests go on.
        this.dropped += texts.length;
      }
    }
    this.sending = undefined;
  }

  private serialise(node: ClosedNode): string[] {
    try {
      return [JSON.stringify(node)];
    } catch {
      this.dropped++;
      return [];
    }
  }
}

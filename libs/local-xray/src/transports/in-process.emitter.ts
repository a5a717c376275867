import type { Ingest } from '../ingest/ingest';

/** A closed segment from a tracer: `toJSON()` returns its document. */
export interface ClosedNode {
  toJSON(): unknown;
}

/**
 * Further segments are dropped and counted, so that a slow store does not fill the application's
 * memory.
 */
const MAX_QUEUE = 10_000;

/**
 * Accepts closed segments from a tracer in this process, without a socket. Use it as
 * `XrayModule.forRoot({ emitter })`. Never throws and never waits.
 */
export class LocalXrayEmitter {
  /** Documents that could not be stored. */
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
    // Serialised after the request, together with all others that ended in this turn.
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
        // The status of the store gives the reason. The application is not affected.
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

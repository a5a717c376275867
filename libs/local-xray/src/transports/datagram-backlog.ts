import type { MessagePort } from 'node:worker_threads';
import { pack } from '../ingest/packed-datagrams';

/** The maximum size of the backlog. Further datagrams are dropped and counted. */
const MAX_BYTES = 64 * 1024 * 1024;
/**
 * Datagrams per batch: about 20 ms of the writer's work, so that requests get their turn in
 * between.
 */
const BATCH = 256;
/**
 * Batches sent to the writer and not yet processed: one to work on, and one so that it need not
 * wait.
 */
const MAX_SENT = 2;

export interface BacklogCounts {
  /** Datagrams that wait for the writer. */
  waiting: number;
  /** Datagrams lost because the backlog was full or the writer ended. */
  lost: number;
}

/**
 * Datagrams that wait for the writer. They are kept here rather than in the writer's message queue,
 * so that other requests to the writer need not wait for all of them.
 */
export class DatagramBacklog {
  private queue: Uint8Array[] = [];
  private bytes = 0;
  private readonly sent: number[] = [];
  private lost = 0;
  private writer: MessagePort | undefined;
  private idle: (() => void)[] = [];

  get counts(): BacklogCounts {
    return { waiting: this.queue.length + this.sent.reduce((a, b) => a + b, 0), lost: this.lost };
  }

  add(datagram: Uint8Array): void {
    if (this.bytes + datagram.length > MAX_BYTES) {
      this.lost++;
      return;
    }
    this.bytes += datagram.length;
    this.queue.push(datagram);
  }

  /**
   * Sends datagrams to another writer from now on. Those that the previous writer had not processed
   * are lost.
   */
  connect(writer: MessagePort): void {
    this.writer?.close();
    this.writer = writer;
    this.lost += this.sent.splice(0).reduce((a, b) => a + b, 0);
    writer.on('close', () => {
      if (this.writer === writer) this.writer = undefined;
    });
    writer.on('message', () => {
      this.sent.shift();
      this.send();
    });
    this.send();
  }

  /** Sends as much as the writer can process now. */
  send(): void {
    while (this.writer && this.sent.length < MAX_SENT && this.queue.length > 0) {
      const batch = this.queue.slice(0, BATCH);
      this.queue = this.queue.slice(BATCH);
      for (const each of batch) this.bytes -= each.length;
      this.sent.push(batch.length);
      const packed = pack(batch);
      this.writer.postMessage(packed, [packed.buffer]);
    }
    if (this.sent.length > 0) return;
    for (const each of this.idle.splice(0)) each();
  }

  /** Resolves when the writer has processed everything that is waiting now. */
  drained(): Promise<void> {
    if (this.sent.length === 0 && this.queue.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  /** Releases the writer. */
  close(): void {
    this.writer?.close();
  }
}

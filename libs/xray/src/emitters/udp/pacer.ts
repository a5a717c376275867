import type { ReceiverQueue } from './receiver-queue';
import { performance, setTimeout } from '../../core/real-time';

/** What a datagram takes of a receiver's buffer besides its bytes: Linux keeps at least so much. */
const DATAGRAM_COST = 1_280;
/**
 * What may be on its way at once. A socket has 212,992 bytes by default on Linux, of which a quarter
 * may be freed late.
 */
const BURST = 96_000;
/** How long the receiver is given to read a burst. */
const WAIT_MS = 4;
/** As long as this much waits to be read, nothing more is sent; but not for ever. The waits grow. */
const MUCH_UNREAD = 64_000;
const MAX_WAIT_MS = 16;
const PATIENCE_MS = 200;

/**
 * Says how much may leave now, so that a receiver with an ordinary buffer loses nothing of a burst.
 * A receiver on this machine is looked at; any other is given time.
 */
export class Pacer {
  private spent = 0;
  private since = 0;

  constructor(private readonly receiver: ReceiverQueue) {}

  /** Whether one more datagram may leave in this burst, at `now` of `performance.now()`. */
  isOpen(now: number): boolean {
    if (now - this.since > WAIT_MS) {
      const much = this.spent > BURST / 2;
      this.since = now;
      this.spent = 0;
      // Time alone does not mean that a receiver on a busy machine has read.
      if (much && this.isBehind()) this.spent = BURST;
    }
    return this.spent < BURST;
  }

  sent(bytes: number): void {
    this.spent += bytes + DATAGRAM_COST;
  }

  /** Resolves when another burst may begin. */
  async next(): Promise<void> {
    let ms = WAIT_MS;
    for (let waited = 0; waited < PATIENCE_MS; waited += ms) {
      await new Promise((done) => setTimeout(done, ms));
      if (!this.isBehind()) break;
      ms = Math.min(2 * ms, MAX_WAIT_MS);
    }
    this.since = performance.now();
    this.spent = 0;
  }

  private isBehind(): boolean {
    return (this.receiver.read()?.unread ?? 0) >= MUCH_UNREAD;
  }
}

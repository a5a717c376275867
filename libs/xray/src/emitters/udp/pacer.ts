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
/** As long as this much waits to be read, nothing more is sent; but not for ever. */
const MUCH_UNREAD = 64_000;
const MAX_WAITS = 50;

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
      this.since = now;
      this.spent = 0;
    }
    return this.spent < BURST;
  }

  sent(bytes: number): void {
    this.spent += bytes + DATAGRAM_COST;
  }

  /** Resolves when another burst may begin. */
  async next(): Promise<void> {
    for (let waits = 0; waits < MAX_WAITS; waits++) {
      await new Promise((done) => setTimeout(done, WAIT_MS));
      const state = await this.receiver.read();
      if (state === undefined || state.unread < MUCH_UNREAD) break;
    }
    this.since = performance.now();
    this.spent = 0;
  }
}

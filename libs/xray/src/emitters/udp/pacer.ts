import type { ReceiverQueue } from './receiver-queue';
import { performance, setTimeout } from '../../core/real-time';

/**
 * What a datagram takes of a receiver's buffer in addition to its bytes: on Linux at least this
 * much.
 */
const DATAGRAM_COST = 1_280;
/**
 * How many bytes may be in flight at once. A socket on Linux has 212,992 bytes by default, a
 * quarter of which may be released late.
 */
const BURST = 96_000;
/** How long the receiver gets to read a burst. */
const WAIT_MS = 4;
/** While this many bytes are unread, nothing more is sent, but not for ever. The delays grow. */
const MUCH_UNREAD = 64_000;
const MAX_WAIT_MS = 16;
const PATIENCE_MS = 200;

/**
 * Limits how much is sent at once, so that a receiver with an ordinary buffer loses nothing of a
 * burst. For a receiver on this machine the buffer is checked; any other gets a fixed time.
 */
export class Pacer {
  private spent = 0;
  private since = 0;

  constructor(private readonly receiver: ReceiverQueue) {}

  /** Whether one more datagram may be sent in this burst, at `now` of `performance.now()`. */
  isOpen(now: number): boolean {
    if (now - this.since > WAIT_MS) {
      const much = this.spent > BURST / 2;
      this.since = now;
      this.spent = 0;
      // On a busy machine the receiver may not have read although time has passed.
      if (much && this.isBehind()) this.spent = BURST;
    }
    return this.spent < BURST;
  }

  sent(bytes: number): void {
    this.spent += bytes + DATAGRAM_COST;
  }

  /** Resolves when the next burst may begin. */
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

import type { ReceiverQueue } from './receiver-queue';
import { performance } from '../../core/real-time';

/** How often to check while datagrams are being sent. */
const EVERY_MS = 1_000;

/** Reports datagrams that the kernel dropped at a receiver on this machine. */
export class DropWatch {
  private known: number | undefined;
  private next = 0;

  /** @param dropped called with the number of datagrams dropped since the last report */
  constructor(
    private readonly receiver: ReceiverQueue,
    private readonly dropped: (count: number) => void,
  ) {}

  /** Earlier drops are not reported. */
  begin(): void {
    this.next = performance.now() + EVERY_MS;
    this.known = this.receiver.read()?.drops;
  }

  /** @param now of `performance.now()` */
  lookSometimes(now: number): void {
    if (now < this.next) return;
    this.next = now + EVERY_MS;
    this.look();
  }

  look(): void {
    const now = this.receiver.read()?.drops;
    const { known } = this;
    if (now === undefined) return;
    this.known = now;
    // A receiver that was restarted counts from zero again.
    if (known !== undefined && now > known) this.dropped(now - known);
  }
}

import type { ReceiverQueue } from './receiver-queue';
import { performance } from '../../core/real-time';

/** How often is looked while datagrams leave. */
const EVERY_MS = 1_000;

/** Tells of datagrams that the kernel dropped at a receiver on this machine. */
export class DropWatch {
  private known: Promise<number | undefined> = Promise.resolve(undefined);
  private next = 0;

  /** @param told is given how many were dropped since it was told last */
  constructor(
    private readonly receiver: ReceiverQueue,
    private readonly told: (count: number) => void,
  ) {}

  /** What was dropped before is not ours to tell. */
  begin(): void {
    this.next = performance.now() + EVERY_MS;
    this.known = this.receiver.read().then((state) => state?.drops);
  }

  /** @param now of `performance.now()` */
  lookSometimes(now: number): void {
    if (now < this.next) return;
    this.next = now + EVERY_MS;
    void this.look();
  }

  async look(): Promise<void> {
    const before = await this.known;
    const now = (await this.receiver.read())?.drops;
    this.known = Promise.resolve(now ?? before);
    // A receiver that began anew counts from nothing again.
    if (before !== undefined && now !== undefined && now > before) this.told(now - before);
  }
}

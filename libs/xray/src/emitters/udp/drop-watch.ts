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

  /** One look after the other: two at once would tell the same drops twice. */
  async look(): Promise<void> {
    this.known = this.known.then((before) => this.compare(before));
    await this.known;
  }

  private async compare(before: number | undefined): Promise<number | undefined> {
    const now = (await this.receiver.read())?.drops;
    // A receiver that began anew counts from nothing again.
    if (before !== undefined && now !== undefined && now > before) this.told(now - before);
    return now ?? before;
  }
}

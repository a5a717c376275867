/** A batch is sent when it is full, or this long after its first item came. */
const IDLE_MS = 1000;
/** What waits for an endpoint that does not answer takes no more than this; older batches go first. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024;
/** What an item takes besides its bytes. */
const ITEM_BYTES = 500;

interface Batch<Item> {
  items: Item[];
  bytes: number;
}

export interface SendQueueOptions<Item> {
  /** How many items, and how many bytes of them, make a batch full. */
  maxItems: number;
  maxBytes: number;
  send(items: Item[]): Promise<void>;
  /** These could not be sent, for this reason. */
  lost(items: Item[], why: string): void;
}

/** Sends items in batches, one batch at a time. Who adds never waits. */
export class SendQueue<Item> {
  private next: Batch<Item> = { items: [], bytes: 0 };
  private waiting: Batch<Item>[] = [];
  private waitingBytes = 0;
  private sending: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: SendQueueOptions<Item>) {}

  add(item: Item, bytes: number): void {
    const { maxItems, maxBytes } = this.options;
    if (this.next.bytes + bytes > maxBytes) this.flush();
    this.next.items.push(item);
    this.next.bytes += bytes + ITEM_BYTES;
    if (this.next.items.length >= maxItems || this.next.bytes >= maxBytes) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), IDLE_MS).unref();
  }

  /** Adds an item that makes a batch of its own, after all that came before. */
  addAlone(item: Item, bytes: number): void {
    this.flush();
    this.next = { items: [item], bytes: bytes + ITEM_BYTES };
    this.flush();
  }

  /** Begins no new batch; resolves when all that was added is sent or lost. */
  async close(): Promise<void> {
    this.flush();
    await this.sending;
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.next.items.length === 0) return;
    this.waiting.push(this.next);
    this.waitingBytes += this.next.bytes;
    this.next = { items: [], bytes: 0 };
    while (this.waiting.length > 1 && this.waitingBytes > MAX_WAITING_BYTES) {
      this.options.lost(this.take()!.items, 'it answers too slowly, so they were left out');
    }
    this.sending ??= this.drain().finally(() => (this.sending = undefined));
  }

  private take(): Batch<Item> | undefined {
    const batch = this.waiting.shift();
    this.waitingBytes -= batch?.bytes ?? 0;
    return batch;
  }

  private async drain(): Promise<void> {
    for (let batch = this.take(); batch; batch = this.take()) {
      try {
        await this.options.send(batch.items);
      } catch (error) {
        this.options.lost(batch.items, (error as Error).message);
      }
    }
  }
}

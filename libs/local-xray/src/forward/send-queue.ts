/** A batch is sent when it is full, or this long after its first item was added. */
const IDLE_MS = 1000;
/** The most bytes queued for an endpoint that does not respond; older batches are dropped first. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024;
/** The overhead of an item, in bytes. */
const ITEM_BYTES = 500;

interface Batch<Item> {
  items: Item[];
  bytes: number;
}

export interface SendQueueOptions<Item> {
  /** The number of items, and of bytes, at which a batch is full. */
  maxItems: number;
  maxBytes: number;
  send(items: Item[]): Promise<void>;
  /** Called with the items that could not be sent, and the reason. */
  lost(items: Item[], why: string): void;
}

/** Sends items in batches, one batch at a time. Adding an item never blocks. */
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

  /** Adds an item as a separate batch, after all earlier items. */
  addAlone(item: Item, bytes: number): void {
    this.flush();
    this.next = { items: [item], bytes: bytes + ITEM_BYTES };
    this.flush();
  }

  /** Stops accepting items; resolves when all items are sent or dropped. */
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

import type { XRayClient } from '@aws-sdk/client-xray';
import type { Forwarder, ForwardProblem } from './forwarder';

/** As the X-Ray daemon does: fifty documents, or what came within a second. */
const BATCH = 50;
const IDLE_MS = 1000;
/** Batches that wait for an endpoint that does not answer; older ones go first. */
const MAX_BATCHES = 20;

/** Forwards to X-Ray itself, signed with the credentials of the usual chain. */
export class XrayForwarder implements Forwarder {
  private client: Promise<XRayClient> | undefined;
  private documents: string[] = [];
  private batches: string[][] = [];
  private sending: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly reported = new Set<string>();

  /** @param endpoint undefined for that of the region in the environment. */
  constructor(
    private readonly endpoint: string | undefined,
    private readonly problem: ForwardProblem,
  ) {}

  forward(text: string): void {
    this.documents.push(text);
    if (this.documents.length >= BATCH) this.next();
    else this.timer ??= setTimeout(() => this.next(), IDLE_MS).unref();
  }

  async close(): Promise<void> {
    this.next();
    await this.sending;
    if (this.client) (await this.client.catch(() => undefined))?.destroy();
  }

  private next(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.documents.length > 0) this.batches.push(this.documents);
    this.documents = [];
    if (this.batches.length > MAX_BATCHES) {
      this.batches.shift();
      this.report('it answers too slowly, so documents were left out');
    }
    if (this.batches.length > 0)
      this.sending ??= this.drain().finally(() => (this.sending = undefined));
  }

  private async drain(): Promise<void> {
    for (let batch = this.batches.shift(); batch; batch = this.batches.shift()) {
      try {
        await this.send(batch);
      } catch (error) {
        this.report((error as Error).message);
      }
    }
  }

  private async send(batch: string[]): Promise<void> {
    const { PutTraceSegmentsCommand } = await load();
    this.client ??= this.connect();
    const answer = await (
      await this.client
    ).send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: batch }));
    for (const { ErrorCode, Message } of answer.UnprocessedTraceSegments ?? []) {
      this.report(`it refused a document: ${ErrorCode ?? ''} ${Message ?? ''}`);
    }
  }

  private async connect(): Promise<XRayClient> {
    const { XRayClient } = await load();
    return new XRayClient({ endpoint: this.endpoint, maxAttempts: 3 });
  }

  private report(why: string): void {
    if (this.reported.has(why) || this.reported.size > 20) return;
    this.reported.add(why);
    this.problem(`Documents could not be forwarded to X-Ray (${this.endpoint ?? 'aws'}): ${why}`);
  }
}

/** Takes 100 ms to load, so only who forwards loads it. */
function load(): Promise<typeof import('@aws-sdk/client-xray')> {
  return import('@aws-sdk/client-xray');
}

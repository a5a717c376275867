import type { XRayClient } from '@aws-sdk/client-xray';
import { ForwardFailures } from './forward-failures';
import type { Forwarder, ForwardProblem } from './forwarder';
import { SendQueue } from './send-queue';

/** Batches as in the X-Ray daemon: 50 documents, or those received within a second. */
const BATCH = 50;
const BATCH_BYTES = 4_000_000;

/** Forwards to AWS X-Ray, signed with the credentials of AWS's default provider chain. */
export class XrayForwarder implements Forwarder {
  private client: Promise<XRayClient> | undefined;
  private readonly failures: ForwardFailures;
  private readonly queue = new SendQueue<string>({
    maxItems: BATCH,
    maxBytes: BATCH_BYTES,
    send: (documents) => this.send(documents),
    lost: ({ length }, why) => this.failures.add(why, length),
  });

  /** @param endpoint by default, the endpoint of the region in the environment. */
  constructor(
    private readonly endpoint: string | undefined,
    problem: ForwardProblem,
  ) {
    this.failures = new ForwardFailures(`X-Ray (${endpoint ?? 'aws'})`, problem);
  }

  forward(text: string): void {
    this.queue.add(text, text.length);
  }

  async close(): Promise<void> {
    await this.queue.close();
    if (this.client) (await this.client.catch(() => undefined))?.destroy();
  }

  private async send(batch: string[]): Promise<void> {
    const { PutTraceSegmentsCommand } = await load();
    this.client ??= this.connect();
    const answer = await (
      await this.client
    ).send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: batch }));
    for (const { ErrorCode, Message } of answer.UnprocessedTraceSegments ?? []) {
      this.failures.add(`it refused a document: ${ErrorCode ?? ''} ${Message ?? ''}`);
    }
  }

  private async connect(): Promise<XRayClient> {
    const { XRayClient } = await load();
    return new XRayClient({ endpoint: this.endpoint, maxAttempts: 3 });
  }
}

/** Loading takes 100 ms, so load it only when forwarding. */
function load(): Promise<typeof import('@aws-sdk/client-xray')> {
  return import('@aws-sdk/client-xray');
}

import { setTimeout as pause } from 'node:timers/promises';
import { DocumentsToOtlp } from './documents-to-otlp';
import { ForwardFailures } from './forward-failures';
import type { Forwarder, ForwardProblem } from './forwarder';
import { SendQueue } from './send-queue';

const BATCH = 500;
const BATCH_BYTES = 2_000_000;
/** The timeout of a request, and the delays before the second and the third attempt. */
const ANSWER_MS = 10_000;
const PAUSES_MS = [500, 2000];
/** How long to keep sending when local X-Ray shuts down. */
const CLOSE_MS = 1000;
/** Statuses to retry: https://opentelemetry.io/docs/specs/otlp/#failures-1 */
const FOR_NOW = new Set([429, 502, 503, 504]);

/** A traces export as it was received, or the text of a document. */
type Item = { body: Uint8Array; type: string; spans: number } | string;

class Refused extends Error {}

/** Forwards to a collector, or another receiver of OTLP over HTTP. */
export class OtlpForwarder implements Forwarder {
  private readonly failures: ForwardFailures;
  private readonly translate = new DocumentsToOtlp((why) => this.failures.add(why));
  private readonly ending = new AbortController();
  private readonly ended = new AbortController();
  private readonly queue = new SendQueue<Item>({
    maxItems: BATCH,
    maxBytes: BATCH_BYTES,
    send: (items) => this.send(items),
    lost: (items, why) => {
      const count = items.reduce(
        (sum, item) => sum + (typeof item === 'string' ? 1 : item.spans),
        0,
      );
      this.failures.add(why, count, 'documents or spans');
    },
  });

  /** @param url the endpoint for traces, such as `http://127.0.0.1:4318/v1/traces` */
  constructor(
    private readonly url: string,
    problem: ForwardProblem,
  ) {
    this.failures = new ForwardFailures(`the collector at ${url}`, problem);
  }

  forward(text: string): void {
    this.queue.add(text, text.length);
  }

  forwardSpans(body: Uint8Array, encoding: 'json' | 'protobuf', spans: number): void {
    const type = encoding === 'json' ? 'application/json' : 'application/x-protobuf';
    this.queue.addAlone({ body, type, spans }, body.byteLength);
  }

  async close(): Promise<void> {
    this.ending.abort();
    const timer = setTimeout(() => this.ended.abort(), CLOSE_MS);
    await this.queue.close();
    clearTimeout(timer);
  }

  private async send(items: Item[]): Promise<void> {
    const [first] = items;
    if (typeof first === 'object') return this.post(first.body, first.type);
    const resourceSpans = this.translate.resourceSpans(items as string[]);
    if (resourceSpans.length > 0) {
      await this.post(JSON.stringify({ resourceSpans }), 'application/json');
    }
  }

  private async post(body: Uint8Array | string, type: string): Promise<void> {
    for (const wait of [...PAUSES_MS, undefined]) {
      try {
        return await this.tryPost(body, type);
      } catch (error) {
        if (error instanceof Refused || wait === undefined || this.ending.signal.aborted) {
          throw error;
        }
        await pause(wait, undefined, { signal: this.ending.signal }).catch(() => undefined);
      }
    }
  }

  private async tryPost(body: Uint8Array | string, type: string): Promise<void> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.url, {
        method: 'POST',
        headers: { 'content-type': type },
        body: body as RequestInit['body'],
        redirect: 'manual',
        signal: AbortSignal.any([AbortSignal.timeout(ANSWER_MS), this.ended.signal]),
      });
      text = await response.text();
    } catch (error) {
      // The reason of a failed fetch is in its cause.
      const { message, cause } = error as Error;
      throw new Error(`no answer: ${(cause as Error | undefined)?.message || message}`, {
        cause: error,
      });
    }
    if (!response.ok) {
      const why = `it answered ${response.status} ${text.slice(0, 200)}`.trim();
      throw FOR_NOW.has(response.status) ? new Error(why) : new Refused(why);
    }
    if (response.headers.get('content-type')?.includes('json')) this.partly(text);
  }

  /** https://opentelemetry.io/docs/specs/otlp/#partial-success-1 */
  private partly(text: string): void {
    const { rejectedSpans = 0, errorMessage = '' } = partialSuccess(text) ?? {};
    const rejected = Number(rejectedSpans);
    if (rejected > 0) this.failures.add(`it refused them: ${errorMessage}`, rejected, 'spans');
  }
}

interface PartialSuccess {
  rejectedSpans?: string | number;
  errorMessage?: string;
}

/** An unreadable response body is ignored: the export was accepted. */
function partialSuccess(answer: string): PartialSuccess | undefined {
  try {
    return (JSON.parse(answer) as { partialSuccess?: PartialSuccess } | null)?.partialSuccess;
  } catch {
    return undefined;
  }
}

import { Logger } from '@nestjs/common';
import { storage } from '../core/context';
import type { EmitStats, Emitter } from '../core/emitter';
import { reasonOf } from '../core/foreign-values';
import { WarnOnce } from '../core/warn-once';
import type { SegmentNode, SubsegmentNode } from '../core/trace-node';
import { ExportError, OtlpClient } from './otlp/otlp-client';
import { otlpSettings } from './otlp/otlp-options';
import type { OtlpEmitterOptions, OtlpSettings } from './otlp/otlp-settings';
import type { PartialSuccess } from './otlp/partial-success';
import { documentToSend, SpanBatch, type DocumentToSend } from './otlp/span-batch';
import { Fifo } from './fifo';
import { Outcomes, type Shipment } from './outcomes';
import { clearTimeout, performance, setImmediate, setTimeout } from '../core/real-time';

/**
 * Attempts for one batch, and the delay after the first failure. The delay doubles each time, with
 * jitter.
 */
const ATTEMPTS = 5;
const FIRST_WAIT_MS = 500;
/** How often a rejected request is halved: into at most 16 parts. */
const MAX_HALVINGS = 4;
/** How many subsegments of open segments may wait. Further ones are dropped. */
const MAX_EARLY = 100_000;
/** How long spans may be built before the application gets its turn. */
const TURN_MS = 5;
/** How long close() waits by default for requests to finish. */
const CLOSE_MS = 5_000;

type Node = SegmentNode | SubsegmentNode;

/**
 * Sends traces as spans to any OpenTelemetry collector by OTLP/HTTP: the AWS collector, X-Ray's own
 * OTLP endpoint (signed), Jaeger, Tempo, local X-Ray.
 *
 * Spans are batched and retried with back-off, and the queue is bounded. What cannot be sent while
 * a collector is down is dropped and counted; the application is not affected.
 */
export class OtlpEmitter implements Emitter {
  private readonly outcomes = new Outcomes();
  private readonly settings: OtlpSettings;
  private readonly client: OtlpClient;
  private readonly queue = new Fifo<Node>();
  private readonly early = new Fifo<SubsegmentNode>();
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;
  private closing = false;
  private wake: (() => void) | undefined;

  private readonly warnings: WarnOnce;

  /**
   * @param options settings that take precedence over OpenTelemetry's variables. @throws
   *   XrayConfigurationError
   */
  constructor(options: OtlpEmitterOptions = {}) {
    this.settings = otlpSettings(options);
    this.warnings = new WarnOnce(options.logger ?? new Logger('XrayModule'));
    this.client = new OtlpClient(this.settings);
  }

  get destination(): string {
    return `otlp ${this.url}`;
  }

  countIn(stats: EmitStats): void {
    this.outcomes.stats = stats;
  }

  emit(closed: Node): void {
    if (this.closing || this.queue.length >= this.settings.maxQueue) {
      this.outcomes.complete(this.outcomes.finalShipment(closed), 'dropped');
      return;
    }
    this.queue.push(closed);
    this.arrange();
  }

  emitEarly(segment: SegmentNode, closed: readonly SubsegmentNode[]): void {
    const shipment = this.outcomes.shipmentOf(segment);
    for (const each of closed) {
      if (this.closing || this.early.length >= MAX_EARLY) this.outcomes.lose(shipment, 'dropped');
      else this.early.push(each);
    }
    this.arrange();
  }

  private arrange(): void {
    if (this.queue.length + this.early.length >= this.settings.maxBatch) this.start();
    // Outside the request's context: the export does not belong to any request.
    else this.timer ??= storage.run(undefined, () => this.later());
  }

  async flush(): Promise<void> {
    this.start();
    while (this.sending) await this.sending;
  }

  async close(withinMs = CLOSE_MS): Promise<void> {
    const given = new Promise((resolve) => setTimeout(resolve, withinMs).unref());
    this.start();
    await Promise.race([this.flush(), given]);
    this.closing = true;
    for (let each = this.early.shift(); each; each = this.early.shift()) {
      this.outcomes.lose(this.outcomes.shipmentOf(each.segment), 'dropped');
    }
    for (let each = this.queue.shift(); each; each = this.queue.shift()) {
      this.outcomes.complete(this.outcomes.finalShipment(each), 'dropped');
    }
    this.wake?.();
    this.client.close();
  }

  private later(): NodeJS.Timeout {
    return setTimeout(() => this.start(), this.settings.delayMs).unref();
  }

  private start(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.queue.length + this.early.length === 0) return;
    this.sending ??= storage.run(undefined, () => this.drain());
  }

  private async drain(): Promise<void> {
    let batch = await this.nextBatch();
    while (batch !== undefined) {
      await this.export(batch);
      batch = await this.nextBatch();
    }
    this.sending = undefined;
  }

  /** A document that was read for a batch but did not fit into it. */
  private left: DocumentToSend | undefined;

  /** Builds the next batch, giving the application its turn in between. */
  private async nextBatch(): Promise<SpanBatch | undefined> {
    const batch = new SpanBatch(this.left && [this.left]);
    this.left = undefined;
    let until = performance.now() + TURN_MS;
    while (batch.documents.length < this.settings.maxBatch && !this.closing) {
      const early = this.early.shift();
      const node = early ?? this.queue.shift();
      if (node === undefined) break;
      const shipment = early
        ? this.outcomes.shipmentOf(early.segment)
        : this.outcomes.finalShipment(node);
      const document = this.read(node, shipment, early === undefined);
      if (document === undefined) continue;
      if (batch.isFullFor(document)) {
        this.left = document;
        break;
      }
      batch.add(document);
      if (performance.now() < until) continue;
      await new Promise((turn) => setImmediate(turn));
      until = performance.now() + TURN_MS;
    }
    return batch.documents.length > 0 ? batch : undefined;
  }

  private read(node: Node, shipment: Shipment, final: boolean): DocumentToSend | undefined {
    try {
      const document = documentToSend(node, shipment, final, this.settings.resource);
      if (document.trimmed) this.outcomes.stats.trimmed++;
      if (final && shipment.inParts) this.outcomes.stats.split++;
      return document;
    } catch (problem) {
      this.account({ shipment, final }, 'failed');
      this.report(problem);
      return undefined;
    }
  }

  private account(
    { shipment, final }: Pick<DocumentToSend, 'shipment' | 'final'>,
    outcome: 'sent' | 'failed' | 'dropped',
  ): void {
    if (final) this.outcomes.complete(shipment, outcome);
    else if (outcome !== 'sent') this.outcomes.lose(shipment, outcome);
  }

  /** @param halvings how many more times a rejected request may be halved */
  private async export(batch: SpanBatch, halvings = MAX_HALVINGS): Promise<void> {
    const { documents, resourceSpans } = batch;
    const all = (outcome: 'sent' | 'failed' | 'dropped') => {
      for (const each of documents) this.account(each, outcome);
    };
    for (let attempt = 1; ; attempt++) {
      if (this.closing) return all('dropped');
      try {
        if (resourceSpans.length > 0) this.partly(batch, await this.client.post({ resourceSpans }));
        return all('sent');
      } catch (problem) {
        const known = problem instanceof ExportError ? problem : undefined;
        if (this.closing) return all('dropped');
        if (known?.isRefusal && documents.length > 1 && halvings > 0) {
          for (const half of batch.halves()) await this.export(half, halvings - 1);
          return;
        }
        this.report(problem);
        if (!known?.retryable || attempt >= ATTEMPTS) return all('failed');
        const doubling = FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.75 + Math.random() / 2);
        await this.wait(known.waitMs ?? doubling);
      }
    }
  }

  /** Reports a request that was accepted only in part. */
  private partly(batch: SpanBatch, { rejectedSpans, message }: PartialSuccess): void {
    this.outcomes.stats.datagrams++;
    if (rejectedSpans <= 0 && message === '') return;
    this.outcomes.stats.rejectedSpans += Math.min(rejectedSpans, batch.spanCount);
    this.warnings.warn(
      `partial:${message}`,
      rejectedSpans > 0
        ? `The collector at ${this.url} rejected ${rejectedSpans} of ${batch.spanCount} spans: ` +
            `${message || 'it gave no reason'}. Parts of traces are missing there.`
        : `The collector at ${this.url} accepted all spans, with a warning: ${message}`,
    );
  }

  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, ms).unref();
    });
  }

  private report(problem: unknown): void {
    const why = reasonOf(problem);
    const denied = problem instanceof ExportError && problem.isDenial;
    this.warnings.warn(
      why,
      `Traces could not be sent by OTLP to ${this.url}: ${why}. ` +
        `${denied ? CHECK_CREDENTIALS : CHECK_COLLECTOR} Requests are not affected.`,
    );
  }

  /** Without credentials and query string. */
  private get url(): string {
    const { origin, pathname } = new URL(this.settings.url);
    return origin + pathname;
  }
}

const CHECK_COLLECTOR = 'Check OTEL_EXPORTER_OTLP_ENDPOINT and that the collector runs.';
const CHECK_CREDENTIALS =
  "Check the credentials: OTEL_EXPORTER_OTLP_HEADERS, or for X-Ray's own endpoint the process's AWS " +
  'credentials, their region, and their permission to write traces (AWSXrayWriteOnlyAccess).';

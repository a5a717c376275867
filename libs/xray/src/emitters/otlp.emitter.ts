import { Logger } from '@nestjs/common';
import { storage } from '../core/context';
import type { RecordedNode } from '../core/recorded-node';
import type { EmitStats, Emitter } from '../core/emitter';
import { reasonOf, WarnOnce } from '../core/warn-once';
import type { SegmentNode, SubsegmentNode } from '../core/trace-node';
import { documentSpans } from './otlp/document-to-spans';
import { ExportError, OtlpClient } from './otlp/otlp-client';
import { otlpSettings } from './otlp/otlp-options';
import type { OtlpEmitterOptions, OtlpSettings } from './otlp/otlp-settings';
import { keyValues, type ResourceSpans } from './otlp/otlp-span';

/** Attempts for one batch, and the wait after the first failed one; it doubles, with jitter. */
const ATTEMPTS = 5;
const FIRST_WAIT_MS = 500;
/** How long close() waits for what is on its way, unless it is told. */
const CLOSE_MS = 5_000;

type Node = SegmentNode | SubsegmentNode;

/**
 * Sends traces as spans to any OpenTelemetry collector by OTLP/HTTP: the AWS collector, X-Ray's own
 * OTLP endpoint (signed), Jaeger, Tempo, local X-Ray.
 *
 * Batched, retried with back-off, bounded: what a collector that is away cannot take is dropped
 * and counted, and the application does not notice.
 */
export class OtlpEmitter implements Emitter {
  private stats: EmitStats = { sent: 0, failed: 0, dropped: 0, split: 0, trimmed: 0 };
  private readonly settings: OtlpSettings;
  private readonly client: OtlpClient;
  private queue: Node[] = [];
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;
  private closing = false;
  private wake: (() => void) | undefined;

  private readonly warnings: WarnOnce;

  /** @param options settings that win over OpenTelemetry's variables. @throws XrayConfigurationError */
  constructor(options: OtlpEmitterOptions = {}) {
    this.settings = otlpSettings(options);
    this.warnings = new WarnOnce(options.logger ?? new Logger('XrayModule'));
    this.client = new OtlpClient(this.settings);
  }

  countIn(stats: EmitStats): void {
    this.stats = stats;
  }

  emit(closed: Node): void {
    if (this.closing || this.queue.length >= this.settings.maxQueue) {
      this.stats.dropped++;
      return;
    }
    this.queue.push(closed);
    if (this.queue.length >= this.settings.maxBatch) this.start();
    // Outside of the request's context: the export is nobody's call.
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
    this.stats.dropped += this.queue.length;
    this.queue = [];
    this.wake?.();
    this.client.close();
  }

  private later(): NodeJS.Timeout {
    return setTimeout(() => this.start(), this.settings.delayMs).unref();
  }

  private start(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.queue.length === 0) return;
    this.sending ??= storage.run(undefined, () => this.drain());
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0 && !this.closing) {
      await this.export(this.queue.splice(0, this.settings.maxBatch));
    }
    this.sending = undefined;
  }

  private async export(batch: Node[]): Promise<void> {
    const { resourceSpans, unreadable } = this.collect(batch);
    this.stats.failed += unreadable;
    const count = batch.length - unreadable;
    for (let attempt = 1; ; attempt++) {
      if (this.closing) {
        this.stats.dropped += count;
        return;
      }
      try {
        if (resourceSpans.length > 0) await this.client.post({ resourceSpans });
        this.stats.sent += count;
        return;
      } catch (problem) {
        const { retryable, waitMs } =
          problem instanceof ExportError ? problem : { retryable: false, waitMs: undefined };
        this.report(problem);
        if (!retryable || attempt >= ATTEMPTS || this.closing) {
          this.stats.failed += count;
          return;
        }
        await this.wait(waitMs ?? FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.75 + Math.random() / 2));
      }
    }
  }

  /** Spans by service: one process may serve several names. */
  private collect(batch: Node[]): { resourceSpans: ResourceSpans[]; unreadable: number } {
    const services = new Map<string, ResourceSpans>();
    let unreadable = 0;
    for (const node of batch) {
      try {
        const document = node.toJSON();
        const { resource, spans } = documentSpans(document, node as unknown as RecordedNode);
        if (spans.length === 0) continue; // all of it is in progress, and spans have ends
        const name = 'segment' in node && node.segment ? node.segment.name : node.name;
        const attributes = { 'service.name': name, ...resource, ...this.settings.resource };
        const key = JSON.stringify(attributes);
        let group = services.get(key);
        if (!group) {
          group = {
            resource: { attributes: keyValues(attributes) },
            scopeSpans: [{ scope: { name: 'nestjs-xray' }, spans: [] }],
          };
          services.set(key, group);
        }
        group.scopeSpans[0]!.spans.push(...spans);
      } catch (problem) {
        unreadable++;
        this.report(problem);
      }
    }
    return { resourceSpans: [...services.values()], unreadable };
  }

  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, ms).unref();
    });
  }

  private report(problem: unknown): void {
    const why = reasonOf(problem);
    const { origin, pathname } = new URL(this.settings.url);
    this.warnings.warn(
      why,
      `Traces could not be sent by OTLP to ${origin}${pathname}: ${why}. ` +
        'Check OTEL_EXPORTER_OTLP_ENDPOINT and that the collector runs. Requests are not affected.',
    );
  }
}

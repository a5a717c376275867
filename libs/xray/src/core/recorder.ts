import { newTraceId } from '../document';
import type { TraceHeader } from '../document';
import type { Carried } from './carried';
import { Delivery, type DeliveryOptions, type RecorderStats } from './delivery';
import { type InvocationOwner, LambdaSegment } from './lambda-segment';
import type { OutgoingPolicy } from './outgoing';
import type { Incoming } from './propagation';
import type { RecordedSegment, RecordedSubsegment, SegmentOwner } from './recorded-node';
import { DEFAULT_REDACTED } from './redact';
import type { Sampler, SamplingRequest } from './sampler';
import { Segment } from './segment';
import { MeasuredOnly, measuring, type Meter } from './meter';
import type { SegmentNode } from './trace-node';
import { Unsampled } from './unsampled';
import { type RecorderLogger, type Warn, WarnOnce } from './warn-once';

export interface RecorderOptions extends DeliveryOptions {
  sampler: Sampler;
  /** Starts computing metrics, if that was asked for. */
  meter?: () => Meter | undefined;
  logger: RecorderLogger;
  redact?: RegExp;
  /** Maximum number of metadata characters in one document. Default 262,144. */
  maxMetadataLength?: number;
  /** Which outgoing calls are recorded. Undefined means none. */
  outgoing?: OutgoingPolicy;
  /** Which OpenTelemetry attributes become annotations. */
  indexes?: (key: string) => boolean;
  /**
   * On AWS Lambda, returns the trace header of the current invocation. Lambda sends the segment of
   * the function itself; the recorder sends only what happens inside it.
   */
  invocation?: () => TraceHeader;
  base?: SegmentBase;
}

/** Fields that every segment gets. */
export type SegmentBase = Partial<Pick<SegmentNode, 'origin' | 'service' | 'aws'>>;

/** Opens segments and has the closed ones sent. Each XrayModule has one. */
export class Recorder implements InvocationOwner {
  readonly sampled = true;
  readonly redact: RegExp;
  readonly maxMetadataLength: number;
  readonly outgoing: OutgoingPolicy | undefined;
  readonly indexes: ((key: string) => boolean) | undefined;
  base: SegmentBase;
  /** Owner of the segments that are only measured, if metrics are on. */
  private measuredOnly: MeasuredOnly | undefined;
  private readonly warnings: WarnOnce;
  private readonly delivery: Delivery;

  constructor(private readonly options: RecorderOptions) {
    this.redact = options.redact ?? DEFAULT_REDACTED;
    this.maxMetadataLength = options.maxMetadataLength ?? 262_144;
    this.outgoing = options.outgoing;
    this.indexes = options.indexes;
    this.base = options.base ?? {};
    this.warnings = new WarnOnce(options.logger);
    this.delivery = new Delivery(options, this.warn);
  }

  get stats(): RecorderStats {
    return this.delivery.stats;
  }

  /** Where traces go, in a form for people to read. */
  get destination(): string {
    return this.delivery.destination;
  }

  /** Starts the background work, such as fetching sampling rules. */
  start(): void {
    this.options.sampler.start?.();
    const meter = this.options.meter?.();
    this.measuredOnly = meter && new MeasuredOnly(this, meter);
    this.delivery.start(this.options.invocation !== undefined, meter);
  }

  /** Adds fields to all segments opened from now on. */
  describe(resource: SegmentBase): void {
    // Fields that the application has set itself, such as log groups, win.
    this.base = { ...this.base, ...resource, aws: { ...resource.aws, ...this.base.aws } };
  }

  /**
   * Opens the segment of a request, or returns the marker of an unsampled one. The caller's
   * decision in `header` takes precedence over the sampler's.
   */
  open(request: SamplingRequest, header: Incoming = {}): RecordedSegment | Unsampled {
    const { invocation } = this.options;
    if (invocation !== undefined) {
      // Behind the Lambda Web Adapter only the request has the header. Elsewhere a gateway may have
      // set it.
      const own = invocation();
      return this.openInvocation(request, own.root === undefined ? header : own);
    }
    let ruleName: string | undefined;
    if (typeof header.sampled === 'boolean') {
      if (!header.sampled) return this.leaveOut(request, header);
    } else {
      const decision = this.options.sampler.decide(request);
      if (!decision.sampled) return this.leaveOut(request, header);
      ruleName = decision.ruleName;
    }
    const segment = this.segmentOf(this, request, header);
    if (ruleName !== undefined) {
      const xray = { ...(segment.aws?.xray as object | undefined), rule_name: ruleName };
      segment.aws = { ...segment.aws, xray };
    }
    this.track(segment);
    return segment;
  }

  /** A request that is not sampled is recorded only if there are metrics to compute from it. */
  private leaveOut(request: SamplingRequest, header: Incoming): RecordedSegment | Unsampled {
    const { measuredOnly } = this;
    if (measuredOnly !== undefined && measuring.unsampled) {
      return this.segmentOf(measuredOnly, request, header);
    }
    return new Unsampled(header.root, header.extra, this.outgoing, carriedBy(header));
  }

  private segmentOf(owner: SegmentOwner, request: SamplingRequest, header: Incoming): Segment {
    const { root = newTraceId(), parent, extra } = header;
    const segment = new Segment(request.serviceName, owner, root, parent, extra);
    const carried = carriedBy(header);
    if (carried !== undefined) segment.carried = carried;
    const { base } = this;
    if (base.origin !== undefined) segment.origin = base.origin;
    if (base.service !== undefined) segment.service = base.service;
    if (base.aws !== undefined) segment.aws = base.aws;
    return segment;
  }

  private openInvocation(
    request: SamplingRequest,
    header: TraceHeader,
  ): RecordedSegment | Unsampled {
    const { root, parent, sampled, extra } = header;
    // Without all three there is no Lambda segment that this could be a part of.
    if (root === undefined || parent === undefined || sampled !== true) {
      return new Unsampled(root, extra, this.outgoing);
    }
    const segment = new LambdaSegment(request.serviceName, this, root, parent, extra);
    this.stats.opened++;
    return segment;
  }

  invocationEnded(segment: RecordedSegment): void {
    this.closed(segment);
    // Lambda freezes the process as soon as the response is sent.
    void this.flush();
  }

  /** Starts tracking a segment that was created elsewhere. */
  track(segment: RecordedSegment): void {
    this.delivery.track(segment);
  }

  forget(segment: RecordedSegment): void {
    this.delivery.forget(segment);
  }

  crowded(segment: RecordedSegment): void {
    this.delivery.crowded(segment);
  }

  closed(segment: RecordedSegment): void {
    this.delivery.closed(segment);
  }

  outlived(subsegment: RecordedSubsegment): void {
    this.delivery.outlived(subsegment);
    if (this.options.invocation) void this.flush();
  }

  readonly warn: Warn = (cause, message) => this.warnings.warn(cause, message);

  /** Sends what has closed so far. Never rejects. */
  flush(): Promise<void> {
    return this.delivery.flush();
  }

  /** Sends what has closed so far, for at most `ms`. Never rejects. */
  flushWithin(ms?: number): Promise<void> {
    return this.delivery.flushWithin(ms);
  }

  /**
   * Sends all closed segments, and open ones as in progress, then releases the emitter. Gives up
   * after `shutdownTimeoutMs`. Segments that close later are dropped. Never rejects.
   */
  async close(): Promise<void> {
    if (!this.delivery.isClosing) this.options.sampler.close?.();
    await this.delivery.close();
  }

  /** Accepts segments again after close(). Call start() afterwards. */
  reopen(): void {
    this.delivery.reopen();
  }
}

/** Undefined for nearly all requests, which then have nothing to store. */
function carriedBy({ tracestate, baggage }: Incoming): Carried | undefined {
  return tracestate === undefined && baggage === undefined ? undefined : { tracestate, baggage };
}

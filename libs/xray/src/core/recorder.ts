import { newTraceId } from '../document';
import type { TraceHeader } from '../document';
import type { Incoming } from './propagation';
import { noStats, type EmitStats, type Emitter } from './emitter';
import { flushBeforeExit, forgetBeforeExit } from './before-exit';
import { takeDeepNodes } from './deep-nodes';
import { type InvocationOwner, LambdaSegment } from './lambda-segment';
import { OpenSegments } from './open-segments';
import type { OutgoingPolicy } from './outgoing';
import type { Carried } from './carried';
import { CROWD, type RecordedSegment, type RecordedSubsegment } from './recorded-node';
import { DEFAULT_REDACTED } from './redact';
import type { Sampler, SamplingRequest } from './sampler';
import { Segment } from './segment';
import type { SegmentNode } from './trace-node';
import { takeClosed } from './take-closed';
import { Unsampled } from './unsampled';
import { reasonOf, type RecorderLogger, type Warn, WarnOnce } from './warn-once';
import { clearTimeout, setTimeout } from './real-time';

export interface RecorderOptions {
  emitter: Emitter;
  /** Makes another such emitter, for an application that starts again after it was closed. */
  another?: () => Emitter;
  sampler: Sampler;
  logger: RecorderLogger;
  redact?: RegExp;
  /** Characters of metadata in one document. Default 262,144. */
  maxMetadataLength?: number;
  /** Which calls out of the process are recorded; none when undefined. */
  outgoing?: OutgoingPolicy;
  /** Which attributes of the OpenTelemetry API become annotations. */
  indexes?: (key: string) => boolean;
  /** Whether a segment that has been open for a second is sent as it is. Default true. */
  inProgress?: boolean;
  /**
   * On AWS Lambda, the trace header of the current invocation: the function's segment is
   * Lambda's to send, and only what happens inside of it is ours.
   */
  invocation?: () => TraceHeader;
  /** How long close() may take. Default 2,000. */
  shutdownTimeoutMs?: number;
  base?: SegmentBase;
}

/** Fields put on every segment. */
export type SegmentBase = Partial<Pick<SegmentNode, 'origin' | 'service' | 'aws'>>;

/**
 * Counts since the start, from `XrayService.stats()`. Once all has been flushed,
 * `sent + failed + dropped = closed`.
 */
export interface RecorderStats extends EmitStats {
  /** Segments. */
  opened: number;
  /** Segments, and subsegments that outlived theirs or are too deep in it for one document. */
  closed: number;
}

/** Opens segments and hands over what is finished. One for each XrayModule. */
export class Recorder implements InvocationOwner {
  stats: RecorderStats = { opened: 0, closed: 0, ...noStats() };
  readonly redact: RegExp;
  readonly maxMetadataLength: number;
  readonly outgoing: OutgoingPolicy | undefined;
  readonly indexes: ((key: string) => boolean) | undefined;
  base: SegmentBase;
  private emitter: Emitter;
  private readonly warnings: WarnOnce;
  private readonly openSegments: OpenSegments;
  private readonly counts: boolean;
  private readonly shutdownTimeoutMs: number;
  private closing: Promise<void> | undefined;

  constructor(private readonly options: RecorderOptions) {
    this.redact = options.redact ?? DEFAULT_REDACTED;
    this.maxMetadataLength = options.maxMetadataLength ?? 262_144;
    this.outgoing = options.outgoing;
    this.indexes = options.indexes;
    this.shutdownTimeoutMs = options.shutdownTimeoutMs ?? 2_000;
    this.base = options.base ?? {};
    this.warnings = new WarnOnce(options.logger);
    const { emitter, inProgress = true } = options;
    this.emitter = emitter;
    emitter.countIn?.(this.stats);
    this.counts = emitter.countIn === undefined;
    const report = inProgress && emitter.emitInProgress ? this.report : undefined;
    this.openSegments = new OpenSegments(report);
  }

  /** Where traces go, for people to read. */
  get destination(): string {
    const { destination, constructor } = this.emitter;
    if (typeof destination === 'string') return destination;
    const { name = '' } = constructor ?? {};
    return name === '' || name === 'Object' ? "the application's emitter" : name;
  }

  /** Begins what it does without being called; until then it only is there. */
  start(): void {
    this.options.sampler.start?.();
    if (this.options.invocation) this.emitter.expectFreeze?.();
    flushBeforeExit(this);
  }

  /** Puts further fields on the segments that are opened from now on. */
  describe(resource: SegmentBase): void {
    // What the application says itself, such as its log groups, stays.
    this.base = { ...this.base, ...resource, aws: { ...resource.aws, ...this.base.aws } };
  }

  /**
   * Opens the segment of a request; the marker of an unsampled one when it is not to be recorded.
   * The caller's decision in `header` wins over the sampler's.
   */
  open(request: SamplingRequest, header: Incoming = {}): RecordedSegment | Unsampled {
    const { invocation } = this.options;
    if (invocation !== undefined) {
      // Behind the Lambda Web Adapter the request tells; otherwise its header may come from a gateway.
      const own = invocation();
      return this.openInvocation(request, own.root === undefined ? header : own);
    }
    const { root, extra } = header;
    const carried = carriedBy(header);
    let ruleName: string | undefined;
    if (typeof header.sampled === 'boolean') {
      if (!header.sampled) return new Unsampled(root, extra, this.outgoing, carried);
    } else {
      const decision = this.options.sampler.decide(request);
      if (!decision.sampled) return new Unsampled(root, extra, this.outgoing, carried);
      ruleName = decision.ruleName;
    }
    const traceId = root ?? newTraceId();
    const segment = new Segment(request.serviceName, this, traceId, header.parent, extra);
    if (carried !== undefined) segment.carried = carried;
    const { base } = this;
    if (base.origin !== undefined) segment.origin = base.origin;
    if (base.service !== undefined) segment.service = base.service;
    if (base.aws !== undefined) segment.aws = base.aws;
    if (ruleName !== undefined) {
      const xray = { ...(segment.aws?.xray as object | undefined), rule_name: ruleName };
      segment.aws = { ...segment.aws, xray };
    }
    this.track(segment);
    return segment;
  }

  private openInvocation(
    request: SamplingRequest,
    header: TraceHeader,
  ): RecordedSegment | Unsampled {
    const { root, parent, sampled, extra } = header;
    // Without all of it there is no segment of Lambda's that ours could be part of.
    if (root === undefined || parent === undefined || sampled !== true) {
      return new Unsampled(root, extra, this.outgoing);
    }
    const segment = new LambdaSegment(request.serviceName, this, root, parent, extra);
    this.stats.opened++;
    return segment;
  }

  invocationEnded(segment: RecordedSegment): void {
    this.closed(segment);
    // Lambda freezes the process as soon as the answer is out.
    void this.flush();
  }

  /** Takes on a segment that was made elsewhere. */
  track(segment: RecordedSegment): void {
    this.stats.opened++;
    this.openSegments.add(segment);
  }

  forget(segment: RecordedSegment): void {
    this.stats.opened--;
    this.openSegments.remove(segment);
  }

  /** Many are closed in a segment that is open: those leave, so that neither memory nor the end of it grows with them. */
  crowded(segment: RecordedSegment): void {
    const { emitter } = this;
    if (emitter.emitEarly === undefined) {
      segment.crowdedAt = Infinity;
      return;
    }
    const { closed, remaining } = takeClosed(segment);
    segment.closedWithin = 0;
    // Looking through what stays must not cost more than what it gains.
    segment.crowdedAt = Math.max(CROWD, remaining / 4);
    if (closed.length === 0) return;
    try {
      if (this.closing === undefined) emitter.emitEarly(segment, closed);
    } catch (problem) {
      this.emitFailed(problem);
    }
  }

  closed(segment: RecordedSegment): void {
    this.openSegments.remove(segment);
    if (segment.closedWithin >= CROWD && segment.crowdedAt < Infinity) this.crowded(segment);
    this.emitDeep(segment);
    this.finish(segment);
  }

  /** A subsegment that ended after its segment had left is sent on its own. */
  outlived(subsegment: RecordedSubsegment): void {
    subsegment.leave();
    this.finish(subsegment);
    if (this.options.invocation) void this.flush();
  }

  /** What is too deep in the tree for the segment's document leaves before it. */
  private emitDeep(segment: RecordedSegment): void {
    for (const node of takeDeepNodes(segment)) this.finish(node);
  }

  private finish(closed: RecordedSegment | RecordedSubsegment): void {
    this.stats.closed++;
    if (this.closing !== undefined) {
      this.stats.dropped++;
      return;
    }
    try {
      this.emitter.emit(closed);
      if (this.counts) this.stats.sent++;
    } catch (problem) {
      this.stats.failed++;
      this.emitFailed(problem);
    }
  }

  private readonly report = (open: RecordedSegment): void => {
    try {
      if (open.closedWithin >= CROWD) this.crowded(open);
      this.emitter.emitInProgress?.(open);
    } catch (problem) {
      this.emitFailed(problem);
    }
  };

  private emitFailed(problem: unknown): void {
    const why = reasonOf(problem);
    this.warn(`emit:${why}`, `A trace could not be emitted: ${why}. The request was not affected.`);
  }

  readonly warn: Warn = (cause, message) => this.warnings.warn(cause, message);

  /** Sends what was closed so far, and what is open if `andOpen`. Never rejects. */
  async flush(andOpen = false): Promise<void> {
    try {
      if (andOpen) for (const segment of this.openSegments.all()) this.report(segment);
      await this.emitter.flush();
    } catch (problem) {
      this.emitFailed(problem);
    }
  }

  /** Sends what was closed so far, for so long at most. Never rejects. */
  async flushWithin(ms = this.shutdownTimeoutMs): Promise<void> {
    await doneWithin(ms, this.flush());
  }

  async flushAtEnd(): Promise<void> {
    // Neither sockets nor waits of an emitter keep the process; this does, for so long.
    const patience = setTimeout(() => undefined, this.shutdownTimeoutMs);
    await this.flush(true);
    clearTimeout(patience);
  }

  giveUp(): void {
    const { closed, sent, failed, dropped } = this.stats;
    const lost = closed - sent - failed - dropped;
    if (lost <= 0) return;
    this.stats.dropped += lost;
    const message =
      `The process ended with ${lost} traces on their way, which are lost: they could not be sent ` +
      `within ${this.shutdownTimeoutMs} ms, or process.exit() was called. Check the receiver, ` +
      'raise shutdownTimeoutMs, or close the application before it exits.';
    this.warn('exit', message);
  }

  /**
   * Sends what is on its way, and what is still open as in progress, and frees the
   * emitter; gives up after `shutdownTimeoutMs`. What closes later is dropped. Never rejects.
   */
  close(): Promise<void> {
    return (this.closing ??= this.shutDown());
  }

  /** Takes further segments after it was closed; `start()` does the rest. */
  reopen(): void {
    if (this.closing === undefined) return;
    this.closing = undefined;
    this.emitter = this.options.another?.() ?? this.emitter;
    this.emitter.countIn?.(this.stats);
  }

  private async shutDown(): Promise<void> {
    const { emitter, shutdownTimeoutMs } = this;
    this.openSegments.stop();
    this.options.sampler.close?.();
    forgetBeforeExit(this);
    for (const segment of this.openSegments.all()) this.report(segment);
    try {
      if (!(await doneWithin(shutdownTimeoutMs, emitter.close(shutdownTimeoutMs)))) {
        const message =
          `Traces were still on their way ${shutdownTimeoutMs} ms after shutdown began and are ` +
          'given up. Raise shutdownTimeoutMs if they matter more than a quick end.';
        this.warn('shutdown', message);
      }
    } catch (problem) {
      this.emitFailed(problem);
    }
    // Whatever the emitter did not account for by now never left; what it still counts comes too late.
    const { closed, sent, failed, dropped } = this.stats;
    this.stats = { ...this.stats, dropped: Math.max(dropped, closed - sent - failed) };
  }
}

/** Undefined for nearly all requests, which then have nothing to keep. */
function carriedBy({ tracestate, baggage }: Incoming): Carried | undefined {
  return tracestate === undefined && baggage === undefined ? undefined : { tracestate, baggage };
}

/** Waits for `work`, but no longer; tells whether it was done by then. */
async function doneWithin(ms: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((done) => (timer = setTimeout(() => done(false), ms)));
  try {
    return await Promise.race([Promise.resolve(work).then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

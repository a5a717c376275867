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
import { type RecorderLogger, type Warn, WarnOnce } from './warn-once';
import { reasonOf } from './foreign-values';
import { clearTimeout, setTimeout } from './real-time';

export interface RecorderOptions {
  emitter: Emitter;
  /**
   * Creates another emitter of this kind, for an application that starts again after it was closed.
   */
  another?: () => Emitter;
  sampler: Sampler;
  logger: RecorderLogger;
  redact?: RegExp;
  /** Maximum number of metadata characters in one document. Default 262,144. */
  maxMetadataLength?: number;
  /** Which outgoing calls are recorded. Undefined means none. */
  outgoing?: OutgoingPolicy;
  /** Which OpenTelemetry attributes become annotations. */
  indexes?: (key: string) => boolean;
  /** Whether a segment that has been open for a second is sent as in progress. Default true. */
  inProgress?: boolean;
  /**
   * On AWS Lambda, returns the trace header of the current invocation. Lambda sends the segment of
   * the function itself; the recorder sends only what happens inside it.
   */
  invocation?: () => TraceHeader;
  /** How long close() may take. Default 2,000. */
  shutdownTimeoutMs?: number;
  base?: SegmentBase;
}

/** Fields that every segment gets. */
export type SegmentBase = Partial<Pick<SegmentNode, 'origin' | 'service' | 'aws'>>;

/**
 * Counts since the start, from `XrayService.stats()`. Once all has been flushed,
 * `sent + failed + dropped = closed`.
 */
export interface RecorderStats extends EmitStats {
  /** Segments opened. */
  opened: number;
  /**
   * Segments closed, and subsegments sent on their own because they closed after their segment or
   * are nested too deep for one document.
   */
  closed: number;
}

/** Opens segments and passes closed ones to the emitter. Each XrayModule has one. */
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

  /** Where traces go, in a form for people to read. */
  get destination(): string {
    const { destination, constructor } = this.emitter;
    if (typeof destination === 'string') return destination;
    const { name = '' } = constructor ?? {};
    return name === '' || name === 'Object' ? "the application's emitter" : name;
  }

  /** Starts the background work, such as fetching sampling rules. */
  start(): void {
    this.options.sampler.start?.();
    if (this.options.invocation) this.emitter.expectFreeze?.();
    flushBeforeExit(this);
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
    this.stats.opened++;
    this.openSegments.add(segment);
  }

  forget(segment: RecordedSegment): void {
    this.stats.opened--;
    this.openSegments.remove(segment);
  }

  /**
   * Sends the closed subsegments of a segment that is still open, so that memory use and the time
   * to close do not grow with their number.
   */
  crowded(segment: RecordedSegment): void {
    const { emitter } = this;
    if (emitter.emitEarly === undefined) {
      segment.crowdedAt = Infinity;
      return;
    }
    const { closed, remaining } = takeClosed(segment);
    segment.closedWithin = 0;
    // Searching the remaining subsegments must not cost more than sending the closed ones saves.
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

  /** Sends a subsegment that ended after its segment was sent. */
  outlived(subsegment: RecordedSubsegment): void {
    subsegment.leave();
    this.finish(subsegment);
    if (this.options.invocation) void this.flush();
  }

  /**
   * Emits the subsegments that are too deep for the segment's document before the segment itself.
   */
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

  /** Sends what has closed so far, and open segments too if `andOpen`. Never rejects. */
  async flush(andOpen = false): Promise<void> {
    try {
      if (andOpen) for (const segment of this.openSegments.all()) this.report(segment);
      await this.emitter.flush();
    } catch (problem) {
      this.emitFailed(problem);
    }
  }

  /** Sends what has closed so far, for at most `ms`. Never rejects. */
  async flushWithin(ms = this.shutdownTimeoutMs): Promise<void> {
    await doneWithin(ms, this.flush());
  }

  async flushAtEnd(): Promise<void> {
    // An emitter's sockets and timers do not keep the process alive; this timer does, until the
    // time is up.
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
      `The process ended before ${lost} traces were sent, so they are lost: they could not be sent ` +
      `within ${this.shutdownTimeoutMs} ms, or process.exit() was called. Check the receiver, ` +
      'raise shutdownTimeoutMs, or close the application before it exits.';
    this.warn('exit', message);
  }

  /**
   * Sends all closed segments, and open ones as in progress, then releases the emitter. Gives up
   * after `shutdownTimeoutMs`. Segments that close later are dropped. Never rejects.
   */
  close(): Promise<void> {
    return (this.closing ??= this.shutDown());
  }

  /** Accepts segments again after close(). Call start() afterwards. */
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
          `Some traces could not be sent within ${shutdownTimeoutMs} ms after shutdown began and are ` +
          'lost. Raise shutdownTimeoutMs if they matter more than a fast shutdown.';
        this.warn('shutdown', message);
      }
    } catch (problem) {
      this.emitFailed(problem);
    }
    // Whatever the emitter has not counted by now was not sent. Counts that arrive later are
    // ignored.
    const { closed, sent, failed, dropped } = this.stats;
    this.stats = { ...this.stats, dropped: Math.max(dropped, closed - sent - failed) };
  }
}

/** Undefined for nearly all requests, which then have nothing to store. */
function carriedBy({ tracestate, baggage }: Incoming): Carried | undefined {
  return tracestate === undefined && baggage === undefined ? undefined : { tracestate, baggage };
}

/** Waits for `work` for at most `ms`. Resolves to whether it finished in time. */
async function doneWithin(ms: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((done) => (timer = setTimeout(() => done(false), ms)));
  try {
    return await Promise.race([Promise.resolve(work).then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

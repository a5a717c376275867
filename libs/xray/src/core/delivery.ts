import { flushBeforeExit, forgetBeforeExit } from './before-exit';
import { takeDeepNodes } from './deep-nodes';
import { noStats, type EmitStats, type Emitter } from './emitter';
import { reasonOf } from './foreign-values';
import type { Meter } from './meter';
import { OpenSegments } from './open-segments';
import { clearTimeout, setTimeout } from './real-time';
import { CROWD, type RecordedSegment, type RecordedSubsegment } from './recorded-node';
import { takeClosed } from './take-closed';
import type { Warn } from './warn-once';

export interface DeliveryOptions {
  emitter: Emitter;
  /**
   * Creates another emitter of this kind, for an application that starts again after it was closed.
   */
  another?: () => Emitter;
  /** Whether a segment that has been open for a second is sent as in progress. Default true. */
  inProgress?: boolean;
  /** How long close() may take. Default 2,000. */
  shutdownTimeoutMs?: number;
}

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

/** Keeps track of the open segments, passes closed ones to the emitter, and counts both. */
export class Delivery {
  stats: RecorderStats = { opened: 0, closed: 0, ...noStats() };
  private emitter: Emitter;
  private meter: Meter | undefined;
  private readonly openSegments: OpenSegments;
  private readonly counts: boolean;
  private readonly shutdownTimeoutMs: number;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly options: DeliveryOptions,
    private readonly warn: Warn,
  ) {
    const { emitter, inProgress = true, shutdownTimeoutMs = 2_000 } = options;
    this.shutdownTimeoutMs = shutdownTimeoutMs;
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

  /** Whether close() has been called, and reopen() has not been called since. */
  get isClosing(): boolean {
    return this.closing !== undefined;
  }

  /**
   * @param beforeFreeze whether the process is frozen after each response (AWS Lambda)
   * @param meter computes metrics from what has closed, if they are on
   */
  start(beforeFreeze: boolean, meter?: Meter): void {
    this.meter = meter;
    if (beforeFreeze) this.emitter.expectFreeze?.();
    flushBeforeExit(this);
  }

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
    const closed = takeClosed(segment);
    if (closed.length === 0) return;
    if (this.meter !== undefined) for (const each of closed) this.meter.measure(each);
    try {
      if (this.closing === undefined) emitter.emitEarly(segment, closed);
    } catch (problem) {
      this.emitFailed(problem);
    }
  }

  closed(segment: RecordedSegment): void {
    this.openSegments.remove(segment);
    if (segment.closedWithin >= CROWD && segment.crowdedAt < Infinity) this.crowded(segment);
    this.meter?.measure(segment);
    this.emitDeep(segment);
    this.finish(segment);
  }

  /** Sends a subsegment that ended after its segment was sent. */
  outlived(subsegment: RecordedSubsegment): void {
    subsegment.leave();
    this.meter?.measure(subsegment);
    this.finish(subsegment);
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

  /** Sends what has closed so far, and open segments too if `andOpen`. Never rejects. */
  async flush(andOpen = false): Promise<void> {
    try {
      if (andOpen) for (const segment of this.openSegments.all()) this.report(segment);
      await Promise.all([this.emitter.flush(), this.meter?.flush()]);
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
      'Traces that may be lost because the process ended before they were sent: ' +
      `${lost}. They could not be sent within ${this.shutdownTimeoutMs} ms, or process.exit() was ` +
      'called. Check the receiver, raise shutdownTimeoutMs, or close the application before it exits.';
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
    const { emitter, meter, shutdownTimeoutMs } = this;
    this.openSegments.stop();
    forgetBeforeExit(this);
    for (const segment of this.openSegments.all()) this.report(segment);
    try {
      const sent = Promise.all([emitter.close(shutdownTimeoutMs), meter?.close()]);
      if (!(await doneWithin(shutdownTimeoutMs, sent))) {
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

/** Waits for `work` for at most `ms`. Resolves to whether it finished in time. */
async function doneWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((done) => (timer = setTimeout(() => done(false), ms)));
  try {
    return await Promise.race([Promise.resolve(work).then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

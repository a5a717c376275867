import { Logger } from '@nestjs/common';
import type { EmitStats, Emitter } from '../core/emitter';
import { type RecorderLogger, WarnOnce } from '../core/warn-once';
import { splitDocument } from '../core/split';
import type { SegmentNode, SubsegmentNode } from '../core/trace-node';
import type { Address } from '../net/daemon-address';
import { checkOptions, type OptionsOf } from '../options/check-options';
import * as fits from '../options/fits';
import { MODULE_OPTIONS } from '../options/module-options';
import { UdpSocket } from './udp-socket';

/** The line before each document. One document a datagram is the daemon's rule. */
const HEADER = '{"format":"json","version":1}\n';
/** Documents waiting to be sent; what comes on top of them is dropped. */
const MAX_QUEUE = 10_000;
/** What some systems allow for a datagram when 64,000 bytes are refused (macOS: 9,216). */
const SMALL_BYTES = 9_000;
const DEFAULT_BYTES = 64_000;

export interface UdpEmitterOptions extends Address {
  /** Where trouble is reported, once for each cause. Default: Nest's Logger. */
  logger?: RecorderLogger;
  /** Larger documents are split. Default 64,000. */
  maxDocumentBytes?: number;
}

const OPTIONS: OptionsOf<UdpEmitterOptions> = {
  host: { required: true, takes: 'a name or an address', fits: fits.text },
  port: { required: true, takes: 'a port from 1 to 65535', fits: fits.wholeFrom(1, 65_535) },
  logger: MODULE_OPTIONS.logger,
  maxDocumentBytes: MODULE_OPTIONS.maxDocumentBytes,
};

const OWNER = { attempt: 'create a UdpEmitter', remedy: 'Correct what new UdpEmitter() is given.' };

/** A document on its way, in one datagram or in several. */
interface Sending {
  /** Whether it counts; what is in progress comes again. */
  readonly final: boolean;
  left: number;
  failed: boolean;
}

/**
 * Sends documents to the X-Ray daemon, or to local X-Ray, by UDP.
 *
 * What is emitted in one turn of the event loop leaves at its end, on one
 * connected socket. That the daemon is away is noticed at times (ECONNREFUSED)
 * and never matters to the application.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-daemon.html
 */
export class UdpEmitter implements Emitter {
  private queue: (SegmentNode | SubsegmentNode)[] = [];
  /** Among `queue`, those that are sent while open and so not counted. */
  private open: SegmentNode[] = [];
  private scheduled = false;
  private inFlight = 0;
  private waiting: (() => void)[] = [];
  private closed = false;
  private stats: EmitStats = { sent: 0, failed: 0, dropped: 0, split: 0, trimmed: 0 };
  private maxBytes: number;
  private readonly socket: UdpSocket<Sending>;
  private readonly warnings: WarnOnce;

  /** @throws XrayOptionsError */
  constructor(private readonly options: UdpEmitterOptions) {
    checkOptions(OWNER, OPTIONS, options);
    this.maxBytes = (options.maxDocumentBytes ?? DEFAULT_BYTES) - HEADER.length;
    this.warnings = new WarnOnce(options.logger ?? new Logger('XrayModule'));
    this.socket = new UdpSocket(options, (problem, sending) => this.lost(problem, sending));
  }

  countIn(stats: EmitStats): void {
    this.stats = stats;
  }

  emit(closed: SegmentNode | SubsegmentNode): void {
    if (this.closed || this.queue.length >= MAX_QUEUE) {
      this.stats.dropped++;
      return;
    }
    this.queue.push(closed);
    this.schedule();
  }

  emitInProgress(open: SegmentNode): void {
    if (this.closed || this.open.length >= MAX_QUEUE) return;
    this.open.push(open);
    this.schedule();
  }

  async flush(): Promise<void> {
    if (this.scheduled || this.inFlight > 0) {
      await new Promise<void>((done) => this.waiting.push(done));
    }
  }

  async close(): Promise<void> {
    if (this.closed) return;
    await this.flush();
    this.closed = true;
    this.socket.close();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(this.drain);
  }

  private readonly drain = (): void => {
    if (!this.socket.ready) {
      this.socket.connect(this.connected);
      return;
    }
    this.scheduled = false;
    const { queue, open } = this;
    this.queue = [];
    this.open = [];
    for (const closed of queue) this.send(closed, true);
    for (const segment of open) if (segment.end_time === undefined) this.send(segment, false);
    this.settle();
  };

  private readonly connected = (problem?: unknown): void => {
    if (problem === undefined) return this.drain();
    this.report(problem);
    this.scheduled = false;
    this.stats.failed += this.queue.length;
    this.queue = [];
    this.open = [];
    this.settle();
  };

  private send(node: SegmentNode | SubsegmentNode, final: boolean, again = false): void {
    let parts;
    try {
      parts = splitDocument(node.toText(), this.maxBytes);
    } catch (problem) {
      this.report(problem);
      if (final) this.stats.failed++;
      return;
    }
    if (final && !again && parts.texts.length > 1) this.stats.split++;
    if (final && !again && parts.trimmed > 0) this.stats.trimmed++;
    const sending: Sending = { final, left: parts.texts.length, failed: false };
    let tooLarge = false;
    const done = (problem?: unknown) => {
      this.inFlight--;
      if (problem !== undefined && problem !== null) {
        if ((problem as { code?: string }).code === 'EMSGSIZE') tooLarge = true;
        else this.report(problem);
        sending.failed = true;
      }
      if (--sending.left === 0) {
        // The parts that did leave are harmless twice.
        if (tooLarge && this.takesLess(problem)) return this.send(node, final, true);
        if (final && sending.failed) this.stats.failed++;
        else if (final) this.stats.sent++;
      }
      this.settle();
    };
    for (const text of parts.texts) {
      this.inFlight++;
      this.socket.send(HEADER + text, sending, done);
    }
  }

  /** The system refused a datagram for its size: from now on less goes into one, if it can. */
  private takesLess(problem: unknown): boolean {
    if (this.maxBytes <= SMALL_BYTES) {
      this.report(problem);
      return false;
    }
    this.maxBytes = this.maxBytes > DEFAULT_BYTES ? DEFAULT_BYTES - HEADER.length : SMALL_BYTES;
    return true;
  }

  /** The system says that an earlier datagram found nobody; its document may count as sent by now. */
  private lost(problem: unknown, sending: Sending | undefined): void {
    this.report(problem);
    if (sending === undefined || sending.failed) return;
    sending.failed = true;
    if (!sending.final || sending.left > 0) return;
    this.stats.sent--;
    this.stats.failed++;
  }

  private settle(): void {
    if (this.waiting.length === 0 || this.scheduled || this.inFlight > 0) return;
    for (const done of this.waiting.splice(0)) done();
  }

  private report(problem: unknown): void {
    const code = (problem as { code?: string }).code ?? String(problem);
    const { host, port } = this.options;
    this.warnings.warn(
      code,
      `Traces could not be sent to the X-Ray daemon at ${host}:${port}: ${code}. ` +
        'Start the daemon or local X-Ray, or set AWS_XRAY_DAEMON_ADDRESS. Requests are not affected.',
    );
  }
}

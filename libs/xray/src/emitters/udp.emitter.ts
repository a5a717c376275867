import { Logger } from '@nestjs/common';
import type { EmitStats, Emitter } from '../core/emitter';
import { splitDocument } from '../core/split';
import type { SegmentNode, SubsegmentNode } from '../core/trace-node';
import { type RecorderLogger, WarnOnce } from '../core/warn-once';
import type { Address } from '../net/daemon-address';
import { checkOptions, type OptionsOf } from '../options/check-options';
import * as fits from '../options/fits';
import { MODULE_OPTIONS } from '../options/module-options';
import { DropWatch } from './udp/drop-watch';
import { Fifo } from './fifo';
import { Outcomes, type Whole } from './outcomes';
import { Pacer } from './udp/pacer';
import { ReceiverQueue } from './udp/receiver-queue';
import { SiblingPacker } from './udp/siblings';
import { UdpSocket } from './udp-socket';
import { performance, setImmediate } from '../core/real-time';

/** The line before each document. One document a datagram is the daemon's rule. */
const HEADER = '{"format":"json","version":1}\n';
/** Documents waiting to be sent; what comes on top of them is dropped. */
const MAX_QUEUE = 10_000;
/** The same for subsegments that left their segment early, which are smaller and share documents. */
const MAX_EARLY = 100_000;
/** What some systems allow for a datagram when 64,000 bytes are refused (macOS: 9,216). */
const SMALL_BYTES = 9_000;
const DEFAULT_BYTES = 64_000;
const TURN_MS = 5;

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
  readonly text: string;
  /** What it is, or is a part of; undefined for one in progress, which comes again. */
  readonly whole: Whole | undefined;
  /** Whether the whole is counted with it, being closed. */
  readonly final: boolean;
  left: number;
  failed: boolean;
  tooLarge: boolean;
}

/**
 * Sends documents to the X-Ray daemon, or to local X-Ray, by UDP.
 *
 * What is emitted in one turn of the event loop leaves at its end, on one connected socket; very much
 * of it in several turns, and no faster than a receiver reads. That the daemon is away is noticed at
 * times (ECONNREFUSED) and never matters to the application.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-daemon.html
 */
export class UdpEmitter implements Emitter {
  private readonly queue = new Fifo<SegmentNode | SubsegmentNode>();
  private readonly early = new Fifo<SubsegmentNode>();
  /** Segments that are sent while open and so not counted. */
  private readonly open = new Fifo<SegmentNode>();
  /** Datagrams that are written and wait for their turn. */
  private readonly outbox = new Fifo<{ text: string; sending: Sending }>();
  private scheduled = false;
  /** Whether the socket is being opened, or the receiver given time. */
  private blocked = false;
  /** How long documents may be written and sent before the application has its turn. */
  private turnMs = TURN_MS;
  private inFlight = 0;
  private waiting: (() => void)[] = [];
  private closed = false;
  private readonly outcomes = new Outcomes();
  private maxBytes: number;
  private readonly socket: UdpSocket<Sending>;
  private readonly warnings: WarnOnce;
  private readonly packer: SiblingPacker;
  private readonly pacer: Pacer;
  private readonly drops: DropWatch;

  /** @throws XrayOptionsError */
  constructor(private readonly options: UdpEmitterOptions) {
    checkOptions(OWNER, OPTIONS, options);
    this.warnings = new WarnOnce(options.logger ?? new Logger('XrayModule'));
    this.maxBytes = (options.maxDocumentBytes ?? DEFAULT_BYTES) - HEADER.length;
    this.socket = new UdpSocket(options, (problem, sending) => this.lost(problem, sending));
    const receiver = new ReceiverQueue(() => this.socket.peer, options.port);
    this.pacer = new Pacer(receiver);
    this.drops = new DropWatch(receiver, (count) => this.receiverDropped(count));
    this.packer = new SiblingPacker(
      () => this.maxBytes,
      (text, segment) => this.write(text, this.outcomes.partOf(segment), false),
    );
  }

  get destination(): string {
    const { host, port } = this.options;
    return `udp ${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  countIn(stats: EmitStats): void {
    this.outcomes.stats = stats;
  }

  emit(closed: SegmentNode | SubsegmentNode): void {
    if (this.closed || this.queue.length >= MAX_QUEUE) {
      this.outcomes.settle(this.outcomes.whole(closed), 'dropped');
      return;
    }
    this.queue.push(closed);
    this.schedule();
  }

  emitEarly(segment: SegmentNode, closed: readonly SubsegmentNode[]): void {
    const whole = this.outcomes.partOf(segment);
    for (const each of closed) {
      if (this.closed || this.early.length >= MAX_EARLY) this.outcomes.lose(whole, 'dropped');
      else this.early.push(each);
    }
    this.schedule();
  }

  emitInProgress(open: SegmentNode): void {
    if (this.closed || this.open.length >= MAX_QUEUE) return;
    this.open.push(open);
    this.schedule();
  }

  /** Opens the socket ahead: on one that is open, a datagram has left when `send()` returns. */
  expectFreeze(): void {
    this.turnMs = Infinity;
    if (!this.socket.ready) this.connect();
  }

  async flush(): Promise<void> {
    if (this.scheduled && this.turnMs === Infinity) this.drain();
    if (this.scheduled || this.inFlight > 0) {
      await new Promise<void>((done) => this.waiting.push(done));
    }
  }

  async close(): Promise<void> {
    if (this.closed) return;
    await this.flush();
    if (this.outcomes.stats.datagrams > 0) await this.drops.look();
    this.closed = true;
    this.socket.close();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(this.drain);
  }

  private readonly drain = (): void => {
    if (this.blocked) return;
    if (!this.socket.ready) return this.connect();
    let now = performance.now();
    const until = now + this.turnMs;
    while (now < until) {
      if (!this.pacer.isOpen(now)) {
        this.blocked = true;
        void this.pacer.next().then(this.unblocked);
        return;
      }
      if (!this.step()) {
        this.scheduled = false;
        this.drops.lookSometimes(now);
        this.settle();
        return;
      }
      // One document, which is what a request leaves, needs no second look at the clock.
      if (this.left > 1) now = performance.now();
    }
    setImmediate(this.drain);
  };

  /** How much is still to be sent or written. */
  private get left(): number {
    return this.outbox.length + this.early.length + this.queue.length + this.open.length;
  }

  /** Sends one datagram, or writes what is to be sent; false when there is nothing left to do. */
  private step(): boolean {
    const ready = this.outbox.shift();
    if (ready !== undefined) {
      this.send(ready.text, ready.sending);
      return true;
    }
    const early = this.early.shift();
    if (early !== undefined) {
      const whole = this.outcomes.partOf(early.segment);
      this.attempt(
        () => this.packer.add(early),
        () => this.outcomes.lose(whole, 'failed'),
      );
      return true;
    }
    this.packer.flush();
    if (this.outbox.length > 0) return true;
    const closed = this.queue.shift();
    if (closed !== undefined) {
      const whole = this.outcomes.whole(closed);
      const write = () => this.write(closed.toText(), whole, true);
      this.attempt(write, () => this.outcomes.settle(whole, 'failed'));
      return true;
    }
    const open = this.open.shift();
    if (open === undefined) return false;
    if (open.end_time === undefined) this.attempt(() => this.write(open.toText()));
    return true;
  }

  private attempt(work: () => void, failed?: () => void): void {
    try {
      work();
    } catch (problem) {
      this.report(problem);
      failed?.();
    }
  }

  private connect(): void {
    this.blocked = true;
    this.socket.connect(this.connected);
  }

  private readonly unblocked = (): void => {
    this.blocked = false;
    this.drain();
  };

  private readonly connected = (problem?: unknown): void => {
    if (problem === undefined) {
      this.drops.begin();
      return this.unblocked();
    }
    this.blocked = false;
    // Closed while it was being opened ahead: nothing was lost.
    if (this.closed) return;
    this.report(problem);
    this.scheduled = false;
    for (let each = this.early.shift(); each; each = this.early.shift()) {
      this.outcomes.lose(this.outcomes.partOf(each.segment), 'failed');
    }
    for (let each = this.queue.shift(); each; each = this.queue.shift()) {
      this.outcomes.settle(this.outcomes.whole(each), 'failed');
    }
    this.open.clear();
    this.settle();
  };

  /** Makes datagrams of a document. */
  private write(text: string, whole?: Whole, final = false, again = false): void {
    const { texts, trimmed } = splitDocument(text, this.maxBytes);
    if (final && whole && !again) {
      if (texts.length > 1 || whole.inParts) this.outcomes.stats.split++;
      if (trimmed > 0) this.outcomes.stats.trimmed++;
    }
    const { length: left } = texts;
    const sending: Sending = { text, whole, final, left, failed: false, tooLarge: false };
    for (const each of texts) this.outbox.push({ text: each, sending });
  }

  private send(text: string, sending: Sending): void {
    this.inFlight++;
    this.pacer.sent(text.length);
    this.socket.send(HEADER + text, sending, (problem) => this.done(sending, problem));
  }

  private done(sending: Sending, problem: unknown): void {
    this.inFlight--;
    if (problem === undefined || problem === null) this.outcomes.stats.datagrams++;
    else {
      sending.failed = true;
      if ((problem as { code?: string }).code === 'EMSGSIZE') sending.tooLarge = true;
      else this.report(problem);
    }
    if (--sending.left === 0) {
      // The parts that did leave are harmless twice.
      if (sending.tooLarge && this.takesLess(problem)) {
        this.write(sending.text, sending.whole, sending.final, true);
        this.schedule();
      } else this.account(sending);
    }
    this.settle();
  }

  private account({ whole, final, failed }: Sending): void {
    if (whole === undefined) return;
    if (final) this.outcomes.settle(whole, failed ? 'failed' : 'sent');
    else if (failed) this.outcomes.lose(whole, 'failed');
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
    if (sending.whole && sending.left === 0) this.outcomes.lose(sending.whole, 'failed');
  }

  private settle(): void {
    if (this.waiting.length === 0 || this.scheduled || this.inFlight > 0) return;
    for (const done of this.waiting.splice(0)) done();
  }

  private receiverDropped(count: number): void {
    this.outcomes.stats.receiverDrops += count;
    const { host, port } = this.options;
    this.warnings.warn(
      'receiver-drops',
      `The kernel dropped ${count} datagrams on their way to ${host}:${port}: the socket's buffer was ` +
        'full, because the receiver reads more slowly than this application sends. Parts of traces are missing. ' +
        'Sample fewer requests, or give the receiver more CPU or a larger buffer (net.core.rmem_default).',
    );
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

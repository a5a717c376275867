import { Logger } from '@nestjs/common';
import type { EmitStats, Emitter } from '../core/emitter';
import { performance, setImmediate } from '../core/real-time';
import type { SegmentNode, SubsegmentNode } from '../core/trace-node';
import type { RecorderLogger } from '../core/warn-once';
import type { Address } from '../net/daemon-address';
import { hostPort } from '../net/host';
import { checkOptions, type OptionsOf } from '../options/check-options';
import * as fits from '../options/fits';
import { MODULE_OPTIONS } from '../options/module-options';
import { Fifo } from './fifo';
import { Outcomes } from './outcomes';
import { DropWatch } from './udp/drop-watch';
import { EarlySubsegments } from './udp/early-subsegments';
import { DEFAULT_BYTES, Outbox, type Sending } from './udp/outbox';
import { Pacer } from './udp/pacer';
import { ReceiverQueue } from './udp/receiver-queue';
import { UdpWarnings } from './udp/warnings';
import { UdpSocket } from './udp-socket';

/** How many documents may wait to be sent. Further ones are dropped. */
const MAX_QUEUE = 10_000;
/** How long, and for how many steps, one turn of the event loop may serialise and send. */
const TURN_MS = 5;
const TURN_STEPS = 1_000;

export interface UdpEmitterOptions extends Address {
  /** Where problems are logged, each once. Default: Nest's Logger. */
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

/**
 * Sends documents to the X-Ray daemon, or to local X-Ray, by UDP.
 *
 * Documents emitted in one turn of the event loop are sent at its end, on one connected socket.
 * Large amounts take several turns, no faster than the receiver reads. If the daemon is down, some
 * sends fail with ECONNREFUSED; the application is never affected.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-daemon.html
 */
export class UdpEmitter implements Emitter {
  private readonly queue = new Fifo<SegmentNode | SubsegmentNode>();
  /** Segments that are sent while open, and therefore not counted. */
  private readonly open = new Fifo<SegmentNode>();
  private scheduled = false;
  /** Whether sending is paused: the socket is being opened, or the receiver needs time. */
  private blocked = false;
  /** How much may be done before the application gets its turn. */
  private turn = { ms: TURN_MS, steps: TURN_STEPS };
  private waiting: (() => void)[] = [];
  private closed = false;
  private readonly outcomes = new Outcomes();
  private readonly socket: UdpSocket<Sending>;
  private readonly outbox: Outbox;
  private readonly early: EarlySubsegments;
  private readonly warnings: UdpWarnings;
  private readonly pacer: Pacer;
  private readonly drops: DropWatch;

  /** @throws XrayOptionsError */
  constructor(private readonly options: UdpEmitterOptions) {
    checkOptions(OWNER, OPTIONS, options);
    const { logger = new Logger('XrayModule'), maxDocumentBytes = DEFAULT_BYTES } = options;
    const warnings = (this.warnings = new UdpWarnings(options, logger));
    this.socket = new UdpSocket(options, (problem, sending) => {
      warnings.notSent(problem);
      if (sending !== undefined) this.outbox.lost(sending);
    });
    const events = {
      refused: (problem: unknown) => warnings.notSent(problem),
      again: () => this.schedule(),
      done: () => this.wakeIfDone(),
    };
    this.outbox = new Outbox(this.socket, this.outcomes, events, maxDocumentBytes);
    this.early = new EarlySubsegments(this.outbox, this.outcomes, events.refused);
    const receiver = new ReceiverQueue(() => this.socket.peer, options.port);
    this.pacer = new Pacer(receiver);
    this.drops = new DropWatch(receiver, (count) => {
      this.outcomes.stats.receiverDrops += count;
      warnings.droppedByKernel(count);
    });
  }

  get destination(): string {
    const { host, port } = this.options;
    return `udp ${hostPort(host, port)}`;
  }

  countIn(stats: EmitStats): void {
    this.outcomes.stats = stats;
  }

  emit(closed: SegmentNode | SubsegmentNode): void {
    if (this.closed || this.queue.length >= MAX_QUEUE) {
      this.outcomes.complete(this.outcomes.finalShipment(closed), 'dropped');
      return;
    }
    this.queue.push(closed);
    this.schedule();
  }

  emitEarly(segment: SegmentNode, closed: readonly SubsegmentNode[]): void {
    if (this.closed) return this.early.drop(segment);
    this.early.add(segment, closed);
    this.schedule();
  }

  emitInProgress(open: SegmentNode): void {
    if (this.closed || this.open.length >= MAX_QUEUE) return;
    this.open.push(open);
    this.schedule();
  }

  /**
   * Opens the socket in advance: with an open socket, a datagram has been sent when `send()`
   * returns.
   */
  expectFreeze(): void {
    this.turn = { ms: Infinity, steps: Infinity };
    if (!this.socket.ready) this.connect();
  }

  async flush(): Promise<void> {
    if (this.scheduled && this.turn.steps === Infinity) this.drain();
    if (this.scheduled || this.outbox.inFlight > 0) {
      await new Promise<void>((done) => this.waiting.push(done));
    }
  }

  async close(): Promise<void> {
    if (this.closed) return;
    await this.flush();
    if (this.outcomes.stats.datagrams > 0) this.drops.look();
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
    const until = now + this.turn.ms;
    for (let steps = 0; now < until && steps < this.turn.steps; steps++) {
      if (!this.pacer.isOpen(now)) {
        this.blocked = true;
        void this.pacer.next().then(this.unblocked);
        return;
      }
      if (!this.step()) {
        this.scheduled = false;
        this.drops.lookSometimes(now);
        this.wakeIfDone();
        return;
      }
      // A single document, the usual case, does not need the clock to be read again.
      const { outbox, early, queue, open } = this;
      if (outbox.length + early.length + queue.length + open.length > 1) now = performance.now();
    }
    setImmediate(this.drain);
  };

  /**
   * Sends one datagram, or serialises the next document. Returns false when nothing is left to do.
   */
  private step(): boolean {
    // First, because their text takes less memory than they do.
    if (this.early.writeNext()) return true;
    const bytes = this.outbox.sendNext();
    if (bytes !== undefined) {
      this.pacer.sent(bytes);
      return true;
    }
    if (this.early.flush()) return true;
    const closed = this.queue.shift();
    if (closed !== undefined) {
      const shipment = this.outcomes.finalShipment(closed);
      const write = () => this.outbox.write(closed.toText(), shipment, true);
      this.attempt(write, () => this.outcomes.complete(shipment, 'failed'));
      return true;
    }
    const open = this.open.shift();
    if (open === undefined) return false;
    if (open.end_time === undefined) this.attempt(() => this.outbox.write(open.toText()));
    return true;
  }

  private attempt(work: () => void, failed?: () => void): void {
    try {
      work();
    } catch (problem) {
      this.warnings.notSent(problem);
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
    // Closed while the socket was being opened in advance: nothing was lost.
    if (this.closed) return;
    this.warnings.notSent(problem);
    this.scheduled = false;
    this.early.fail();
    this.outbox.fail();
    for (let each = this.queue.shift(); each; each = this.queue.shift()) {
      this.outcomes.complete(this.outcomes.finalShipment(each), 'failed');
    }
    this.open.clear();
    this.wakeIfDone();
  };

  private wakeIfDone(): void {
    if (this.waiting.length === 0 || this.scheduled || this.outbox.inFlight > 0) return;
    for (const done of this.waiting.splice(0)) done();
  }
}

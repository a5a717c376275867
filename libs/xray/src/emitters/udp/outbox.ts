import { Fifo } from '../fifo';
import type { Outcomes, Shipment } from '../outcomes';
import type { UdpSocket } from '../udp-socket';
import { type Datagram, documentIn, HEADER } from './datagram';
import { splitDocument } from './split';

/** The limit to use if a datagram of 64,000 bytes is refused (macOS allows 9,216). */
const SMALL_BYTES = 9_000;
export const DEFAULT_BYTES = 64_000;

/** A document that is being sent, in one datagram or several. */
export interface Sending {
  /** The document, or its only datagram. */
  readonly document: { text: string } | { datagram: Datagram };
  /**
   * The closed node it is or belongs to. Undefined for a document in progress, which is sent again
   * later.
   */
  readonly shipment: Shipment | undefined;
  /** Whether this is the closed node itself, with which the shipment is counted. */
  readonly final: boolean;
  left: number;
  failed: boolean;
  tooLarge: boolean;
}

/** What happens to datagrams after they were passed to the system. */
interface Events {
  /** A datagram was refused for a reason other than its size. */
  refused(problem: unknown): void;
  /** The system accepts only smaller datagrams: the document was split again and waits. */
  again(): void;
  /** One datagram fewer is in flight. */
  done(): void;
}

/** The queue of datagrams. A document is counted when its last datagram has been sent. */
export class Outbox {
  /** Datagrams passed to the system that have not been reported sent or failed. */
  inFlight = 0;
  /** Bytes of the waiting datagrams. */
  bytes = 0;
  private readonly datagrams = new Fifo<{ datagram: Datagram; sending: Sending }>();

  constructor(
    private readonly socket: UdpSocket<Sending>,
    private readonly outcomes: Outcomes,
    private readonly events: Events,
    private maxDatagramBytes: number,
  ) {}

  get length(): number {
    return this.datagrams.length;
  }

  /** How large a document may currently be. */
  get maxBytes(): number {
    return this.maxDatagramBytes - HEADER.length;
  }

  /** Splits a document into datagrams and queues them. */
  write(text: string, shipment?: Shipment, final = false, again = false): void {
    const { datagrams, trimmed } = splitDocument(text, this.maxBytes);
    if (final && shipment && !again) {
      if (datagrams.length > 1 || shipment.inParts) this.outcomes.stats.split++;
      if (trimmed > 0) this.outcomes.stats.trimmed++;
    }
    this.add(datagrams, { text }, shipment, final);
  }

  /** Queues a datagram that is already written: a part of `shipment`, which is still open. */
  push(datagram: Datagram, shipment: Shipment): void {
    this.add([datagram], { datagram }, shipment, false);
  }

  /**
   * Passes the next datagram to the system and returns its approximate size. Undefined when there
   * is none.
   */
  sendNext(): number | undefined {
    const next = this.datagrams.shift();
    if (next === undefined) return undefined;
    const { datagram, sending } = next;
    this.bytes -= datagram.length;
    this.inFlight++;
    this.socket.send(datagram, sending, (problem) => this.sent(sending, problem));
    return datagram.length;
  }

  /** Gives up all waiting datagrams. */
  fail(): void {
    for (let next = this.datagrams.shift(); next; next = this.datagrams.shift()) {
      next.sending.failed = true;
      if (--next.sending.left === 0) this.count(next.sending);
    }
    this.bytes = 0;
  }

  /** The system reports that a datagram it had reported as sent was refused. */
  lost(sending: Sending): void {
    if (sending.failed) return;
    sending.failed = true;
    if (sending.shipment && sending.left === 0) this.outcomes.lose(sending.shipment, 'failed');
  }

  private add(
    datagrams: Datagram[],
    document: Sending['document'],
    shipment: Shipment | undefined,
    final: boolean,
  ): void {
    const { length: left } = datagrams;
    const sending: Sending = { document, shipment, final, left, failed: false, tooLarge: false };
    for (const datagram of datagrams) {
      this.bytes += datagram.length;
      this.datagrams.push({ datagram, sending });
    }
  }

  private sent(sending: Sending, problem: unknown): void {
    this.inFlight--;
    if (problem === undefined || problem === null) this.outcomes.stats.datagrams++;
    else {
      sending.failed = true;
      if ((problem as { code?: string }).code === 'EMSGSIZE') sending.tooLarge = true;
      else this.events.refused(problem);
    }
    if (--sending.left === 0) {
      if (sending.tooLarge && this.takesLess(problem)) this.writeAgain(sending);
      else this.count(sending);
    }
    this.events.done();
  }

  private count({ shipment, final, failed }: Sending): void {
    if (shipment === undefined) return;
    if (final) this.outcomes.complete(shipment, failed ? 'failed' : 'sent');
    else if (failed) this.outcomes.lose(shipment, 'failed');
  }

  /**
   * If a datagram was refused for its size, reduces the maximum size. Returns false if that is not
   * possible.
   */
  private takesLess(problem: unknown): boolean {
    if (this.maxDatagramBytes <= SMALL_BYTES) {
      this.events.refused(problem);
      return false;
    }
    this.maxDatagramBytes = this.maxDatagramBytes > DEFAULT_BYTES ? DEFAULT_BYTES : SMALL_BYTES;
    return true;
  }

  /** Parts that were already sent do no harm when sent twice. */
  private writeAgain({ document, shipment, final }: Sending): void {
    const text = 'text' in document ? document.text : documentIn(document.datagram);
    this.write(text, shipment, final, true);
    this.events.again();
  }
}

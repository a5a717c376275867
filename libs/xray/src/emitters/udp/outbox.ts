import { Fifo } from '../fifo';
import type { Outcomes, Whole } from '../outcomes';
import type { UdpSocket } from '../udp-socket';
import { type Datagram, documentIn, HEADER } from './datagram';
import { splitDocument } from './split';

/** What some systems allow for a datagram when 64,000 bytes are refused (macOS: 9,216). */
const SMALL_BYTES = 9_000;
export const DEFAULT_BYTES = 64_000;

/** A document on its way, in one datagram or in several. */
export interface Sending {
  /** The document, or the only datagram of it. */
  readonly document: { text: string } | { datagram: Datagram };
  /** What it is, or is a part of; undefined for one in progress, which comes again. */
  readonly whole: Whole | undefined;
  /** Whether the whole is counted with it, being closed. */
  readonly final: boolean;
  left: number;
  failed: boolean;
  tooLarge: boolean;
}

/** What happens to datagrams after they were handed to the system. */
interface Events {
  /** A datagram was refused, for another reason than its size. */
  refused(problem: unknown): void;
  /** The system takes smaller datagrams only: a document was written again, and waits. */
  again(): void;
  /** One datagram fewer is on its way. */
  done(): void;
}

/** The datagrams that wait for their turn. What became of a document is counted when the last of its datagrams has left. */
export class Outbox {
  /** Datagrams that were handed to the system, which has not said yet what became of them. */
  inFlight = 0;
  /** Bytes of the datagrams that wait. */
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

  /** How large a document may be. */
  get maxBytes(): number {
    return this.maxDatagramBytes - HEADER.length;
  }

  /** Makes datagrams of a document. */
  write(text: string, whole?: Whole, final = false, again = false): void {
    const { datagrams, trimmed } = splitDocument(text, this.maxBytes);
    if (final && whole && !again) {
      if (datagrams.length > 1 || whole.inParts) this.outcomes.stats.split++;
      if (trimmed > 0) this.outcomes.stats.trimmed++;
    }
    this.add(datagrams, { text }, whole, final);
  }

  /** Takes a datagram that is written already: a part of `whole`, which is still open. */
  push(datagram: Datagram, whole: Whole): void {
    this.add([datagram], { datagram }, whole, false);
  }

  /** Hands the next datagram to the system; undefined when there is none, and else its bytes, about. */
  sendNext(): number | undefined {
    const next = this.datagrams.shift();
    if (next === undefined) return undefined;
    const { datagram, sending } = next;
    this.bytes -= datagram.length;
    this.inFlight++;
    this.socket.send(datagram, sending, (problem) => this.sent(sending, problem));
    return datagram.length;
  }

  /** Gives all that waits up. */
  fail(): void {
    for (let next = this.datagrams.shift(); next; next = this.datagrams.shift()) {
      next.sending.failed = true;
      if (--next.sending.left === 0) this.count(next.sending);
    }
    this.bytes = 0;
  }

  /** The system says of a datagram that it reported as sent that it was not taken. */
  lost(sending: Sending): void {
    if (sending.failed) return;
    sending.failed = true;
    if (sending.whole && sending.left === 0) this.outcomes.lose(sending.whole, 'failed');
  }

  private add(
    datagrams: Datagram[],
    document: Sending['document'],
    whole: Whole | undefined,
    final: boolean,
  ): void {
    const { length: left } = datagrams;
    const sending: Sending = { document, whole, final, left, failed: false, tooLarge: false };
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

  private count({ whole, final, failed }: Sending): void {
    if (whole === undefined) return;
    if (final) this.outcomes.settle(whole, failed ? 'failed' : 'sent');
    else if (failed) this.outcomes.lose(whole, 'failed');
  }

  /** The system refused a datagram for its size: from now on less goes into one, if it can. */
  private takesLess(problem: unknown): boolean {
    if (this.maxDatagramBytes <= SMALL_BYTES) {
      this.events.refused(problem);
      return false;
    }
    this.maxDatagramBytes = this.maxDatagramBytes > DEFAULT_BYTES ? DEFAULT_BYTES : SMALL_BYTES;
    return true;
  }

  /** The parts that did leave are harmless twice. */
  private writeAgain({ document, whole, final }: Sending): void {
    const text = 'text' in document ? document.text : documentIn(document.datagram);
    this.write(text, whole, final, true);
    this.events.again();
  }
}

import { newId } from '../../document';
import { type Datagram, fits, HEADER } from './datagram';

/** The parent of the siblings. */
export interface SiblingsParent {
  readonly id: string;
  readonly root: { readonly trace_id: string };
}

interface Times {
  readonly start_time: number;
  readonly end_time?: number;
}

const BEGIN = `${HEADER}{"subsegments":[`;
/**
 * Space for what follows the siblings in addition to their parent's address: an id, times, a name
 * and the mark.
 */
const TAIL_BYTES = 250;
const COMMA = ','.charCodeAt(0);

/**
 * Packs closed subsegments of one parent into few documents. The daemon accepts one document per
 * datagram, and thousands of datagrams overflow its socket's buffer. The siblings are put under an
 * extra subsegment, marked in `metadata.nestjs_xray.siblings`. X-Ray shows it as one more level;
 * local X-Ray removes it. Each text is written once, directly into the bytes to send.
 */
export class SiblingPacker<Parent extends SiblingsParent> {
  private parent: Parent | undefined;
  private bytes = Buffer.alloc(0);
  private at = 0;
  private count = 0;
  private address = '';
  /** Where the siblings must end to leave space for the rest. */
  private limit = 0;
  /** Text of the first sibling. If it is alone in its document, it needs no extra subsegment. */
  private first = '';
  private start = Infinity;
  private end = 0;

  /** @param full called with each document as soon as it is full */
  constructor(
    private readonly maxBytes: () => number,
    private readonly full: (datagram: Datagram, parent: Parent) => void,
  ) {}

  get isEmpty(): boolean {
    return this.count === 0;
  }

  /** @param text the document as it appears inside its parent's */
  add(text: string, { start_time, end_time = start_time }: Times, parent: Parent): void {
    if (parent !== this.parent || !fits(text, this.limit - this.at)) {
      this.flush();
      this.begin(parent);
    }
    if (this.count++ === 0) this.first = text;
    else this.bytes[this.at++] = COMMA;
    // A sibling too large for any datagram is only partly written here, and is sent alone as
    // `first`.
    this.at += this.bytes.write(text, this.at);
    if (start_time < this.start) this.start = start_time;
    if (end_time > this.end) this.end = end_time;
  }

  /** Passes on what is left. */
  flush(): void {
    const { parent, count, first, address } = this;
    if (parent === undefined || count === 0) return;
    const alone = `${HEADER}${first.slice(0, -1)},${address}`;
    const datagram = count === 1 ? alone : this.together();
    this.parent = undefined;
    this.count = 0;
    this.first = '';
    this.full(datagram, parent);
  }

  private begin(parent: Parent): void {
    const size = HEADER.length + this.maxBytes();
    if (this.bytes.length !== size) this.bytes = Buffer.allocUnsafeSlow(size);
    this.parent = parent;
    this.address = addressText(parent);
    this.limit = size - TAIL_BYTES - Buffer.byteLength(this.address);
    this.at = this.bytes.write(BEGIN);
    this.start = Infinity;
    this.end = 0;
  }

  private together(): Datagram {
    const { bytes, count } = this;
    const head = {
      id: newId(),
      name: `${count} subsegments`,
      start_time: this.start,
      end_time: this.end,
      metadata: { nestjs_xray: { siblings: count } },
    };
    const rest = `],${JSON.stringify(head).slice(1, -1)},${this.address}`;
    const length = this.at + bytes.write(rest, this.at);
    return Buffer.from(bytes.subarray(0, length));
  }
}

/** The end of a document that is sent on its own: its type, trace id and parent id. */
function addressText({ id, root }: SiblingsParent): string {
  const address = { type: 'subsegment', trace_id: root.trace_id, parent_id: id };
  return JSON.stringify(address).slice(1);
}

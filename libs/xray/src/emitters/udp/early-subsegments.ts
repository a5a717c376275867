import { nestedText } from '../../core/document-text';
import type { RecordedSubsegment } from '../../core/recorded-node';
import type { SegmentNode, SubsegmentNode } from '../../core/trace-node';
import { Fifo } from '../fifo';
import type { Outcomes, Shipment } from '../outcomes';
import { type Datagram, documentIn } from './datagram';
import type { Outbox } from './outbox';
import { SiblingPacker } from './siblings';

/** How many bytes of datagrams may wait before subsegments that are sent early are dropped. */
const MAX_BYTES = 32_000_000;
/** How many subsegments that closed together are serialised at once. */
const MAX_AT_ONCE = 1_000;

/** Writes the closed subsegments of segments that are still open. */
export class EarlySubsegments {
  private readonly waiting = new Fifo<{ subsegment: SubsegmentNode; shipment: Shipment }>();
  private readonly packer: SiblingPacker<SubsegmentNode['parent']>;

  constructor(
    private readonly outbox: Outbox,
    private readonly outcomes: Outcomes,
    private readonly notSent: (problem: unknown) => void,
  ) {
    this.packer = new SiblingPacker(() => outbox.maxBytes, this.packed);
  }

  /** How many wait to be serialised. */
  get length(): number {
    return this.waiting.length;
  }

  /**
   * Serialises at once: a request may close tens of thousands of subsegments within one turn of the
   * event loop, and their text takes much less memory and garbage collection than the objects. If
   * very many close together, the remaining ones wait for later turns.
   */
  add(segment: SegmentNode, closed: readonly SubsegmentNode[]): void {
    const shipment = this.outcomes.shipmentOf(segment);
    let room = this.waiting.length > 0 ? 0 : MAX_AT_ONCE;
    for (const subsegment of closed) {
      if (room-- > 0) this.write(subsegment, shipment);
      else this.waiting.push({ subsegment, shipment });
    }
  }

  drop(segment: SegmentNode): void {
    this.outcomes.lose(this.outcomes.shipmentOf(segment), 'dropped');
  }

  /** Serialises the next one that waits. Returns false if none does. */
  writeNext(): boolean {
    const next = this.waiting.shift();
    if (next !== undefined) this.write(next.subsegment, next.shipment);
    return next !== undefined;
  }

  /** Passes on what is packed so far. Returns false if that is nothing. */
  flush(): boolean {
    if (this.packer.isEmpty) return false;
    this.packer.flush();
    return true;
  }

  fail(): void {
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      this.outcomes.lose(next.shipment, 'failed');
    }
    this.packer.flush();
  }

  private write(subsegment: SubsegmentNode, shipment: Shipment): void {
    if (this.outbox.bytes >= MAX_BYTES) return this.outcomes.lose(shipment, 'dropped');
    try {
      const text = nestedText(subsegment as RecordedSubsegment);
      this.packer.add(text, subsegment, subsegment.parent);
    } catch (problem) {
      this.notSent(problem);
      this.outcomes.lose(shipment, 'failed');
    }
  }

  private readonly packed = (datagram: Datagram, parent: SubsegmentNode['parent']): void => {
    const shipment = this.outcomes.shipmentOf(parent.root);
    if (typeof datagram === 'string') this.outbox.write(documentIn(datagram), shipment);
    else this.outbox.push(datagram, shipment);
  };
}

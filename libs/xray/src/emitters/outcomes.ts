import { noStats, type EmitStats } from '../core/emitter';
import type { SegmentNode, SubsegmentNode } from '../core/trace-node';

type Outcome = 'sent' | 'failed' | 'dropped';

/**
 * A closed segment or subsegment together with the parts sent before it closed. It is counted once,
 * as sent if every part was sent.
 */
export interface Shipment {
  /** Whether parts of it were sent earlier. */
  inParts: boolean;
  /** The outcome of the first part that was lost. */
  lost?: 'failed' | 'dropped';
  outcome?: Outcome;
}

/** Counts what became of the documents that an emitter received. */
export class Outcomes {
  stats: EmitStats = noStats();
  private readonly open = new WeakMap<SegmentNode, Shipment>();

  /** The shipment of a segment that is still open and of which parts are sent early. */
  shipmentOf(segment: SegmentNode): Shipment {
    let shipment = this.open.get(segment);
    if (shipment === undefined) this.open.set(segment, (shipment = { inParts: true }));
    return shipment;
  }

  finalShipment(closed: SegmentNode | SubsegmentNode): Shipment {
    return this.open.get(closed as SegmentNode) ?? { inParts: false };
  }

  /** The last part of it has been sent or lost. */
  complete(shipment: Shipment, outcome: Outcome): void {
    shipment.outcome = shipment.lost ?? outcome;
    this.stats[shipment.outcome]++;
  }

  /** A part of it was lost, possibly after the shipment was counted as sent. */
  lose(shipment: Shipment, how: 'failed' | 'dropped'): void {
    if (shipment.lost !== undefined) return;
    shipment.lost = how;
    if (shipment.outcome !== 'sent') return;
    this.stats.sent--;
    this.stats[how]++;
    shipment.outcome = how;
  }
}

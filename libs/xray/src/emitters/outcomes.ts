import { noStats, type EmitStats } from '../core/emitter';
import type { SegmentNode, SubsegmentNode } from '../core/trace-node';

type Outcome = 'sent' | 'failed' | 'dropped';

/**
 * A closed segment or subsegment together with the parts sent before it closed. It is counted once,
 * as sent if every part was sent.
 */
export interface Whole {
  /** Whether parts of it were sent earlier. */
  inParts: boolean;
  /** The outcome of the first part that was lost. */
  lost?: 'failed' | 'dropped';
  outcome?: Outcome;
}

/** Counts what became of the documents that an emitter received. */
export class Outcomes {
  stats: EmitStats = noStats();
  private readonly open = new WeakMap<SegmentNode, Whole>();

  /** The whole to which an early part of an open segment belongs. */
  partOf(segment: SegmentNode): Whole {
    let whole = this.open.get(segment);
    if (whole === undefined) this.open.set(segment, (whole = { inParts: true }));
    return whole;
  }

  whole(closed: SegmentNode | SubsegmentNode): Whole {
    return this.open.get(closed as SegmentNode) ?? { inParts: false };
  }

  /** The last part of it has been sent or lost. */
  settle(whole: Whole, outcome: Outcome): void {
    whole.outcome = whole.lost ?? outcome;
    this.stats[whole.outcome]++;
  }

  /** A part of it was lost, possibly after the whole was counted as sent. */
  lose(whole: Whole, how: 'failed' | 'dropped'): void {
    if (whole.lost !== undefined) return;
    whole.lost = how;
    if (whole.outcome !== 'sent') return;
    this.stats.sent--;
    this.stats[how]++;
    whole.outcome = how;
  }
}

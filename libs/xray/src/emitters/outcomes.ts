import { noStats, type EmitStats } from '../core/emitter';
import type { SegmentNode, SubsegmentNode } from '../core/trace-node';

type Outcome = 'sent' | 'failed' | 'dropped';

/** A closed (sub)segment and what left of it before it was closed: counted once, as sent if all of it was. */
export interface Whole {
  /** Whether something left before it. */
  inParts: boolean;
  /** What became of the part that was lost first. */
  lost?: 'failed' | 'dropped';
  outcome?: Outcome;
}

/** Counts what became of the documents that an emitter was given. */
export class Outcomes {
  stats: EmitStats = noStats();
  private readonly open = new WeakMap<SegmentNode, Whole>();

  /** The segment that is still open, of which something leaves. */
  partOf(segment: SegmentNode): Whole {
    let whole = this.open.get(segment);
    if (whole === undefined) this.open.set(segment, (whole = { inParts: true }));
    return whole;
  }

  whole(closed: SegmentNode | SubsegmentNode): Whole {
    return this.open.get(closed as SegmentNode) ?? { inParts: false };
  }

  /** The last part of it has met its end. */
  settle(whole: Whole, outcome: Outcome): void {
    whole.outcome = whole.lost ?? outcome;
    this.stats[whole.outcome]++;
  }

  /** A part of it is lost, perhaps after the whole was counted as sent. */
  lose(whole: Whole, how: 'failed' | 'dropped'): void {
    if (whole.lost !== undefined) return;
    whole.lost = how;
    if (whole.outcome !== 'sent') return;
    this.stats.sent--;
    this.stats[how]++;
    whole.outcome = how;
  }
}

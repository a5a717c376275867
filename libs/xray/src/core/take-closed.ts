import type { RecordedNode, RecordedSegment, RecordedSubsegment } from './recorded-node';

/** What left a tree, and how much is still in it. */
export interface Taken {
  /** Closed, with all that is in them; the topmost of each part of the tree. */
  closed: RecordedSubsegment[];
  remaining: number;
}

/**
 * Takes out of a segment that is open what is closed in it as a whole, so that it can be sent and
 * forgotten. One with something open in it stays: its document would have to be sent again.
 */
export function takeClosed(segment: RecordedSegment): Taken {
  // Parents come before their children: backwards, whether all below is closed is known in time.
  const order: RecordedNode[] = [segment];
  for (let at = 0; at < order.length; at++) {
    for (const child of order[at]!.subsegments ?? []) order.push(child);
  }
  const unfinished = new Set<RecordedNode>([segment]);
  for (let at = order.length - 1; at > 0; at--) {
    const node = order[at] as RecordedSubsegment;
    if (node.end_time === undefined || unfinished.has(node)) {
      unfinished.add(node).add(node.parent);
    }
  }
  const closed: RecordedSubsegment[] = [];
  for (const node of order) {
    if (!unfinished.has(node)) {
      node.hasLeft = true;
      continue;
    }
    const { subsegments } = node;
    if (subsegments === undefined) continue;
    const stay = subsegments.filter((child) => unfinished.has(child));
    if (stay.length === subsegments.length) continue;
    for (const child of subsegments) if (!unfinished.has(child)) closed.push(child);
    // Not undefined, although there may be none: it has had content.
    node.subsegments = stay;
  }
  return { closed, remaining: unfinished.size };
}

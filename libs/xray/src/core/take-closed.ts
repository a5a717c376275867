import type { RecordedNode, RecordedSegment, RecordedSubsegment } from './recorded-node';

/** The subsegments removed from a tree, and how many nodes remain. */
export interface Taken {
  /** The roots of the closed parts of the tree, with everything in them. */
  closed: RecordedSubsegment[];
  remaining: number;
}

/**
 * Removes the fully closed parts from an open segment so that they can be sent and forgotten. A
 * part that contains an open node stays, because it would have to be sent again.
 */
export function takeClosed(segment: RecordedSegment): Taken {
  // Parents precede their children, so that going backwards visits children first.
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
    // An empty list rather than undefined, because the node has had children.
    node.subsegments = stay;
  }
  return { closed, remaining: unfinished.size };
}

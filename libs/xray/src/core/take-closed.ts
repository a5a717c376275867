import {
  CROWD,
  type RecordedNode,
  type RecordedSegment,
  type RecordedSubsegment,
} from './recorded-node';

/**
 * Removes the fully closed parts from an open segment so that they can be sent and forgotten. A
 * part that contains an open node stays, because it would have to be sent again. The segment counts
 * anew until it is crowded the next time.
 *
 * @returns the roots of the closed parts, with everything in them
 */
export function takeClosed(segment: RecordedSegment): RecordedSubsegment[] {
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
  segment.closedWithin = 0;
  // Searching the remaining subsegments must not cost more than sending the closed ones saves.
  segment.crowdedAt = Math.max(CROWD, unfinished.size / 4);
  return closed;
}

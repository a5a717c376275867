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
  // The nodes that have had subsegments, parents before their children. Most nodes have none, and
  // tens of thousands may close in one request, so these are only looked at in their parent's list.
  const parents: RecordedNode[] = [segment];
  for (let at = 0; at < parents.length; at++) {
    for (const child of parents[at]!.subsegments ?? []) {
      if (child.subsegments !== undefined) parents.push(child);
    }
  }
  const unfinished = new Set<RecordedNode>([segment]);
  const stays = (node: RecordedNode): boolean =>
    node.end_time === undefined || (node.subsegments !== undefined && unfinished.has(node));
  // Backwards, children before their parents.
  for (let at = parents.length - 1; at > 0; at--) {
    const node = parents[at]!;
    if (node.end_time === undefined || node.subsegments!.some(stays)) unfinished.add(node);
  }
  const closed: RecordedSubsegment[] = [];
  let staying = 0;
  for (const node of parents) {
    const { subsegments } = node;
    if (subsegments === undefined) continue;
    if (!unfinished.has(node)) {
      for (const child of subsegments) child.hasLeft = true;
      continue;
    }
    const stay: RecordedSubsegment[] = [];
    for (const child of subsegments) {
      if (stays(child)) stay.push(child);
      else {
        child.hasLeft = true;
        closed.push(child);
      }
    }
    staying += stay.length;
    // An empty list rather than undefined, because the node has had children.
    if (stay.length < subsegments.length) node.subsegments = stay;
  }
  segment.closedWithin = 0;
  // Searching the remaining subsegments must not cost more than sending the closed ones saves.
  segment.crowdedAt = Math.max(CROWD, staying / 4);
  return closed;
}

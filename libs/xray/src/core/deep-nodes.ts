import type { RecordedNode, RecordedSegment, RecordedSubsegment } from './recorded-node';

/**
 * How many levels of subsegments one document may have. Whoever writes or reads it calls itself for
 * each, and runs out of stack at some two thousand: what an endless recursion leaves behind.
 */
const LEVELS = 400;

/** Takes out of the tree what is too deep for the segment's document; the deepest comes first. */
export function takeDeepNodes(segment: RecordedSegment): RecordedSubsegment[] {
  const taken: RecordedSubsegment[] = [];
  cut(segment, LEVELS, taken);
  for (const node of taken) cut(node, LEVELS, taken);
  return taken.reverse();
}

function cut(node: RecordedNode, levels: number, taken: RecordedSubsegment[]): void {
  const { subsegments } = node;
  if (subsegments === undefined) return;
  if (levels === 0) node.subsegments = undefined;
  for (const child of subsegments) {
    if (levels === 0) taken.push(child);
    else cut(child, levels - 1, taken);
  }
}

import type { RecordedNode, RecordedSegment, RecordedSubsegment } from './recorded-node';

/**
 * How many levels of subsegments one document may have. Writers and readers recurse once per level
 * and overflow the stack at about two thousand, which an endless recursion in the application
 * reaches.
 */
const LEVELS = 400;

/**
 * Removes the subsegments that are too deep for the segment's document and returns them, deepest
 * first.
 */
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

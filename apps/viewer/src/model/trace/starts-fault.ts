import { exceptionsOf, type TraceNode } from '@nestjs-xray/trace';

/**
 * Whether a fault began in this node. Only then is its bar red. The fault of a segment often comes from its children.
 * It counts as its own if the segment recorded an exception, or if nothing is known about what it did.
 */
export function startsFault(node: TraceNode): boolean {
  if (node.status !== 'fault' || node.passedUp) return false;
  return node.kind === 'subsegment' || node.children.length === 0 || exceptionsOf(node).length > 0;
}

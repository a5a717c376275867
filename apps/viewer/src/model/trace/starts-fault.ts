import { exceptionsOf, type TraceNode } from '@nestjs-xray/trace';

/**
 * A fault began here: only there a bar is red. A segment answers for what happens in it, so that its own has to
 * show: by an exception that it recorded, or since nothing is known of what it did.
 */
export function startsFault(node: TraceNode): boolean {
  if (node.status !== 'fault' || node.passedUp) return false;
  return node.kind === 'subsegment' || node.children.length === 0 || exceptionsOf(node).length > 0;
}

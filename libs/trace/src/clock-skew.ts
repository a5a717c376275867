import type { TraceNode } from './trace-node';

/** Starts that differ by less are not called clock skew, in seconds. */
const SKEW = 0.0005;

/**
 * Notes which nodes began before their parents, and moves a called service whose
 * clock is behind into the middle of the call that waited for it: where its own
 * clock puts it, nothing could be seen of it. Times are epoch seconds still.
 */
export function settleClocks(roots: readonly TraceNode[]): void {
  const open = [...roots];
  for (let node = open.pop(); node; node = open.pop()) {
    const { parent } = node;
    if (parent && parent.start - node.start > SKEW) {
      node.skew = parent.start - node.start;
      if (node.kind === 'segment') move(node, node.skew + spare(parent, node) / 2);
    }
    open.push(...node.children);
  }
}

/** How much longer the call took than what it called; 0 where either goes on, or it took less. */
function spare(call: TraceNode, called: TraceNode): number {
  return Math.max(call.end - call.start - (called.end - called.start), 0) || 0;
}

/** With its subsegments; a service that those call has a clock of its own. */
function move(segment: TraceNode, by: number): void {
  const open = [segment];
  for (let node = open.pop(); node; node = open.pop()) {
    node.start += by;
    node.end += by;
    open.push(...node.children.filter((child) => child.kind === 'subsegment'));
  }
}

import type { TraceNode } from './trace-node';

/** Smaller differences between start times are not clock skew, in seconds. */
const SKEW = 0.0005;

/**
 * Marks nodes that began before their parents, and moves a called service whose clock is behind
 * to the middle of the call that waited for it. At its own times it would be outside the
 * waterfall. Times are epoch seconds here.
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

/** How much longer the call took than its callee; 0 if either is in progress, or it took less. */
function spare(call: TraceNode, called: TraceNode): number {
  return Math.max(call.end - call.start - (called.end - called.start), 0) || 0;
}

/** Moves a node with its subsegments, but not the services they call, which have other clocks. */
function move(segment: TraceNode, by: number): void {
  const open = [segment];
  for (let node = open.pop(); node; node = open.pop()) {
    node.start += by;
    node.end += by;
    open.push(...node.children.filter((child) => child.kind === 'subsegment'));
  }
}

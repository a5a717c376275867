import type { ExceptionDocument } from './document';
import { severity, statusOf, STATUSES } from './status';
import type { TraceNode } from './trace-node';

export function exceptionsOf(node: TraceNode): ExceptionDocument[] {
  const { cause } = node.doc;
  return typeof cause === 'object' && Array.isArray(cause?.exceptions) ? cause.exceptions : [];
}

/** A segment shows the worst status within it, wherever that began. */
export function isPassedUp(node: TraceNode): boolean {
  return node.passedUp && node.kind === 'subsegment';
}

/**
 * Sets `status`, `worst` and `passedUp`. A fault (error, throttle) counts as passed up when a
 * node below has one too, unless this node records an exception that no node below has: then
 * it began here.
 *
 * @param nodes in the order of the waterfall: a node is followed by its descendants.
 */
export function judge(nodes: readonly TraceNode[]): void {
  // The statuses of a node and of all below it, a bit for each by severity.
  const below = new Uint8Array(nodes.length);
  for (let at = nodes.length - 1; at >= 0; at--) {
    const node = nodes[at];
    if (!node) continue;
    const seen = below[at]!;
    node.status = statusOf(node.doc);
    const bit = 1 << severity(node.status);
    node.passedUp = (seen & bit) !== 0 && node.status !== 'ok' && !threwItself(node, nodes);
    const all = seen | bit;
    node.worst = STATUSES[STATUSES.length - 32 + Math.clz32(all)]!;
    if (node.parent) below[node.parent.index]! |= all;
  }
}

/** Whether none of its exceptions is recorded below, where others are. */
function threwItself(node: TraceNode, nodes: readonly TraceNode[]): boolean {
  const own = exceptionsOf(node);
  if (own.length === 0) return false;
  const known = new Set<string>();
  for (let at = node.index + 1; at <= node.index + node.below; at++) {
    for (const { id, type, message } of nodes[at] ? exceptionsOf(nodes[at] as TraceNode) : []) {
      known.add(id).add(`${type}: ${message}`);
    }
  }
  // Nothing is recorded below: a tracer may record the exception only on the outermost node.
  if (known.size === 0) return false;
  return !own.some(
    ({ id, type, message, cause }) =>
      known.has(id) ||
      known.has(`${type}: ${message}`) ||
      (cause !== undefined && known.has(cause)),
  );
}

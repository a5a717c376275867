import type { Interval } from './intervals';
import type { TraceNode } from './trace-node';

/** Clocks and rounding differ by as much: one microsecond. */
const CLOSE = 1e-6;

/**
 * Notes on each node which of its own work the answer had to wait for: from the
 * end of the root backwards, always through the child that ended last before.
 * What goes on after its parent has ended kept nobody waiting.
 */
export function markCriticalPath(root: TraceNode): void {
  const open = [{ node: root, from: root.start, until: root.end }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, from } = next;
    const pieces: Interval[] = [];
    let until = next.until;
    const children = node.children
      .filter((child) => child.end <= node.end + CLOSE && child.end > child.start)
      .sort((a, b) => b.end - a.end);
    for (const child of children) {
      if (child.end > until + CLOSE || child.end <= from) continue;
      const end = Math.min(child.end, until);
      if (until - end > CLOSE) pieces.push([end, until]);
      until = Math.max(child.start, from);
      open.push({ node: child, from: until, until: end });
      if (until <= from) break;
    }
    if (until - from > CLOSE) pieces.push([from, until]);
    node.critical = pieces.reverse();
  }
}

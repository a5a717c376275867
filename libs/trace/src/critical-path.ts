import type { Interval } from './intervals';
import type { TraceNode } from './trace-node';

/** Tolerance for clocks and rounding: one microsecond, in seconds. */
const CLOSE = 1e-6;

/**
 * Records on each node which part of its own time is on the critical path. Goes backwards
 * from the end of the root, each time to the child that ended last before. A child that
 * continues after its parent has ended is not on the path.
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

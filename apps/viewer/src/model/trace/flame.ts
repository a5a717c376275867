import {
  type Operation,
  operationOf,
  severity,
  type Status,
  type TraceNode,
  type TraceTree,
} from '@nestjs-xray/trace';

/** All calls of one operation by the same parent frame, merged. Durations are in seconds. */
export interface Frame extends Operation {
  /** Key of its first node, which stays the same after a reload. */
  id: string;
  depth: number;
  /** Left edge and width as shares of the total width, 0 to 1. */
  x: number;
  width: number;
  /** Self time of its nodes and of all nodes below, which its width represents. */
  value: number;
  total: number;
  self: number;
  worst: Status;
  nodes: string[];
  parent?: Frame;
  children: Frame[];
}

export interface Flame {
  /** Parents before their children, from left to right. */
  frames: Frame[];
  depth: number;
  /** Sum of all self time. It exceeds the duration of the trace if calls ran concurrently. */
  value: number;
}

/**
 * Merges the calls of each operation that have the same parent frame, widest first. Widths add up: a frame is as wide
 * as its self time plus the widths of its children, even if these ran concurrently. Work in progress only counts until
 * the response was sent, because otherwise it would soon leave no space for the rest.
 */
export function flameOf(tree: TraceTree): Flame {
  const frames: Frame[] = [];
  const answer = tree.responseEnd ?? tree.duration;
  const tops = merge(tree.roots, undefined, answer);
  const open = [...tops].reverse();
  for (let next = open.pop(); next; next = open.pop()) {
    frames.push(next.frame);
    const below = merge(
      next.nodes.flatMap((node) => node.children),
      next.frame,
      answer,
    );
    next.frame.children = below.map(({ frame }) => frame);
    open.push(...below.reverse());
  }
  // Children come after their parents, so going backwards visits the children first.
  for (let at = frames.length - 1; at >= 0; at--) {
    const frame = frames[at]!;
    frame.value = frame.self + frame.children.reduce((sum, child) => sum + child.value, 0);
    frame.children.sort((a, b) => b.value - a.value);
  }
  return place(
    tops.map(({ frame }) => frame).sort((a, b) => b.value - a.value),
    frames.length,
  );
}

interface Merged {
  frame: Frame;
  nodes: TraceNode[];
}

function merge(nodes: readonly TraceNode[], parent: Frame | undefined, answer: number): Merged[] {
  const groups = new Map<string, Merged>();
  for (const node of nodes) {
    const operation = operationOf(node);
    let group = groups.get(operation.key);
    if (!group) {
      group = { frame: emptyFrame(operation, node, parent), nodes: [] };
      groups.set(operation.key, group);
    }
    const { frame } = group;
    group.nodes.push(node);
    frame.nodes.push(node.key);
    const end = node.inProgress ? Math.max(node.start, Math.min(node.end, answer)) : node.end;
    frame.total += end - node.start;
    frame.self += node.selfPieces.reduce(
      (sum, [from, until]) => sum + Math.max(0, Math.min(until, end) - from),
      0,
    );
    if (severity(node.status) > severity(frame.worst)) frame.worst = node.status;
  }
  return [...groups.values()];
}

function emptyFrame(operation: Operation, first: TraceNode, parent: Frame | undefined): Frame {
  return {
    ...operation,
    id: first.key,
    depth: parent ? parent.depth + 1 : 0,
    x: 0,
    width: 0,
    value: 0,
    total: 0,
    self: 0,
    worst: 'ok',
    nodes: [],
    children: [],
    ...(parent && { parent }),
  };
}

function place(tops: Frame[], amount: number): Flame {
  const value = tops.reduce((sum, top) => sum + top.value, 0);
  const unit = value > 0 ? 1 / value : 0;
  const frames: Frame[] = [];
  let depth = 0;
  const put = (row: readonly Frame[], from: number): void => {
    let x = from;
    for (const frame of row) {
      frame.x = x;
      frame.width = frame.value * unit;
      x += frame.width;
    }
  };
  put(tops, 0);
  const open = [...tops].reverse();
  for (let frame = open.pop(); frame && frames.length < amount; frame = open.pop()) {
    frames.push(frame);
    depth = Math.max(depth, frame.depth + 1);
    put(frame.children, frame.x);
    for (let at = frame.children.length - 1; at >= 0; at--) open.push(frame.children[at]!);
  }
  return { frames, depth, value };
}

/** Left edge and width of a frame when `focus` and its ancestors fill the total width. */
export function zoomed(frame: Frame, focus: Frame | undefined): { x: number; width: number } {
  if (!focus) return frame;
  if (
    frame.x <= focus.x &&
    frame.x + frame.width >= focus.x + focus.width &&
    frame.depth <= focus.depth
  ) {
    return { x: 0, width: 1 };
  }
  const width = focus.width || 1;
  return { x: (frame.x - focus.x) / width, width: frame.width / width };
}

import type { SegmentDocument, SubsegmentDocument } from './document';
import { settleClocks } from './clock-skew';
import { markCriticalPath } from './critical-path';
import { length, without } from './intervals';
import { labelOfSegment, labelOfSubsegment } from './node-label';
import { judge } from './node-status';
import type { SentLogLine } from './sent-log-line';
import { isSilent } from './silence';
import type { TraceNode, TraceTree } from './trace-node';

export type { Hue, TraceNode, TraceTree } from './trace-node';

/** The parts of a trace that make its tree; `Trace` of the console API has them. */
export interface TraceDocuments {
  id: string;
  segments: readonly SegmentDocument[];
  orphans: readonly SubsegmentDocument[];
  logs?: readonly SentLogLine[];
  logsDropped?: number;
  full?: boolean;
}

/**
 * Puts the documents of a trace in their order: subsegments below what called
 * them, a called service's segment below the call. Never throws, whatever the
 * documents say.
 *
 * @param now epoch seconds; what is in progress lasts until then.
 */
export function buildTree(trace: TraceDocuments, now: number): TraceTree {
  const builder = new Builder();
  for (const doc of trace.segments) builder.add(doc, 'segment');
  for (const doc of trace.orphans) builder.add(doc, 'subsegment', { orphan: true });
  const roots = builder.link();
  settleClocks(roots);
  const start = roots.reduce((least, node) => Math.min(least, node.start), Infinity);
  const tree: TraceTree = {
    id: trace.id,
    start: Number.isFinite(start) ? start : now,
    duration: 0,
    roots,
    nodes: [],
    byKey: builder.byKey,
    segments: 0,
    subsegments: 0,
    awaited: 0,
    inProgress: false,
    maxDepth: 0,
    counts: { ok: 0, error: 0, throttle: 0, fault: 0 },
    ...(trace.logs && { sentLogs: trace.logs }),
    ...(trace.logsDropped && { logsDropped: trace.logsDropped }),
    ...(trace.full && { full: true }),
  };
  order(tree);
  setTimes(tree, now);
  judge(tree.nodes);
  for (const node of tree.nodes) tree.counts[node.status]++;
  for (const root of roots) markCriticalPath(root);
  const first = roots.find((root) => root.kind === 'segment') ?? roots[0];
  if (first && !first.inProgress) tree.responseEnd = first.end;
  return tree;
}

class Builder {
  readonly byKey = new Map<string, TraceNode>();
  private readonly tops: TraceNode[] = [];

  add(
    doc: SegmentDocument | SubsegmentDocument,
    kind: TraceNode['kind'],
    { orphan = false } = {},
  ): void {
    const top = this.node(doc, kind, undefined);
    top.orphan = orphan;
    this.tops.push(top);
    const open = [top];
    for (let parent = open.pop(); parent; parent = open.pop()) {
      if (!Array.isArray(parent.doc.subsegments)) continue;
      for (const child of parent.doc.subsegments) {
        const node = this.node(child, 'subsegment', parent);
        parent.children.push(node);
        open.push(node);
      }
    }
  }

  /** Hangs each segment below the subsegment that called it, and gives those that nobody called. */
  link(): TraceNode[] {
    return this.tops.filter((top) => {
      const parent = top.doc.parent_id ? this.byKey.get(top.doc.parent_id) : undefined;
      if (!parent || isBelow(parent, top)) return true;
      top.parent = parent;
      top.orphan = false;
      parent.children.push(top);
      return false;
    });
  }

  private node(
    doc: SegmentDocument | SubsegmentDocument,
    kind: TraceNode['kind'],
    parent: TraceNode | undefined,
  ): TraceNode {
    const start = Number(doc.start_time) || 0;
    const ended = typeof doc.end_time === 'number';
    const label =
      kind === 'segment' ? labelOfSegment(doc as SegmentDocument) : labelOfSubsegment(doc);
    const node: TraceNode = {
      key: this.keyFor(String(doc.id)),
      kind,
      doc,
      children: [],
      index: 0,
      depth: 1,
      below: 0,
      name: String(doc.name),
      start,
      end: ended ? Math.max(doc.end_time ?? start, start) : NaN,
      total: 0,
      self: 0,
      selfPieces: [],
      critical: [],
      inProgress: !ended,
      silent: false,
      awaited: false,
      skew: 0,
      orphan: false,
      status: 'ok',
      passedUp: false,
      worst: 'ok',
      // Last: what follows a spread is added member by member, which takes ten times as long.
      ...label,
    };
    if (parent) node.parent = parent;
    const segment = kind === 'segment' ? node : parent?.segment;
    if (segment) node.segment = segment;
    this.byKey.set(node.key, node);
    return node;
  }

  private keyFor(id: string): string {
    let key = id;
    for (let again = 2; this.byKey.has(key); again++) key = `${id}~${again}`;
    return key;
  }
}

function isBelow(node: TraceNode, ancestor: TraceNode): boolean {
  for (let up: TraceNode | undefined = node; up; up = up.parent) if (up === ancestor) return true;
  return false;
}

/** Sorts by start, fills `nodes`, and counts. */
function order(tree: TraceTree): void {
  tree.roots.sort(byStart);
  const open = [...tree.roots].reverse();
  for (let node = open.pop(); node; node = open.pop()) {
    node.index = tree.nodes.length;
    node.depth = (node.parent?.depth ?? 0) + 1;
    tree.nodes.push(node);
    tree.maxDepth = Math.max(tree.maxDepth, node.depth);
    tree.inProgress ||= node.inProgress;
    if (node.kind === 'segment') tree.segments++;
    else tree.subsegments++;
    node.awaited = awaits(node);
    if (node.awaited) tree.awaited++;
    node.children.sort(byStart);
    for (let at = node.children.length - 1; at >= 0; at--) {
      const child = node.children[at];
      if (child) open.push(child);
    }
  }
  for (let at = tree.nodes.length - 1; at >= 0; at--) {
    const node = tree.nodes[at];
    if (node?.parent) node.parent.below += node.below + 1;
  }
}

/** A segment comes before subsegments that start with it: it is what they are part of. */
function byStart(a: TraceNode, b: TraceNode): number {
  return a.start - b.start || (a.kind === b.kind ? 0 : a.kind === 'segment' ? -1 : 1);
}

function awaits(node: TraceNode): boolean {
  const { doc } = node;
  const traced = ('traced' in doc && doc.traced === true) || doc.http?.request?.traced === true;
  return (
    node.kind === 'subsegment' && traced && !node.children.some((child) => child.kind === 'segment')
  );
}

/** From epoch seconds to seconds since the start of the trace; then total and self time. */
function setTimes(tree: TraceTree, now: number): void {
  const lastKnown = tree.nodes.reduce(
    (last, { start, end }) => Math.max(last, Number.isNaN(end) ? start : end),
    tree.start,
  );
  const silent = tree.inProgress && isSilent(lastKnown, now);
  if (silent) tree.silentSince = lastKnown;
  const growing = silent ? lastKnown : Math.max(now, lastKnown);
  for (const node of tree.nodes) {
    node.silent = silent && node.inProgress;
    const end = Number.isNaN(node.end) ? growing : node.end;
    node.start -= tree.start;
    node.end = end - tree.start;
    node.total = node.end - node.start;
    tree.duration = Math.max(tree.duration, node.end);
  }
  for (const node of tree.nodes) {
    const parts = node.children.map((child): [number, number] => [child.start, child.end]);
    node.selfPieces = without([node.start, node.end], parts);
    node.self = length(node.selfPieces);
  }
}

import { isPassedUp } from './node-status';
import { type Operation, operationOf } from './operation';
import { severity, type Status } from './status';
import type { TraceNode, TraceTree } from './trace-node';

export type Change = 'new' | 'gone' | 'slower' | 'faster' | 'same';

/** The runs of an operation at one position in one trace; durations in seconds. */
export interface CompareSide {
  count: number;
  total: number;
  self: number;
  worst: Status;
  /** Whether the worst status began in one of them and was not passed up from below. */
  origin: boolean;
  inProgress: boolean;
  nodes: string[];
}

export interface CompareRow extends Operation {
  id: string;
  depth: number;
  a?: CompareSide;
  b?: CompareSide;
  /** Seconds, B minus A; an absent side counts as 0. */
  delta: number;
  change: Change;
}

export interface Comparison {
  /** Parents come before their children. */
  rows: CompareRow[];
  /** Seconds by which B took longer. */
  delta: number;
  /** The rows that explain most of the difference, the largest first; at most three. */
  mostly: CompareRow[];
  counts: Record<Change, number>;
}

/** Differences below this are noise, in seconds, and as shares of the operation and of the trace. */
const NOISE = { seconds: 0.0005, operation: 0.1, trace: 0.01 };

/**
 * Matches two traces by operation and position: all calls from the same position with the
 * same name, statement or route form one row. Rows are in the order of B; rows that only A
 * has are at their position in A.
 */
export function compareTrees(a: TraceTree, b: TraceTree): Comparison {
  const longest = Math.max(answered(a), answered(b));
  const rows: CompareRow[] = [];
  const counts = { new: 0, gone: 0, slower: 0, faster: 0, same: 0 };
  const open = pair(a.roots, b.roots, 0).reverse();
  for (let next = open.pop(); next; next = open.pop()) {
    const row = toRow(next, longest);
    rows.push(row);
    counts[row.change]++;
    const below = pair(
      next.a.flatMap((node) => node.children),
      next.b.flatMap((node) => node.children),
      next.depth + 1,
    );
    open.push(...below.reverse());
  }
  const delta = answered(b) - answered(a);
  return { rows, delta, mostly: explain(rows, delta), counts };
}

/** How long the caller waited, without work that continues after the response. */
export function answered(tree: TraceTree): number {
  return tree.responseEnd ?? tree.duration;
}

interface Pair {
  operation: Operation;
  depth: number;
  a: TraceNode[];
  b: TraceNode[];
}

function pair(a: readonly TraceNode[], b: readonly TraceNode[], depth: number): Pair[] {
  const fromA = group(a);
  const fromB = group(b);
  const result: Pair[] = [];
  // A row that only A has comes after the operation that precedes it in A.
  const gone = new Map<string, Pair[]>();
  let before = '';
  for (const [key, { operation, nodes }] of fromA) {
    if (fromB.has(key)) before = key;
    else {
      const list = gone.get(before) ?? [];
      list.push({ operation, depth, a: nodes, b: [] });
      gone.set(before, list);
    }
  }
  result.push(...(gone.get('') ?? []));
  for (const [key, { operation, nodes }] of fromB) {
    result.push({ operation, depth, a: fromA.get(key)?.nodes ?? [], b: nodes });
    result.push(...(gone.get(key) ?? []));
  }
  return result;
}

function group(nodes: readonly TraceNode[]) {
  const groups = new Map<string, { operation: Operation; nodes: TraceNode[] }>();
  for (const node of nodes) {
    const operation = operationOf(node);
    const found = groups.get(operation.key);
    if (found) found.nodes.push(node);
    else groups.set(operation.key, { operation, nodes: [node] });
  }
  return groups;
}

function toRow({ operation, depth, a, b }: Pair, longest: number): CompareRow {
  const sideA = side(a);
  const sideB = side(b);
  const delta = (sideB?.total ?? 0) - (sideA?.total ?? 0);
  return {
    ...operation,
    id: (b[0] ?? a[0])!.key,
    depth,
    ...(sideA && { a: sideA }),
    ...(sideB && { b: sideB }),
    delta,
    change: judge(sideA, sideB, delta, longest),
  };
}

function side(nodes: readonly TraceNode[]): CompareSide | undefined {
  if (nodes.length === 0) return undefined;
  const worst = nodes.reduce<Status>(
    (most, { status }) => (severity(status) > severity(most) ? status : most),
    'ok',
  );
  return {
    count: nodes.length,
    total: nodes.reduce((sum, node) => sum + node.total, 0),
    self: nodes.reduce((sum, node) => sum + node.self, 0),
    worst,
    origin: nodes.some((node) => node.status === worst && !isPassedUp(node)),
    inProgress: nodes.some((node) => node.inProgress),
    nodes: nodes.map((node) => node.key),
  };
}

function judge(
  a: CompareSide | undefined,
  b: CompareSide | undefined,
  delta: number,
  longest: number,
): Change {
  if (!a) return 'new';
  if (!b) return 'gone';
  const noise = Math.max(NOISE.seconds, NOISE.operation * a.total, NOISE.trace * longest);
  if (Math.abs(delta) <= noise) return 'same';
  return delta > 0 ? 'slower' : 'faster';
}

/**
 * Descends while a single row explains most of the difference of its parent, then returns
 * the largest rows at that level.
 */
function explain(rows: readonly CompareRow[], delta: number): CompareRow[] {
  const sameWay = (row: CompareRow): boolean =>
    Math.sign(row.delta) === Math.sign(delta) && !isOpen(row);
  let at = 0;
  let candidates = rows.filter((row) => row.depth === 0);
  for (;;) {
    const [largest] = candidates
      .filter(sameWay)
      .sort((one, other) => Math.abs(other.delta) - Math.abs(one.delta));
    if (!largest) return [];
    at = rows.indexOf(largest);
    const below = childrenOf(rows, at);
    const best = Math.max(0, ...below.filter(sameWay).map((row) => Math.abs(row.delta)));
    // One row explains the whole difference, and its children are more specific.
    const explainsAll = Math.abs(largest.delta) >= 0.8 * Math.abs(delta);
    if (!explainsAll || best < 0.2 * Math.abs(largest.delta)) break;
    candidates = below;
  }
  return candidates
    .filter((row) => sameWay(row) && Math.abs(row.delta) >= 0.05 * Math.abs(delta))
    .sort((one, other) => Math.abs(other.delta) - Math.abs(one.delta))
    .slice(0, 3);
}

/** Whether either side is still in progress, so that its duration is unknown. */
export function isOpen({ a, b }: CompareRow): boolean {
  return a?.inProgress === true || b?.inProgress === true;
}

function childrenOf(rows: readonly CompareRow[], at: number): CompareRow[] {
  const depth = rows[at]!.depth;
  const result: CompareRow[] = [];
  for (let next = at + 1; next < rows.length && rows[next]!.depth > depth; next++) {
    if (rows[next]!.depth === depth + 1) result.push(rows[next]!);
  }
  return result;
}

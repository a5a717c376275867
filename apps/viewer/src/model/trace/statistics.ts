import {
  isPassedUp,
  type Operation,
  operationOf,
  severity,
  type Status,
  type TraceNode,
  type TraceTree,
} from '@nestjs-xray/trace';

/** All calls of one operation in a trace; durations in seconds. */
export interface StatisticsRow extends Operation {
  count: number;
  /** How many calls are still in progress. The durations below do not include them. */
  running: number;
  /** Recursive calls count once: calls below a call of the same operation are left out. */
  total: number;
  self: number;
  p50: number;
  p95: number;
  max: number;
  /** The worst outcome of the calls, and how many had errors or faults. */
  worst: Status;
  failed: number;
  /** Whether the worst outcome began in one of these calls, or one is a segment. It did not only come from below. */
  origin: boolean;
  /** Keys of its nodes, in the order of the waterfall. */
  nodes: string[];
}

export type StatisticsColumn =
  'label' | 'count' | 'total' | 'self' | 'p50' | 'p95' | 'max' | 'failed';

/** One row per operation, in the order in which they first ran. */
export function statisticsOf(tree: TraceTree): StatisticsRow[] {
  const rows = new Map<string, StatisticsRow & { durations: number[] }>();
  const operations = new Map<TraceNode, string>();
  for (const node of tree.nodes) {
    const operation = operationOf(node);
    operations.set(node, operation.key);
    let row = rows.get(operation.key);
    if (!row) {
      row = {
        ...operation,
        count: 0,
        running: 0,
        total: 0,
        self: 0,
        p50: 0,
        p95: 0,
        max: 0,
        worst: 'ok',
        failed: 0,
        origin: false,
        nodes: [],
        durations: [],
      };
      rows.set(operation.key, row);
    }
    row.count++;
    row.nodes.push(node.key);
    if (node.status !== 'ok') row.failed++;
    if (severity(node.status) > severity(row.worst)) {
      row.worst = node.status;
      row.origin = false;
    }
    if (node.status === row.worst && !isPassedUp(node)) row.origin = true;
    if (node.inProgress) row.running++;
    else {
      row.self += node.self;
      if (!isRecursive(node, operation.key, operations)) row.total += node.total;
      row.durations.push(node.total);
    }
  }
  return [...rows.values()].map(({ durations, ...row }) => {
    durations.sort((a, b) => a - b);
    return {
      ...row,
      p50: rank(durations, 0.5),
      p95: rank(durations, 0.95),
      max: durations[durations.length - 1] ?? 0,
    };
  });
}

/** How many ancestors are searched for the same operation. Recursion over more levels is rare. */
const RECURSION = 64;

function isRecursive(node: TraceNode, key: string, operations: Map<TraceNode, string>): boolean {
  let up = node.parent;
  for (let level = 0; up && level < RECURSION; level++, up = up.parent) {
    if (operations.get(up) === key) return true;
  }
  return false;
}

/** The nearest rank: a measured value, not one interpolated between two. */
function rank(sorted: readonly number[], p: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * p) - 1)] ?? 0;
}

export function sortStatistics(
  rows: readonly StatisticsRow[],
  column: StatisticsColumn,
  descending: boolean,
): StatisticsRow[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const order =
      column === 'label'
        ? a.label.localeCompare(b.label)
        : a[column] - b[column] || b.total - a.total;
    return sign * order;
  });
}

import type { Finding } from './hints';
import { operationOf } from './operation';
import type { TraceNode, TraceTree } from './trace-node';

/** Errors swallowed on the way up, and throttles that were retried. */
export function findTrouble(tree: TraceTree): Finding[] {
  return [...swallowed(tree), ...tree.nodes.flatMap(retried)];
}

/** Faults and errors that some node above caught: its callers never heard of them. */
function swallowed(tree: TraceTree): Finding[] {
  const groups = new Map<string, { catcher: TraceNode; nodes: TraceNode[] }>();
  for (const node of tree.nodes) {
    if ((node.status !== 'fault' && node.status !== 'error') || node.passedUp) continue;
    const catcher = catcherOf(node);
    if (!catcher) continue;
    const key = `${node.status} ${operationOf(catcher).key} ${operationOf(node).key}`;
    const group = groups.get(key);
    if (group) group.nodes.push(node);
    else groups.set(key, { catcher, nodes: [node] });
  }
  return [...groups.values()].map(({ catcher, nodes }) => {
    const [first] = nodes as [TraceNode, ...TraceNode[]];
    const word = first.status === 'fault' ? 'Fault' : 'Error';
    return {
      kind: 'swallowed',
      title:
        nodes.length === 1
          ? `${word} swallowed on the way up`
          : `${nodes.length} ${word.toLowerCase()}s swallowed on the way up`,
      evidence: `${[first.title, first.detail].filter(Boolean).join(' ')}, caught in ${catcher.title}`,
      advice:
        'What caught it ended well although this failed below it. If that is meant, fine; if not, the caller got an answer that lacks something.',
      cost: nodes.reduce((sum, node) => sum + node.total, 0),
      nodes: nodes.map((node) => node.key),
    };
  });
}

/** The first node above that is healthy; undefined when the trouble reached the root. */
function catcherOf(node: TraceNode): TraceNode | undefined {
  let up = node.parent;
  while (up && up.status !== 'ok') up = up.parent;
  return up;
}

function retried(parent: TraceNode): Finding[] {
  const found: Finding[] = [];
  const done = new Set<TraceNode>();
  for (const [at, first] of parent.children.entries()) {
    if (!isThrottle(first) || done.has(first)) continue;
    const { key, label } = operationOf(first);
    const tries = parent.children
      .slice(at)
      .filter(
        (node) => operationOf(node).key === key && (node === first || node.start >= first.end),
      );
    const again = tries.findIndex((node) => !isThrottle(node));
    const refused = again < 0 ? tries : tries.slice(0, again);
    const last = again < 0 ? tries[tries.length - 1]! : tries[again]!;
    for (const node of refused) done.add(node);
    if (last === first) continue;
    const times =
      refused.length === 1 ? 'once' : refused.length === 2 ? 'twice' : `${refused.length} times`;
    found.push({
      kind: 'throttled',
      title: again < 0 ? `Throttled ${times}, then given up` : `Throttled ${times}, then retried`,
      evidence: `${label} answered ${first.doc.http?.response?.status ?? 'with a throttle'}`,
      advice:
        'The called service refused for being asked too often. The time until the last try was lost: fewer calls, a batch, or a limit on the own side avoids it.',
      cost: last.start - first.start,
      nodes: [...refused, ...(again < 0 ? [] : [last])].map((node) => node.key),
    });
  }
  return found;
}

function isThrottle(node: TraceNode): boolean {
  return node.doc.throttle === true && !node.passedUp;
}

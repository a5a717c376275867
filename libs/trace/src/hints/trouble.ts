import type { Finding } from './hints';
import { length, union } from '../intervals';
import { operationOf } from '../operation';
import type { TraceNode, TraceTree } from '../trace-node';

/** Finds errors swallowed by a caller, and throttled calls that were retried. */
export function findTrouble(tree: TraceTree): Finding[] {
  return [...swallowed(tree), ...tree.nodes.flatMap(retried)];
}

/** Finds faults and errors that a node above caught, so that its callers did not see them. */
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
          ? `${word} swallowed by a caller`
          : `${nodes.length} ${word.toLowerCase()}s swallowed by a caller`,
      subject: first.title,
      place: catcher.title,
      evidence: `${[first.title, first.detail].filter(Boolean).join(' ')}, caught in ${catcher.title}`,
      advice:
        'The caller succeeded although this failed below it. If that is not intended, the response may be incomplete.',
      cost: nodes.reduce((sum, node) => sum + node.total, 0),
      nodes: nodes.map((node) => node.key),
    };
  });
}

/** The first ancestor without a failure; undefined when the failure reached the root. */
function catcherOf(node: TraceNode): TraceNode | undefined {
  let up = node.parent;
  while (up && up.status !== 'ok') up = up.parent;
  return up;
}

/** Calls of one operation that were throttled, up to the one that succeeded. */
interface Tries {
  refused: TraceNode[];
  /** The call that was not throttled; undefined if the caller gave up. */
  through?: TraceNode;
}

function retried(parent: TraceNode): Finding[] {
  if (!parent.children.some(isThrottle)) return [];
  const operations = new Map<string, { label: string; nodes: TraceNode[] }>();
  for (const node of parent.children) {
    const { key, label } = operationOf(node);
    const same = operations.get(key);
    if (same) same.nodes.push(node);
    else operations.set(key, { label, nodes: [node] });
  }
  return [...operations.values()].flatMap(({ label, nodes }) => {
    const all = triesOf(nodes);
    return [
      ...finding(
        label,
        all.filter(({ through }) => through),
      ),
      ...finding(
        label,
        all.filter(({ through }) => !through),
      ),
    ];
  });
}

/** @param nodes runs of one operation, by start. A run after two throttled ones belongs to the first. */
function triesOf(nodes: readonly TraceNode[]): Tries[] {
  const found: Tries[] = [];
  const done = new Set<TraceNode>();
  for (const first of nodes) {
    if (!isThrottle(first) || done.has(first)) continue;
    const tries: Tries = { refused: [first] };
    for (let at = firstFrom(nodes, first.end); at < nodes.length && !tries.through; at++) {
      const node = nodes[at]!;
      if (done.has(node) || node === first) continue;
      if (isThrottle(node)) tries.refused.push(node);
      else tries.through = node;
      done.add(node);
    }
    if (tries.through || tries.refused.length > 1) found.push(tries);
  }
  return found;
}

/** The index of the first node that starts at `time` or later. */
function firstFrom(nodes: readonly TraceNode[], time: number): number {
  let from = 0;
  let to = nodes.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (nodes[middle]!.start < time) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Merges equal findings into one: there may be thousands. */
function finding(label: string, all: readonly Tries[]): Finding[] {
  const first = all[0]?.refused[0];
  if (!first) return [];
  const nodes = all.flatMap(({ refused, through }) => (through ? [...refused, through] : refused));
  const count = all.reduce((sum, { refused }) => sum + refused.length, 0);
  const times = count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
  const lost = all.map(({ refused, through }): [number, number] => [
    refused[0]!.start,
    (through ?? refused[refused.length - 1]!).start,
  ]);
  return [
    {
      kind: 'throttled',
      title: all[0]!.through
        ? `Throttled ${times}, then retried`
        : `Throttled ${times}, then given up`,
      subject: label,
      evidence: `${label} answered ${first.doc.http?.response?.status ?? 'with a throttle'}`,
      advice:
        'The called service rejected calls because there were too many. The time until the last attempt was lost. Make fewer calls, use a batch, or limit the rate in your service.',
      cost: length(union(lost)),
      nodes: nodes.map((node) => node.key),
    },
  ];
}

function isThrottle(node: TraceNode): boolean {
  return node.doc.throttle === true && !node.passedUp;
}

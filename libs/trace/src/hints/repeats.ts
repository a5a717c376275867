import type { Finding } from './hints';
import { length, union } from '../intervals';
import { operationOf, type Operation, subjectOf } from '../operation';
import { isTransactionControl } from '../queries';
import type { TraceNode, TraceTree } from '../trace-node';

/** The number of runs of one statement or route at one position that counts as a loop. */
const LOOP = 5;

interface Repeat {
  operation: Operation;
  nodes: TraceNode[];
}

/** Finds N+1 queries, calls in a loop, and identical calls that were repeated. */
export function findRepeats(tree: TraceTree): Finding[] {
  const repeats = mayLoop(tree)
    ? [...byPlace(tree).values()].filter(({ nodes }) => nodes.length >= LOOP)
    : [];
  const queries = repeats.filter(({ nodes }) => nodes[0]!.hue === 'sql').map(nPlusOne);
  const calls = repeats.filter(({ nodes }) => nodes[0]!.hue === 'call').map(loopOfCalls);
  const known = new Set(calls.flatMap((finding) => finding.nodes));
  return [...queries, ...calls, ...askedAgain(tree, known)];
}

/** Whether so many queries or calls have one name, as those of a loop have. Cheaper than to group them. */
function mayLoop(tree: TraceTree): boolean {
  const counts = new Map<string, number>();
  for (const { hue, name } of tree.nodes) {
    if (hue === 'own') continue;
    const count = (counts.get(name) ?? 0) + 1;
    if (count >= LOOP) return true;
    counts.set(name, count);
  }
  return false;
}

/** Groups queries and calls by operation and by the operations above them up to the root. */
function byPlace(tree: TraceTree): Map<number, Repeat> {
  const places = new Map<string, number>();
  const placeOf = new Map<TraceNode, number>();
  const groups = new Map<number, Repeat>();
  for (const node of tree.nodes) {
    const operation = operationOf(node);
    const path = `${node.parent ? placeOf.get(node.parent) : ''}/${operation.key}`;
    let place = places.get(path);
    if (place === undefined) places.set(path, (place = places.size));
    placeOf.set(node, place);
    if (node.hue === 'own' || isTransactionControl(operation.label)) continue;
    const group = groups.get(place);
    if (group) group.nodes.push(node);
    else groups.set(place, { operation, nodes: [node] });
  }
  return groups;
}

function nPlusOne({ operation, nodes }: Repeat): Finding {
  const verb = /^\w+/.exec(operation.label)?.[0]?.toUpperCase() ?? 'query';
  const writes = /^(INSERT|UPDATE|DELETE|MERGE)$/.test(verb);
  const where = commonParent(nodes)?.title;
  return {
    kind: 'n-plus-one',
    title: `${nodes.length} × the same ${verb}`,
    subject: subjectOf(operation.label),
    ...(where !== undefined && { place: where }),
    evidence: `N+1${where === undefined ? '' : ` in ${where}`}, one ${writes ? 'statement' : 'query'} would do`,
    advice: writes
      ? `${nodes.length} runs of one statement from the same place, one for each row. A statement with all rows, or with WHERE … = ANY($1), does the same in one round trip.`
      : `${nodes.length} runs of one query from the same place, one for each row of another. A join, or WHERE … = ANY($1) with all keys, gets the same in one round trip.`,
    cost: covered(nodes),
    nodes: keys(nodes),
  };
}

function loopOfCalls({ operation, nodes }: Repeat): Finding {
  const where = commonParent(nodes)?.title;
  return {
    kind: 'repeated-call',
    title: `${nodes.length} × the same call`,
    subject: operation.label,
    ...(where !== undefined && { place: where }),
    evidence: `${operation.label}${where === undefined ? '' : `, in a loop of ${where}`}`,
    advice: `${nodes.length} calls of one route from the same place. One call for all, a batch operation, or concurrent calls would save round trips.`,
    cost: covered(nodes),
    nodes: keys(nodes),
  };
}

/** Finds repeated reads of a URL after a call that succeeded. */
function askedAgain(tree: TraceTree, known: ReadonlySet<string>): Finding[] {
  const groups = new Map<string, TraceNode[]>();
  for (const node of tree.nodes) {
    const { method, url } = node.doc.http?.request ?? {};
    if (node.hue !== 'call' || known.has(node.key) || url === undefined) continue;
    if (!/^(GET|HEAD)$/i.test(method ?? '') || node.status !== 'ok' || node.inProgress) continue;
    const key = `${node.segment?.key} ${node.name} ${method} ${url}`;
    const group = groups.get(key);
    if (group) group.push(node);
    else groups.set(key, [node]);
  }
  return [...groups.values()]
    .filter((nodes) => nodes.length >= 2)
    .map((nodes) => ({
      kind: 'repeated-call' as const,
      title: `Same request sent ${nodes.length === 2 ? 'twice' : `${nodes.length} times`}`,
      subject: operationOf(nodes[0]!).label,
      evidence: `${operationOf(nodes[0]!).label}, although the first call succeeded`,
      advice:
        'The same URL was read again within one request. Reuse the first response, or cache it for the request.',
      cost: covered(nodes.slice(1)),
      nodes: keys(nodes),
    }));
}

/** Time during which at least one of them ran, in seconds. */
function covered(nodes: readonly TraceNode[]): number {
  return length(union(nodes.map((node) => [node.start, node.end])));
}

function keys(nodes: readonly TraceNode[]): string[] {
  return nodes.map((node) => node.key);
}

/** The deepest node that all of them are below; they are equally deep. */
function commonParent(nodes: readonly TraceNode[]): TraceNode | undefined {
  let level = new Set(nodes.map((node) => node.parent));
  while (level.size > 1) level = new Set([...level].map((node) => node?.parent));
  return [...level][0];
}

import { ms } from '../three-digits';
import type { Finding } from './hints';
import { operationOf } from '../operation';
import type { TraceNode, TraceTree } from '../trace-node';

/** Smaller findings are ignored: limits in seconds and as shares of the trace. */
const AWAIT = { seconds: 0.002, share: 0.05 };
const GAP = { seconds: 0.01, share: 0.15 };
const DOMINANT = { seconds: 0.01, share: 0.6 };
/** A longer pause between two awaits means that they are unrelated, in seconds. */
const PAUSE = 0.002;

/** Guards, pipes and middleware run before the handler on purpose. */
const BEFORE_HANDLER = /(guard|middleware|interceptor|pipe|strategy)\b/i;
const WRITES_SQL =
  /^\s*(insert|update|delete|merge|begin|start|commit|rollback|create|alter|drop|truncate|lock)\b/i;
const WRITES_AWS =
  /^(put|post|update|delete|create|send|publish|start|invoke|batchwrite|transactwrite)/i;

/**
 * Finds sequential awaits, a child that takes most of the time, and unexplained time.
 *
 * @param whole the seconds until the response.
 * @param explained the keys of nodes that other hints already cover.
 */
export function findWaits(
  tree: TraceTree,
  whole: number,
  explained: ReadonlySet<string>,
): Finding[] {
  return [...awaits(tree, whole, explained), ...gaps(tree, whole), ...dominant(tree)];
}

interface Io {
  /** Whether it, or a node below, waits for a database or another service. */
  waits: boolean;
  /** Whether it, or a node below, changes data there, on which later calls may depend. */
  writes: boolean;
  /** Whether another hint covers it or a node below. */
  explained: boolean;
}

function markIo(tree: TraceTree, explained: ReadonlySet<string>): Map<TraceNode, Io> {
  const marks = new Map<TraceNode, Io>();
  for (let at = tree.nodes.length - 1; at >= 0; at--) {
    const node = tree.nodes[at]!;
    const io = {
      waits: node.hue !== 'own',
      writes: writes(node),
      explained: explained.has(node.key),
    };
    for (const child of node.children) {
      io.waits ||= marks.get(child)!.waits;
      io.writes ||= marks.get(child)!.writes;
      io.explained ||= marks.get(child)!.explained;
    }
    marks.set(node, io);
  }
  return marks;
}

function writes({ doc }: TraceNode): boolean {
  const statement = 'sql' in doc ? doc.sql?.sanitized_query : undefined;
  const operation = doc.aws?.operation;
  return (
    (statement !== undefined && WRITES_SQL.test(statement)) ||
    (typeof operation === 'string' && WRITES_AWS.test(operation))
  );
}

function awaits(tree: TraceTree, whole: number, explained: ReadonlySet<string>): Finding[] {
  const least = Math.max(AWAIT.seconds, AWAIT.share * whole);
  // Most traces have no two long parts below one node, and their reads and writes need not be told apart.
  const parents = tree.nodes.filter(
    ({ children }) =>
      children.length >= 2 && children.filter(({ total }) => total >= least).length >= 2,
  );
  if (parents.length === 0) return [];
  const marks = markIo(tree, explained);
  return parents.flatMap((node) => awaitsInARow(node, least, marks));
}

function awaitsInARow(parent: TraceNode, least: number, marks: Map<TraceNode, Io>): Finding[] {
  const counts = (node: TraceNode): boolean => {
    const io = marks.get(node)!;
    return (
      io.waits &&
      !io.writes &&
      !io.explained &&
      node.total >= least &&
      !node.inProgress &&
      // The duration of a failed call says nothing about possible savings.
      node.status !== 'fault' &&
      node.status !== 'error' &&
      !BEFORE_HANDLER.test(node.name)
    );
  };
  const follows = (node: TraceNode, last: TraceNode): boolean => {
    const pause = node.start - last.end;
    return (
      pause >= -1e-6 &&
      pause <= Math.max(PAUSE, 0.1 * Math.min(node.total, last.total)) &&
      operationOf(node).key !== operationOf(last).key &&
      !looksUp(node, last)
    );
  };
  const found: Finding[] = [];
  let run: TraceNode[] = [];
  const close = (): void => {
    if (run.length >= 2) found.push(inARow(run));
    run = [];
  };
  for (const child of parent.children) {
    const last = run[run.length - 1];
    if (last && !(counts(child) && follows(child, last))) close();
    if (counts(child)) run.push(child);
  }
  close();
  return found;
}

/** A query with parameters after another query usually depends on its result. */
function looksUp(node: TraceNode, last: TraceNode): boolean {
  return node.hue === 'sql' && last.hue === 'sql' && /\$\d|\?/.test(operationOf(node).label);
}

function inARow(run: readonly TraceNode[]): Finding {
  const names = run.map((node) => node.title);
  const between = run.length > 3 ? [...names.slice(0, 2), '…', names[run.length - 1]!] : names;
  const longest = Math.max(...run.map((node) => node.total));
  return {
    kind: 'serial-awaits',
    title: `${run.length} awaits in a row`,
    subject: between.join(', then '),
    evidence: between.join(', then '),
    advice:
      'Each began when the previous one had ended. If none needs the result of another, run them with Promise.all: then only the longest counts.',
    cost: run.reduce((sum, node) => sum + node.total, 0) - longest,
    upTo: true,
    nodes: run.map((node) => node.key),
  };
}

function gaps(tree: TraceTree, whole: number): Finding[] {
  const least = Math.max(GAP.seconds, GAP.share * whole);
  return tree.nodes.flatMap((node) => {
    // No piece of its own work is longer than all of it.
    if (node.children.length === 0 || node.inProgress || node.self < least) return [];
    const piece = [...node.selfPieces].sort((a, b) => b[1] - b[0] - (a[1] - a[0]))[0];
    if (!piece || piece[1] - piece[0] < least) return [];
    const [from, until] = piece;
    const before = node.children.filter((child) => child.end <= from + 1e-6).pop();
    // The hint "throttled, then retried" covers the pause before a retry.
    if (before?.status === 'throttle') return [];
    const called = node.children.find((child) => child.kind === 'segment');
    const length = until - from;
    return [
      {
        kind: 'unaccounted' as const,
        title: `${ms(length)} ms not accounted for`,
        subject: node.title,
        evidence: called
          ? `Between ${node.title} and ${called.title}: in the network, or waiting to be served`
          : `${node.title}, ${before ? `after ${before.title}` : 'before its first subsegment'}`,
        advice: called
          ? 'The caller waited longer than the called service worked: network, a queue, a cold start, or clocks that differ.'
          : 'No subsegment covers this time. It is the work of the method itself, or of something that is not traced. Put @Subsegment on the methods that it calls to find out.',
        cost: length,
        nodes: [node.key],
      },
    ];
  });
}

/** Follows the child that takes most of the time, down to the most specific node. */
function dominant(tree: TraceTree): Finding[] {
  const root = tree.roots.find((one) => one.kind === 'segment');
  if (!root) return [];
  const least = Math.max(DOMINANT.seconds, DOMINANT.share * root.total);
  let node = root;
  for (;;) {
    const next = node.children.find(
      (child) => child.total >= least && child.end <= root.end + 1e-6,
    );
    if (!next || next.inProgress) break;
    node = next;
  }
  if (node === root || node.children.length > 0) return [];
  const what = { own: 'method', sql: 'query', call: 'call' }[node.hue];
  return [
    {
      kind: 'dominant-child',
      title: `One ${what} takes ${Math.round((node.total / root.total) * 100)} %`,
      subject: operationOf(node).label,
      evidence: `${operationOf(node).label}: ${ms(node.total)} of ${ms(root.total)} ms`,
      advice: {
        own: 'All other work together is shorter. Nothing below this method is traced: put @Subsegment on the methods that it calls to see more.',
        sql: 'All other work together is shorter. EXPLAIN ANALYZE shows where the database spends the time, such as a missing index, too many rows or a lock.',
        call: 'All other work together is shorter. A cache, a timeout, or an earlier call would help most here.',
      }[node.hue],
      cost: node.total,
      nodes: [node.key],
    },
  ];
}

import type { ExceptionDocument } from '../document';
import { exceptionChains, isLibrary, placeOf } from '../exceptions';
import { hintsOf } from '../hints/hints';
import { length } from '../intervals';
import { allLogs, type LogLine } from '../logs';
import { exceptionsOf } from '../node-status';
import { operationOf } from '../operation';
import { queriesOf } from '../queries';
import { nearestLine, sourceOf } from '../source';
import { ms } from '../three-digits';
import type { TraceNode, TraceTree } from '../trace-node';
import { cut } from './cut';
import { hintLine } from './hint-text';
import { labelOf } from './tree-text';

/** So many of each are worth reading; the rest is counted. */
const MOST = { hints: 10, exceptions: 5, frames: 8, path: 15, queries: 15, lines: 30, logs: 40 };

export function hintSection(tree: TraceTree): string[] {
  const lines = hintsOf(tree).flatMap((hint) => [
    `- ${hintLine(tree, hint)}`,
    `  ${cut(`${hint.evidence}. ${hint.advice}`, 500)} (nodes ${hint.nodes.slice(0, 3).map(id).join(' ')})`,
  ]);
  return section('Hints', lines, MOST.hints * 2);
}

export function exceptionSection(tree: TraceTree): string[] {
  const nodes = tree.nodes.filter((node) => exceptionsOf(node).length > 0);
  const lines = nodes.slice(0, MOST.exceptions).flatMap(exceptionsIn);
  return section('Exceptions', lines, 60, nodes.length - MOST.exceptions);
}

export function exceptionsIn(node: TraceNode): string[] {
  return exceptionChains(node).flatMap(({ exception, causes }) => [
    `- ${said(exception)} (at ${labelOf(node)} ${id(node.key)})`,
    ...frames(exception),
    ...causes.flatMap((cause) => [`  caused by ${said(cause)}`, ...frames(cause)]),
  ]);
}

function said({ type, message }: ExceptionDocument): string {
  return cut([type, message].filter(Boolean).join(': ') || 'an exception', 300);
}

/** One's own code; of libraries only where there is none. */
function frames({ stack = [] }: ExceptionDocument): string[] {
  const own = stack.filter((frame) => !isLibrary(frame));
  return (own.length > 0 ? own : stack)
    .slice(0, MOST.frames)
    .map(({ label, path, line }) =>
      cut(`    at ${label ?? '?'} (${path ?? '?'}:${line ?? '?'})`, 250).replace(/^/, '    '),
    );
}

/** The nodes whose own work the answer had to wait for, the longest first. */
export function criticalPathSection(tree: TraceTree): string[] {
  const whole = tree.responseEnd ?? tree.duration;
  const waits = new Map<string, { node: TraceNode; count: number; time: number }>();
  for (const node of tree.nodes) {
    const time = length(node.critical);
    if (time === 0) continue;
    const { key } = operationOf(node);
    const wait = waits.get(key) ?? { node, count: 0, time: 0 };
    waits.set(key, { ...wait, count: wait.count + 1, time: wait.time + time });
  }
  const lines = [...waits.values()]
    .sort((a, b) => b.time - a.time)
    .map(({ node, count, time }) => {
      const share = whole > 0 ? ` (${Math.round((time / whole) * 100)} %)` : '';
      const times = count > 1 ? `${count} × ` : '';
      return `- ${ms(time)} ms${share} in ${times}${labelOf(node)} ${id(node.key)}`;
    });
  return section('Critical path: where the response time was spent', lines, MOST.path);
}

export function querySection(tree: TraceTree): string[] {
  const queries = new Map<string, { label: string; nodes: TraceNode[] }>();
  for (const node of queriesOf(tree)) {
    const { key, label } = operationOf(node);
    const query = queries.get(key) ?? { label, nodes: [] };
    query.nodes.push(node);
    queries.set(key, query);
  }
  const lines = [...queries.values()]
    .map(({ label, nodes }) => ({ label, nodes, total: sum(nodes) }))
    .sort((a, b) => b.total - a.total)
    .map(({ label, nodes: [first, ...more], total }) => {
      const line = nearestLine(first!);
      return `- ${more.length + 1} × ${cut(label, 250)}, ${ms(total)} ms in all${line ? `, from ${line}` : ''} ${id(first!.key)}`;
    });
  return section('Queries', lines, MOST.queries);
}

/** Where in the source the traced methods are, each once. */
export function sourceSection(tree: TraceTree): string[] {
  const lines = new Set<string>();
  for (const node of tree.nodes) {
    const place = sourceOf(node);
    if (place) lines.add(`- ${node.name}: ${cut(`${place.path}:${place.line}`, 250)}`);
  }
  return section('Source', [...lines], MOST.lines);
}

export function logSection(tree: TraceTree): string[] {
  const { lines, left } = allLogs(tree);
  const more = Math.max(0, lines.length - MOST.logs);
  return section(
    'Logs',
    lines.map((line) => logLine(line, tree.start)),
    MOST.logs,
    left + more,
  );
}

/** The time has its date unless that is the date of `start`, when its trace or node started. */
export function logLine(
  { time, levelName, context, message, node }: LogLine,
  start: number,
): string {
  const iso = isoOf(time);
  const at = iso.slice(0, 10) === isoOf(start).slice(0, 10) ? iso.slice(11, 23) : iso;
  const where = context === undefined ? '' : ` [${cut(context, 60)}]`;
  return `- ${at && `${at} `}${cut(levelName, 20)}${where} ${cut(message, 300)} ${id(node.key)}`;
}

/** Empty without a time, or with one that no calendar has: an application may log any number. */
function isoOf(epochSeconds: number | undefined): string {
  const date = new Date((epochSeconds ?? NaN) * 1000);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

/** Line and path of what is thrown first, for lists. */
export function topException(tree: TraceTree): string | undefined {
  for (const node of tree.nodes.filter(({ passedUp }) => !passedUp)) {
    const chain = exceptionChains(node)[0];
    if (!chain) continue;
    const { exception } = chain;
    const frame = exception.stack?.find((each) => !isLibrary(each));
    return said(exception) + (frame ? `, ${placeOf(frame.path, frame.line)}` : '');
  }
  return undefined;
}

export const id = (key: string): string => `#${cut(key, 40)}`;

const sum = (nodes: readonly TraceNode[]): number =>
  nodes.reduce((total, node) => total + node.total, 0);

/** Nothing where there are no lines. */
function section(title: string, lines: readonly string[], most: number, left = 0): string[] {
  if (lines.length === 0) return [];
  const more = Math.max(left, lines.length - most);
  const rest = more > 0 ? [`- … ${more} more`] : [];
  return ['', `## ${title}`, '', ...lines.slice(0, most), ...rest];
}

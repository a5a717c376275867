import { ms } from '../three-digits';
import type { TraceNode, TraceTree } from '../trace-node';
import { cut, withinBytes } from './cut';
import {
  criticalPathSection,
  exceptionSection,
  hintSection,
  logSection,
  querySection,
  sourceSection,
} from './sections';
import { labelOf, treeText } from './tree-text';

/** What a person, a terminal and a language model read without trouble. */
export const MOST_BYTES = 20_000;
const MOST_BRANCHES = 60;

/**
 * A trace as Markdown of at most 20 kB: what it suffers from, what was thrown, the tree, where the
 * time went, the queries, the lines of source and of logs. `#…` is the id of a node.
 */
export function traceText(tree: TraceTree): string {
  const lines = [
    ...head(tree),
    ...hintSection(tree),
    ...exceptionSection(tree),
    '',
    '## Tree',
    '',
    '```text',
    ...treeText(tree, { details: true, mostLines: MOST_BRANCHES }).split('\n'),
    '```',
    ...criticalPathSection(tree),
    ...querySection(tree),
    ...sourceSection(tree),
    ...logSection(tree),
  ];
  return withinBytes(lines, MOST_BYTES, 'Ask for one node by its #id to see all of it.');
}

function head(tree: TraceTree): string[] {
  const root = tree.roots.find(({ kind }) => kind === 'segment') ?? tree.roots[0];
  const services = [...new Set(tree.nodes.filter(isSegment).map(({ name }) => cut(name, 60)))];
  const facts = [
    `- Trace: ${tree.id}`,
    `- Started: ${new Date(tree.start * 1000).toISOString()}`,
    `- Duration: ${ms(tree.duration)} ms${answeredEarlier(tree)}`,
    `- Services: ${cut(services.join(', '), 300)}`,
    `- Contains: ${plural(tree.segments, 'segment')}, ${plural(tree.subsegments, 'subsegment')}${troubles(tree)}`,
    root && annotations(root),
    tree.full &&
      '- The trace has reached the size limit for one trace (about 10 MB); subsegments that arrived later were not stored.',
    tree.inProgress && '- Some of it is still in progress.',
  ];
  return [
    `# ${root ? labelOf(root) : 'An empty trace'}`,
    '',
    ...facts.filter((fact): fact is string => typeof fact === 'string'),
  ];
}

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

const isSegment = (node: TraceNode): boolean => node.kind === 'segment';

function answeredEarlier({ responseEnd, duration }: TraceTree): string {
  if (responseEnd === undefined || duration - responseEnd < 1e-6) return '';
  return `, answered after ${ms(responseEnd)} ms`;
}

function troubles({ counts }: TraceTree): string {
  const words = (['fault', 'error', 'throttle'] as const)
    .filter((status) => counts[status] > 0)
    .map((status) => `${counts[status]} with ${status}`);
  return words.length > 0 ? `; ${words.join(', ')}` : '';
}

function annotations({ doc }: TraceNode): string | undefined {
  const pairs = Object.entries(doc.annotations ?? {}).slice(0, 20);
  if (pairs.length === 0) return undefined;
  return `- Annotations: ${cut(pairs.map(([key, value]) => `${key}=${String(value)}`).join(', '), 500)}`;
}

import { logsOf } from '../logs';
import { sourceOf } from '../source';
import { ms } from '../three-digits';
import type { TraceNode, TraceTree } from '../trace-node';
import { cut, withinBytes } from './cut';
import { exceptionsIn, logLine } from './sections';
import { labelOf } from './tree-text';
import { MOST_BYTES } from './trace-text';

const MOST_JSON_LINES = 150;
const MOST_CHILDREN = 40;

/**
 * All of one segment or subsegment, as Markdown of at most 20 kB; undefined when the trace has none
 * of that id.
 */
export function nodeText(tree: TraceTree, key: string): string | undefined {
  const node = tree.byKey.get(key.replace(/^#/, ''));
  if (!node) return undefined;
  const place = sourceOf(node);
  const lines = [
    `# ${labelOf(node)}`,
    '',
    `- ${node.kind === 'segment' ? 'Segment' : 'Subsegment'}: #${node.key} of trace ${tree.id}`,
    `- Path: ${pathOf(node).map(labelOf).join(' → ')}`,
    `- Time: ${ms(node.total)} ms from +${ms(node.start)} ms, of which ${ms(node.self)} ms its own`,
    `- Status: ${node.status}${node.passedUp ? ', passed up from below' : ''}${node.inProgress ? ', in progress' : ''}`,
    ...(place ? [`- Source: ${cut(`${place.path}:${place.line}`, 300)}`] : []),
    ...part('Exceptions', exceptionsIn(node)),
    ...part(
      'Logs',
      logsOf(node).map((line) => logLine(line, node.start)),
    ),
    ...json('SQL', 'sql' in node.doc ? node.doc.sql : undefined),
    ...json('HTTP', node.doc.http),
    ...json('AWS', node.doc.aws),
    ...json('Annotations', node.doc.annotations),
    ...part('Below it', children(node)),
    ...json('Metadata', node.doc.metadata),
  ];
  return withinBytes(lines, MOST_BYTES, 'The console shows the whole document.');
}

function pathOf(node: TraceNode): TraceNode[] {
  const path: TraceNode[] = [];
  for (let up: TraceNode | undefined = node; up && path.length < 12; up = up.parent) path.push(up);
  return path.reverse();
}

function children({ children: all }: TraceNode): string[] {
  const lines = all
    .slice(0, MOST_CHILDREN)
    .map((child) => `- ${labelOf(child)} ${ms(child.total)} ms #${child.key}`);
  return all.length > MOST_CHILDREN ? [...lines, `- … ${all.length - MOST_CHILDREN} more`] : lines;
}

function json(title: string, value: unknown): string[] {
  if (value === undefined || value === null || Object.keys(value).length === 0) return [];
  const lines = JSON.stringify(value, null, 2).split('\n');
  const shown = lines
    .slice(0, MOST_JSON_LINES)
    .map((line) => line.replace(/^( *)(.*)$/s, indented));
  const rest =
    lines.length > MOST_JSON_LINES ? [`… ${lines.length - MOST_JSON_LINES} more lines`] : [];
  return part(title, ['```json', ...shown, ...rest, '```']);
}

const indented = (_line: string, spaces: string, text: string): string => spaces + cut(text, 2_000);

function part(title: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? ['', `## ${title}`, '', ...lines] : [];
}

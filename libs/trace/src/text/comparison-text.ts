import { answered, compareTrees, type CompareRow, type CompareSide } from '../compare';
import { ms } from '../three-digits';
import type { TraceTree } from '../trace-node';
import { cut, withinBytes } from './cut';
import { topHints } from './hint-text';
import { MOST_BYTES } from './trace-text';
import { labelOf } from './tree-text';

const MOST_ROWS = 60;

/** What differs between two traces, as Markdown of at most 20 kB: what explains it first, then the rest. */
export function comparisonText(a: TraceTree, b: TraceTree): string {
  const { rows, delta, mostly, counts } = compareTrees(a, b);
  const changed = rows.filter(
    ({ change, a: one, b: other }) => change !== 'same' || one?.count !== other?.count,
  );
  const lines = [
    '# Two traces compared',
    '',
    ...side('A', a),
    ...side('B', b),
    '',
    `B took ${ms(Math.abs(delta))} ms ${delta < 0 ? 'less' : 'more'} than A until the answer.`,
    ...(mostly.length > 0 ? ['', '## Mostly because of', '', ...mostly.map(rowLine)] : []),
    '',
    `## What differs: ${counts.new} only in B, ${counts.gone} only in A, ${counts.slower} slower, ${counts.faster} faster, ${counts.same} the same`,
    '',
    ...changed
      .slice(0, MOST_ROWS)
      .map((row) => `${'  '.repeat(Math.min(row.depth, 10))}${rowLine(row)}`),
    ...(changed.length > MOST_ROWS ? [`- … ${changed.length - MOST_ROWS} more`] : []),
  ];
  return withinBytes(lines, MOST_BYTES, 'Ask for each of the traces by its id.');
}

function side(name: string, tree: TraceTree): string[] {
  const [root] = tree.roots;
  const hints = topHints(tree, 3).map((hint) => `  - ${hint}`);
  return [
    `- ${name}: ${root ? labelOf(root) : 'empty'}, ${ms(answered(tree))} ms, trace ${tree.id}`,
    ...hints,
  ];
}

function rowLine({ label, a, b, delta, change }: CompareRow): string {
  const difference = `${delta < 0 ? '−' : '+'}${ms(Math.abs(delta))} ms`;
  return `- ${cut(label, 160)}: ${difference}, ${change} (A ${times(a)}, B ${times(b)})`;
}

function times(side: CompareSide | undefined): string {
  if (!side) return 'not at all';
  const status = side.worst === 'ok' ? '' : ` ${side.worst.toUpperCase()}`;
  return `${side.count} × in ${ms(side.total)} ms${status}`;
}

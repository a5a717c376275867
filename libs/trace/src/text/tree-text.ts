import { operationOf } from '../operation';
import { openWord } from '../silence';
import { ms } from '../three-digits';
import type { TraceNode, TraceTree } from '../trace-node';
import { type Branch, branchesOf, longest } from './branches';
import { cut } from './cut';

export interface TreeTextOptions {
  /** With durations, places in the source and ids, which differ from run to run. */
  details: boolean;
  /** The longest branches, and those with trouble, are printed; the others are counted. */
  mostLines: number;
}

const LONGEST_LABEL = 160;

/**
 * The tree as text, a line for each node, or for all siblings that did the same:
 *
 * ```text
 * shop GET /carts/:id 200
 * └─ CartService.total
 *    └─ 12 × SELECT … FROM items WHERE id = $1 [SQL]
 * ```
 */
export function treeText(tree: TraceTree, { details, mostLines }: TreeTextOptions): string {
  const roots = branchesOf(tree);
  const { kept, left } = longest(roots, mostLines);
  const lines: string[] = [];
  interface Step {
    branch: Branch;
    indent: string;
    last: boolean;
  }
  const shown = (branches: readonly Branch[]) => branches.filter((branch) => kept.has(branch));
  const steps = (branches: readonly Branch[], indent: string, more: boolean): Step[] =>
    branches
      .map((branch, at) => ({ branch, indent, last: !more && at === branches.length - 1 }))
      .reverse();
  const open: (Step | string)[] = steps(shown(roots), '', false);
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    if (typeof step === 'string') {
      lines.push(step);
      continue;
    }
    const { branch, indent, last } = step;
    const root = branch.depth === 1;
    lines.push(indent + (root ? '' : last ? '└─ ' : '├─ ') + lineOf(branch, details));
    const below = indent + (root ? '' : last ? '   ' : '│  ');
    const missing = left.get(branch);
    if (missing) open.push(`${below}└─ … ${missing} more`);
    open.push(...steps(shown(branch.children), below, missing !== undefined));
  }
  const missing = left.get(undefined);
  if (missing) lines.push(`… ${missing} more`);
  return lines.join('\n');
}

function lineOf({ node, count, total }: Branch, details: boolean): string {
  return [
    count > 1 && `${count} ×`,
    labelOf(node),
    node.kind === 'subsegment' && node.tag && `[${node.tag}]`,
    node.status !== 'ok' && node.status.toUpperCase(),
    node.inProgress && openWord(node.silent),
    details && `${ms(total)} ms`,
    details && node.children.length > 0 && count === 1 && `(self ${ms(node.self)} ms)`,
    details && `#${node.key}`,
  ]
    .filter(Boolean)
    .join(' ');
}

/** What the node does, without what differs from call to call, and what was answered. */
export function labelOf(node: TraceNode): string {
  const { label } = operationOf(node);
  const { status } = node.doc.http?.response ?? {};
  const parts = node.kind === 'segment' ? [node.name, node.detail, status] : [label, status];
  return cut(parts.filter((part) => part !== undefined && part !== '').join(' '), LONGEST_LABEL);
}

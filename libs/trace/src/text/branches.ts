import { operationOf } from '../operation';
import type { TraceNode, TraceTree } from '../trace-node';

/** A line of the tree: one node, or several below one parent that did the same. */
export interface Branch {
  /** The first of them; its children stand for those of all. */
  node: TraceNode;
  count: number;
  /** Of all of them, in seconds. */
  total: number;
  /** 1 for a root. */
  depth: number;
  children: Branch[];
}

/**
 * The tree with siblings that did the same, and below which the same was done, folded into one
 * branch at the place of the first. What an id or a time tells apart is the same; a fault is not.
 */
export function branchesOf(tree: TraceTree): Branch[] {
  const shapes = shapesOf(tree);
  const roots = fold(tree.roots, shapes, 1);
  const open = [...roots];
  for (let branch = open.pop(); branch; branch = open.pop()) {
    branch.children = fold(branch.node.children, shapes, branch.depth + 1);
    open.push(...branch.children);
  }
  return roots;
}

function fold(nodes: readonly TraceNode[], shapes: Map<TraceNode, number>, depth: number) {
  const branches = new Map<number | undefined, Branch>();
  for (const node of nodes) {
    const branch = branches.get(shapes.get(node));
    if (branch) {
      branch.count++;
      branch.total += node.total;
    } else {
      branches.set(shapes.get(node), { node, count: 1, total: node.total, depth, children: [] });
    }
  }
  return [...branches.values()];
}

/** A number for each node; two nodes have the same when they and all below them did the same. */
function shapesOf(tree: TraceTree): Map<TraceNode, number> {
  const numbers = new Map<string, number>();
  const shapes = new Map<TraceNode, number>();
  for (let at = tree.nodes.length - 1; at >= 0; at--) {
    const node = tree.nodes[at]!;
    const below = node.children.map((child) => shapes.get(child));
    const { status } = node.doc.http?.response ?? {};
    const shape = [operationOf(node).key, node.status, node.inProgress, status, ...below].join(
      '\n',
    );
    let number = numbers.get(shape);
    if (number === undefined) numbers.set(shape, (number = numbers.size));
    shapes.set(node, number);
  }
  return shapes;
}

/**
 * At most `most` branches: those with trouble first, then the longest, each with the branches above
 * it. What is left out is counted, by the branch that it is below.
 */
export function longest(
  roots: readonly Branch[],
  most: number,
): { kept: Set<Branch>; left: Map<Branch | undefined, number> } {
  const parents = new Map<Branch, Branch | undefined>();
  const all: Branch[] = [];
  const open = roots.map((branch) => [branch, undefined] as [Branch, Branch | undefined]).reverse();
  for (let next = open.pop(); next; next = open.pop()) {
    const [branch, parent] = next;
    parents.set(branch, parent);
    all.push(branch);
    for (let at = branch.children.length - 1; at >= 0; at--) {
      open.push([branch.children[at]!, branch]);
    }
  }
  const kept = new Set<Branch>();
  for (const branch of [...all].sort(byWeight)) {
    const room = most - kept.size;
    if (room <= 0) break;
    const path: Branch[] = [];
    let up: Branch | undefined = branch;
    for (; up && !kept.has(up) && path.length <= room; up = parents.get(up)) path.push(up);
    if (path.length <= room) for (const each of path) kept.add(each);
  }
  const left = new Map<Branch | undefined, number>();
  for (const branch of all) {
    if (kept.has(branch)) continue;
    let above = parents.get(branch);
    while (above && !kept.has(above)) above = parents.get(above);
    left.set(above, (left.get(above) ?? 0) + branch.count);
  }
  return { kept, left };
}

function byWeight(a: Branch, b: Branch): number {
  const trouble = Number(b.node.worst !== 'ok') - Number(a.node.worst !== 'ok');
  return trouble || b.total - a.total;
}

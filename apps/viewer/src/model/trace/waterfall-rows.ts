import { severity, type Status, type TraceNode, type TraceTree } from '@nestjs-xray/trace';

/** From this many equal adjacent siblings on, they are folded into one row. */
const FOLD_FROM = 4;

/** In very deep traces, tree lines are only drawn for this many innermost levels. */
export const MOST_GUIDES = 14;

/** What the user has opened, closed and searched for. */
export interface RowView {
  /** Nodes up to this depth are shown; undefined shows all. */
  level?: number | undefined;
  /** Nodes opened (true) or closed (false) by the user, by key. Takes precedence over `level`. */
  toggled: ReadonlyMap<string, boolean>;
  /** Folds opened by the user, by key. */
  unfolded: ReadonlySet<string>;
  /** Seconds. Shorter nodes are left out unless they have errors or faults, match the search, or are selected. */
  minDuration: number;
  /** Nodes that the search found. They are shown even if their parents are closed. */
  hits: ReadonlySet<TraceNode>;
  selected?: TraceNode | undefined;
}

/** How the tree lines run through one level of a row's indentation. */
export type Guide = 'through' | 'branch' | 'last' | 'none';

interface RowBase {
  key: string;
  depth: number;
  guides: Guide[];
  expandable: boolean;
  expanded: boolean;
  /** How many nodes are hidden below it. */
  hidden: number;
  /** The worst status among the hidden ones. */
  worstHidden: Status;
  /** How many siblings there are, and which of them this is, from 1. */
  position: number;
  siblings: number;
}
export interface NodeRow extends RowBase {
  type: 'node';
  node: TraceNode;
}
/** Equal siblings in one row: "48 × SELECT …". */
export interface FoldRow extends RowBase {
  type: 'fold';
  nodes: TraceNode[];
}
export type Row = NodeRow | FoldRow;

export interface Rows {
  rows: Row[];
  /** How many nodes are left out because of `minDuration`. */
  tooShort: number;
}

type Item = { node: TraceNode } | { fold: TraceNode[]; key: string };

/** The key of the fold that starts with `node`. */
export function foldKey(node: TraceNode): string {
  return `fold:${node.key}`;
}

/** Converts the nodes of a tree to the rows of the waterfall. */
export function waterfallRows(tree: TraceTree, view: RowView): Rows {
  return new RowBuilder(tree, view).build();
}

class RowBuilder {
  private readonly rows: Row[] = [];
  /** By index of the node: whether the search found it or a node below it. */
  private readonly leadsToHit: Uint8Array;
  private readonly kept: Uint8Array;
  private tooShort = 0;

  constructor(
    private readonly tree: TraceTree,
    private readonly view: RowView,
  ) {
    const { nodes } = tree;
    this.leadsToHit = new Uint8Array(nodes.length);
    this.kept = new Uint8Array(nodes.length);
    for (let at = nodes.length - 1; at >= 0; at--) {
      const node = nodes[at] as TraceNode;
      const hit = view.hits.has(node);
      if (hit) this.leadsToHit[at] = 1;
      if (hit || node === view.selected || this.isWorthwhile(node)) this.kept[at] = 1;
      if (node.parent) {
        if (this.leadsToHit[at]) this.leadsToHit[node.parent.index] = 1;
        if (this.kept[at]) this.kept[node.parent.index] = 1;
      }
      if (!this.kept[at]) this.tooShort++;
    }
  }

  build(): Rows {
    // An explicit stack instead of recursion, because a trace may be deeper than the call stack allows.
    const open: { item: Item; guides: Guide[]; depth: number; onlyHits: boolean; place: Place }[] =
      [];
    const push = (nodes: TraceNode[], guides: Guide[], depth: number, onlyHits: boolean): void => {
      const items = this.items(nodes, onlyHits);
      for (let at = items.length - 1; at >= 0; at--) {
        const place = { position: at + 1, siblings: items.length };
        const item = items[at] as Item;
        const last = at === items.length - 1;
        open.push({ item, guides: [...guides, last ? 'last' : 'branch'], depth, onlyHits, place });
      }
    };
    push(this.tree.roots, [], 1, false);
    for (let next = open.pop(); next; next = open.pop()) {
      const { item, guides, depth, onlyHits, place } = next;
      const below: Guide[] = guides
        .slice(-MOST_GUIDES)
        .map((guide, at) =>
          at < Math.min(guides.length, MOST_GUIDES) - 1
            ? guide
            : guide === 'branch'
              ? 'through'
              : 'none',
        );
      const shown = depth === 1 ? [] : guides.slice(-Math.min(depth - 1, MOST_GUIDES));
      if ('fold' in item) {
        const expanded = this.view.unfolded.has(item.key);
        this.addFold(item.fold, item.key, { depth, guides: shown, expanded, ...place });
        const some = item.fold.filter((node) => this.leadsToHit[node.index]);
        const partly = some.length > 0 && some.length < item.fold.length;
        if (expanded) push(item.fold.flatMap(one), below, depth + 1, onlyHits);
        else if (partly) push(some, below, depth + 1, true);
        continue;
      }
      const { node } = item;
      const expanded = this.isExpanded(node);
      this.addNode(node, { depth, guides: shown, expanded, ...place });
      if (expanded) push(node.children, below, depth + 1, false);
      else if (node.children.some((child) => this.leadsToHit[child.index])) {
        push(node.children, below, depth + 1, true);
      }
    }
    return { rows: this.rows, tooShort: this.tooShort };
  }

  private isWorthwhile(node: TraceNode): boolean {
    return node.total >= this.view.minDuration || node.status !== 'ok' || node.inProgress;
  }

  private isExpanded(node: TraceNode): boolean {
    const { toggled, level } = this.view;
    return toggled.get(node.key) ?? (level === undefined || node.depth < level);
  }

  /** The siblings, with equal ones folded. */
  private items(siblings: TraceNode[], onlyHits: boolean): Item[] {
    const shown = siblings.filter((node) => (onlyHits ? this.leadsToHit : this.kept)[node.index]);
    if (onlyHits) return shown.map((node) => ({ node }));
    const items: Item[] = [];
    for (let at = 0; at < shown.length;) {
      const first = shown[at] as TraceNode;
      const like = likeness(first);
      let end = at + 1;
      while (end < shown.length && foldable(first) && likeness(shown[end] as TraceNode) === like)
        end++;
      const run = shown.slice(at, end);
      if (run.length >= FOLD_FROM && foldable(first))
        items.push({ fold: run, key: foldKey(first) });
      else items.push(...run.map((node) => ({ node })));
      at = end;
    }
    // The members of an opened fold are passed in again and must not be folded a second time.
    const only = items.length === 1 ? items[0] : undefined;
    if (only && 'fold' in only && this.view.unfolded.has(only.key) && this.isOpenFold(only.key)) {
      return only.fold.map((node) => ({ node }));
    }
    return items;
  }

  private isOpenFold(key: string): boolean {
    const last = this.rows[this.rows.length - 1];
    return last?.type === 'fold' && last.key === key;
  }

  private addNode(
    node: TraceNode,
    base: Place & Pick<RowBase, 'depth' | 'guides' | 'expanded'>,
  ): void {
    const expandable = node.children.length > 0;
    const hidden = base.expanded ? 0 : node.below;
    let worstHidden: Status = 'ok';
    if (hidden) for (const child of node.children) worstHidden = worse(worstHidden, child.worst);
    this.rows.push({
      ...base,
      type: 'node',
      key: node.key,
      node,
      expandable,
      expanded: expandable && base.expanded,
      hidden,
      worstHidden,
    });
  }

  private addFold(
    nodes: TraceNode[],
    key: string,
    base: Place & Pick<RowBase, 'depth' | 'guides' | 'expanded'>,
  ): void {
    const hidden = base.expanded ? 0 : nodes.reduce((sum, node) => sum + node.below + 1, 0);
    this.rows.push({
      ...base,
      type: 'fold',
      key,
      nodes,
      expandable: true,
      hidden,
      worstHidden: 'ok',
    });
  }
}

type Place = Pick<RowBase, 'position' | 'siblings'>;

const one = (node: TraceNode): TraceNode[] => [node];

function worse(a: Status, b: Status): Status {
  return severity(b) > severity(a) ? b : a;
}

/** Whether a node may be folded. Nodes with errors or faults, in progress or waited for keep their own row. */
function foldable(node: TraceNode): boolean {
  return node.worst === 'ok' && !node.inProgress && !node.awaited && node.kind === 'subsegment';
}

/** A text that is equal for siblings that differ only in numbers: `step-1`, `step-2`. */
function likeness(node: TraceNode): string {
  return foldable(node)
    ? `${node.name}\n${node.title}\n${node.detail}`.replace(/\d+/g, '#')
    : node.key;
}

/** The label of equal siblings: the words they share, with * for numbers that differ. */
export function foldLabel(nodes: readonly TraceNode[]): Pick<TraceNode, 'title' | 'detail'> {
  return {
    title: shared(nodes.map((node) => node.title)),
    detail: shared(nodes.map((node) => node.detail)),
  };
}

function shared([first = '', ...others]: string[]): string {
  const numbers = first.match(/\d+/g) ?? [];
  const differ = new Set<number>();
  for (const other of others) {
    if (other === first) continue;
    other.match(/\d+/g)?.forEach((number, at) => number !== numbers[at] && differ.add(at));
  }
  let at = 0;
  return first.replace(/\d+/g, (number) => (differ.has(at++) ? '*' : number));
}

/** The index of the row that shows a node: its own row, or that of its fold. */
export function rowIndexOf(rows: readonly Row[], node: TraceNode): number {
  const own = rows.findIndex((row) => row.type === 'node' && row.node === node);
  if (own >= 0) return own;
  return rows.findIndex((row) => row.type === 'fold' && row.nodes.includes(node));
}

/** The view in which everything that hides `node` is opened. */
export function openedTo(tree: TraceTree, view: RowView, node: TraceNode): RowView {
  const toggled = new Map(view.toggled);
  for (let up = node.parent; up; up = up.parent) toggled.set(up.key, true);
  const opened: RowView = { ...view, toggled, selected: node };
  for (;;) {
    const { rows } = waterfallRows(tree, opened);
    if (rows.some((row) => row.type === 'node' && row.node === node)) return opened;
    const fold = rows.find(
      (row) =>
        row.type === 'fold' && !row.expanded && row.nodes.some((member) => holds(member, node)),
    );
    if (!fold) return opened;
    opened.unfolded = new Set([...opened.unfolded, fold.key]);
  }
}

/** Whether `node` is `ancestor` or below it. */
export function holds(ancestor: TraceNode, node: TraceNode): boolean {
  return node.index >= ancestor.index && node.index <= ancestor.index + ancestor.below;
}

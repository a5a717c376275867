import type { NodeDocument, SegmentDocument, SubsegmentDocument } from '@nestjs-xray/document';
import { isFinal, isSameCall, joinDocuments, withNote } from './join-documents';

export type AnyDocument = SegmentDocument | SubsegmentDocument;

/** The documents of a trace as a tree. The documents themselves are not changed. */
export interface TraceTree {
  /** One segment per id, in order of arrival. */
  segments: SegmentDocument[];
  /** Subsegments sent on their own whose segment has not arrived, with their children below them. */
  orphans: SubsegmentDocument[];
  /** The direct children of a node: those in its document, and those that were sent on their own. */
  childrenOf: (node: NodeDocument) => readonly SubsegmentDocument[];
  /** Whether the segments already contain all subsegments, because none was sent on its own. */
  isNested: boolean;
}

const NONE: readonly SubsegmentDocument[] = [];
const ownChildren = (node: NodeDocument) => node.subsegments ?? NONE;

/**
 * Builds a tree from documents that arrived in any order.
 *
 * Of two documents with the same id, the final one is kept, or else the later one. A subsegment that is embedded in a
 * document and was also sent on its own is one node with what either says. If the two describe different calls, both are
 * in the tree. A loop of parent ids, which only a
 * faulty client creates, is cut at its earliest member.
 */
export function buildTraceTree(documents: readonly AnyDocument[]): TraceTree {
  const segments = new Map<string, SegmentDocument>();
  const alone = new Map<string, SubsegmentDocument>();
  for (const document of documents) {
    if (!isAlone(document)) keepBetter(segments, document);
    else if (holdsSiblings(document))
      for (const each of siblingsIn(document)) keepBetter(alone, each);
    else keepBetter(alone, document);
  }
  if (alone.size === 0) {
    return {
      segments: [...segments.values()],
      orphans: [],
      childrenOf: ownChildren,
      isNested: true,
    };
  }
  return new Stitching(segments, alone).tree();
}

function isAlone(document: AnyDocument): document is SubsegmentDocument {
  return (document as SubsegmentDocument).type === 'subsegment';
}

/** nestjs-xray sends small subsegments with the same parent together, inside a subsegment created for this purpose. */
function holdsSiblings({ metadata }: NodeDocument): boolean {
  return typeof metadata?.nestjs_xray?.siblings === 'number';
}

function siblingsIn({ trace_id, parent_id, subsegments = [] }: SubsegmentDocument) {
  return subsegments.map((each) => ({ ...each, type: 'subsegment' as const, trace_id, parent_id }));
}

function keepBetter<T extends NodeDocument>(kept: Map<string, T>, document: T): void {
  const other = kept.get(document.id);
  if (!other || isFinal(document) || !isFinal(other)) kept.set(document.id, document);
}

/** Visits nodes and everything below them without recursion, because clients may nest them to any depth. */
export function walk(
  from: Iterable<NodeDocument>,
  childrenOf: (node: NodeDocument) => readonly SubsegmentDocument[],
  visit: (node: NodeDocument) => void,
): void {
  const stack = [...from];
  for (let node = stack.pop(); node; node = stack.pop()) {
    visit(node);
    for (const child of childrenOf(node)) stack.push(child);
  }
}

class Stitching {
  private readonly childrenSentAlone = new Map<string, SubsegmentDocument[]>();
  /** What stands in place of embedded subsegments that were also sent on their own. */
  private readonly joined = new Map<NodeDocument, SubsegmentDocument>();
  /** Keyed by node, not by id: a repeated id must not put a subsegment in two places, or into itself. */
  private readonly placed = new Map<NodeDocument, readonly SubsegmentDocument[]>();
  private readonly reached = new Set<NodeDocument>();

  constructor(
    private readonly segments: Map<string, SegmentDocument>,
    private readonly alone: Map<string, SubsegmentDocument>,
  ) {}

  tree(): TraceTree {
    this.joinEmbedded();
    for (const each of this.alone.values()) {
      const siblings = this.childrenSentAlone.get(each.parent_id ?? '');
      if (siblings) siblings.push(each);
      else this.childrenSentAlone.set(each.parent_id ?? '', [each]);
    }
    this.place(this.segments.values());
    const orphans = this.placeOrphans();
    return {
      segments: [...this.segments.values()],
      orphans,
      childrenOf: (node) => this.placed.get(node) ?? ownChildren(node),
      isNested: false,
    };
  }

  /** A final segment often contains subsegments that were sent earlier on their own: the two become one. */
  private joinEmbedded(): void {
    for (const id of this.segments.keys()) this.alone.delete(id);
    const others = new Map<string, string>();
    for (const top of [...this.alone.values(), ...this.segments.values()]) {
      const isJoined = isAlone(top) && !this.alone.has(top.id);
      if (isJoined) continue;
      walk(top.subsegments ?? NONE, ownChildren, (node) => {
        const same = this.alone.get(node.id);
        if (!same || same.id === top.id) return;
        if (!isSameCall(node, same)) {
          others.set(node.id, node.name);
          return;
        }
        this.alone.delete(node.id);
        this.joined.set(node, joinDocuments(node as SubsegmentDocument, same));
        this.setApart(same);
      });
    }
    for (const [id, name] of others) {
      const same = this.alone.get(id);
      if (same) this.alone.set(id, withNote(same, 'same_id', `${name} has the same id`));
    }
  }

  /** Treats the children of a subsegment as if they too had been sent on their own. */
  private setApart(parent: SubsegmentDocument): void {
    const { trace_id } = parent;
    const parents = [parent];
    for (let from = parents.pop(); from; from = parents.pop()) {
      for (const each of from.subsegments ?? NONE) {
        const said = this.joined.get(each) ?? each;
        const child = { ...said, type: 'subsegment' as const, trace_id, parent_id: from.id };
        const known = this.alone.get(child.id);
        if (!known) this.alone.set(child.id, child);
        else if (isSameCall(child, known)) {
          this.alone.set(child.id, joinDocuments(known, child));
          parents.push(child);
        } else this.alone.set(`${child.id} below ${from.id}`, child);
      }
    }
  }

  /** Places everything below these nodes, each subsegment exactly once. */
  private place(from: Iterable<NodeDocument>): void {
    const settle = (node: NodeDocument): readonly SubsegmentDocument[] => {
      this.reached.add(node);
      const waiting = this.childrenSentAlone
        .get(node.id)
        ?.filter((each) => !this.reached.has(each));
      waiting?.forEach((each) => this.reached.add(each));
      let children = ownChildren(node);
      if (this.joined.size > 0) {
        children = children.map((each) => this.joined.get(each) ?? each);
      }
      if (waiting?.length) children = [...children, ...waiting];
      this.placed.set(node, children);
      return children;
    };
    walk(from, settle, () => undefined);
  }

  private placeOrphans(): SubsegmentDocument[] {
    const left = [...this.alone.values()].filter((each) => !this.reached.has(each));
    const known = new Set<string>();
    walk(left, ownChildren, (node) => known.add(node.id));
    const orphans = left.filter((each) => !known.has(each.parent_id ?? ''));
    this.place(orphans);
    // Whatever is not reached yet belongs to a loop: cut it at its earliest member, and repeat.
    for (const each of left.sort((a, b) => a.start_time - b.start_time)) {
      if (this.reached.has(each)) continue;
      orphans.push(each);
      this.place([each]);
    }
    return orphans;
  }
}

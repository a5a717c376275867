import type { SegmentDocument, SubsegmentDocument } from '@nestjs-xray/document';
import { type AnyDocument, buildTraceTree, type TraceTree } from './trace-tree';

export interface StitchedTrace {
  segments: SegmentDocument[];
  /** Subsegments sent alone whose parent has not arrived. */
  orphans: SubsegmentDocument[];
}

/** Deeper trees are cut, and the rest shown as orphans: nobody could draw them, nor could JSON carry them. */
const MAX_DEPTH = 600;

/**
 * Nests a trace's documents, subsegments that were sent alone within their parents: in copies. Where there
 * are none, the documents are given back themselves.
 */
export function stitch(documents: readonly AnyDocument[]): StitchedTrace {
  const tree = buildTraceTree(documents);
  if (tree.whole) return { segments: [...tree.segments].sort(byStart), orphans: [] };
  const cut: SubsegmentDocument[] = [];
  const nest = <T extends AnyDocument>(roots: T[]): T[] =>
    roots.map((root) => copy(root, tree, cut));
  const segments = nest(tree.segments).sort(byStart);
  const orphans = nest(tree.orphans);
  // What was cut is nested in its turn, and may be cut again.
  for (let next = cut.pop(); next; next = cut.pop()) orphans.push(copy(next, tree, cut));
  return { segments, orphans: orphans.sort(byStart) };
}

function byStart(a: AnyDocument, b: AnyDocument): number {
  return a.start_time - b.start_time;
}

function copy<T extends AnyDocument>(root: T, tree: TraceTree, cut: SubsegmentDocument[]): T {
  const top = { ...root };
  let level: { node: AnyDocument; into: AnyDocument }[] = [{ node: root, into: top }];
  for (let depth = 1; level.length > 0; depth++) {
    const next: typeof level = [];
    for (const { node, into } of level) {
      const children = tree.childrenOf(node);
      if (children.length === 0) continue;
      if (depth === MAX_DEPTH) {
        cut.push(...children);
        delete into.subsegments;
        continue;
      }
      into.subsegments = children.map((child) => {
        const into = { ...child };
        next.push({ node: child, into });
        return into;
      });
    }
    level = next;
  }
  return top;
}

import type { SegmentDocument, SubsegmentDocument } from '@nestjs-xray/document';
import { type AnyDocument, buildTraceTree, type TraceTree } from './trace-tree';

export interface StitchedTrace {
  segments: SegmentDocument[];
  /** Subsegments sent on their own whose parent has not arrived. */
  orphans: SubsegmentDocument[];
}

/** Deeper trees are cut, and the rest becomes orphans, because JSON.stringify and the viewer recurse per level. */
const MAX_DEPTH = 600;

/**
 * Nests subsegments that were sent on their own below their parents, in copies of the documents. If there are none, the
 * documents themselves are returned.
 */
export function stitch(documents: readonly AnyDocument[]): StitchedTrace {
  return stitchTree(buildTraceTree(documents));
}

/** Like {@link stitch}, for a tree that is built already. */
export function stitchTree(tree: TraceTree): StitchedTrace {
  if (tree.isNested) return { segments: [...tree.segments].sort(byStart), orphans: [] };
  const cut: SubsegmentDocument[] = [];
  const nest = <T extends AnyDocument>(roots: T[]): T[] =>
    roots.map((root) => copy(root, tree, cut));
  const segments = nest(tree.segments).sort(byStart);
  const orphans = nest(tree.orphans);
  // The parts that were cut off are nested too, and may be cut again.
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

import type { Hue, TraceTree } from '@nestjs-xray/trace';
import { startsFault } from './starts-fault';

/** A period in which one kind of work ran, in seconds since the start of the trace. */
export interface StripPiece {
  from: number;
  until: number;
  /** `f` if a fault started here. */
  hue: Hue | 'f';
}

/**
 * A trace on one line: at each moment, the kind of the leaf node that started last. Adjacent pieces of the same kind
 * with less than `close` seconds between them are merged.
 *
 * @param until later work is left out
 * @param until what goes on later is left out.
 */
export function stripOf(tree: TraceTree, close: number, until = tree.duration): StripPiece[] {
  const pieces: StripPiece[] = [];
  const leaves = tree.nodes
    .filter(
      (node) => startsFault(node) || (node.children.length === 0 && node.kind === 'subsegment'),
    )
    .flatMap((node) => {
      const hue = startsFault(node) ? ('f' as const) : node.hue;
      return node.selfPieces.map(([from, end]) => ({ from, until: Math.min(end, until), hue }));
    })
    .sort((a, b) => a.from - b.from);
  for (const leaf of leaves) {
    const last = pieces[pieces.length - 1];
    if (last && last.hue === leaf.hue && leaf.from - last.until <= close) {
      last.until = Math.max(last.until, leaf.until);
      continue;
    }
    if (last && last.until > leaf.from) last.until = leaf.from;
    pieces.push({ ...leaf });
  }
  return pieces.filter(({ from, until }) => until > from);
}

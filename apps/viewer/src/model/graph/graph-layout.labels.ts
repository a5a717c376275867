import type { GraphLayout, PlacedNode, Point } from './graph-layout';
import type { DrawnEdge } from './graph-layout.edge';
import type { Sizes } from './graph-layout.sizes';

/** Half the size of an edge's label: `371/min 3.20 ms`. */
const HALF = { x: 52, y: 9 };
/** Positions along a line to try, the middle first. */
const PLACES = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8];
/** The costs of covering another label, a node with its name, or another edge, and of leaving the middle. */
const COST = { label: 1_000, node: 300, line: 40, away: 1 };

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/**
 * Places the labels of the edges in `labelled`, in its order. The result is the middle of each. A label lies on its
 * line, at the position where it covers least of other labels, nodes and lines.
 *
 * @param unscaled how much larger than the map the labels are drawn
 * @param sparing leaves out a label that would cover one placed before it
 */
export function placeLabels(
  { nodes, edges }: Pick<GraphLayout, 'nodes' | 'edges'>,
  labelled: ReadonlySet<string>,
  sizes: Sizes,
  unscaled = 1,
  sparing = false,
): Map<string, Point> {
  const half = { x: HALF.x * unscaled, y: HALF.y * unscaled };
  const taken: Box[] = [];
  const blocked = nodes.flatMap((node) => boxesOf(node, sizes));
  const places = new Map<string, Point>();
  const byId = new Map(edges.map((edge) => [edge.id, edge]));
  for (const id of labelled) {
    const edge = byId.get(id);
    if (!edge) continue;
    let best: { at: Point; box: Box; cost: number } | undefined;
    for (const [step, place] of PLACES.entries()) {
      const at = pointOf(edge, place, half.y);
      const box = around(at, half);
      const cost =
        COST.away * step +
        COST.label * taken.filter((other) => meet(box, other)).length +
        COST.node * blocked.filter((other) => meet(box, other)).length +
        COST.line * edges.filter((other) => other !== edge && runsThrough(other, box)).length;
      if (!best || cost < best.cost) best = { at, box, cost };
    }
    if (sparing && best!.cost >= COST.label) continue;
    taken.push(best!.box);
    places.set(edge.id, best!.at);
  }
  return places;
}

function pointOf({ points }: DrawnEdge, place: number, half: number): Point {
  const at = points[Math.round(place * (points.length - 1))]!;
  const [first, last] = [points[0]!, points[points.length - 1]!];
  const level = Math.abs(last.y - first.y) < 0.15 * Math.abs(last.x - first.x);
  // On a horizontal line the label is placed above it, so that it covers nothing.
  return { x: Math.round(at.x), y: Math.round(at.y - (level ? half + 3 : 0)) };
}

function around({ x, y }: Point, half: Point): Box {
  return { left: x - half.x, right: x + half.x, top: y - half.y, bottom: y + half.y };
}

function meet(a: Box, b: Box): boolean {
  return a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
}

/** The circle, and the name beside it. */
function boxesOf(node: PlacedNode, { label }: Sizes): Box[] {
  const { x, y, r } = node;
  const circle = { left: x - r, right: x + r, top: y - r, bottom: y + r };
  if (node.label === 'right') {
    const right = x + r + 8;
    return [circle, { left: right, right: right + label.narrow, top: y - r, bottom: y + r }];
  }
  const half = label.width / 3;
  const below = node.label === 'below';
  const top = below ? y + r : y - r - label.height - 6;
  return [circle, { left: x - half, right: x + half, top, bottom: top + label.height + 6 }];
}

function runsThrough({ points }: DrawnEdge, box: Box): boolean {
  return points.some(
    ({ x, y }) => x > box.left && x < box.right && y > box.top - 2 && y < box.bottom + 2,
  );
}

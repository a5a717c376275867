import type { PlacedNode, Point } from './graph-layout';
import type { Sizes } from './graph-layout.sizes';

export interface DrawnEdge {
  id: string;
  /** The `d` of an SVG path, from the rim of one circle to the rim of the other. */
  path: string;
  /** The tip of its arrow, and the direction in degrees clockwise from the right. */
  tip: Point & { angle: number };
  /** Points of the line, beginning at its start. */
  points: readonly Point[];
}

/** Number of points per line. The sections between them are checked for overlaps. */
const POINTS = 25;
/** The share of the maximum width that most names take up. */
const NAME_SHARE = 1 / 3;
const GAP = { start: 6, end: 8 };

/**
 * Draws a straight line from rim to rim. If it would run through another node, or over the edge in the opposite
 * direction, the line is curved. From a node to itself it is a loop.
 */
export function drawEdge(
  id: string,
  from: PlacedNode,
  to: PlacedNode,
  around: { answered: boolean; nodes: Iterable<PlacedNode>; sizes: Sizes; room: Room },
): DrawnEdge {
  if (from === to) return drawLoop(id, from);
  const nodes = [...around.nodes];
  const others = nodes.filter((node) => node !== from && node !== to);
  const bows = around.answered ? [28, 64, 110] : [0, 28, -28, 56, -56, 100, -100, 150, -150];
  const all = bows.map((bow) => curve(from, to, bow));
  const inside = all.filter((points) => isInside(points, around.room));
  const curves = inside.length > 0 ? inside : all;
  const clear = (within: (points: Curve, node: PlacedNode) => boolean): Curve | undefined =>
    curves.find((points) => !others.some((node) => within(points, node)));
  // Crossing a name is better than crossing a circle, and a straight line without either is best.
  const points =
    clear((at, node) => touches(at, node) || strikes(at, node, around.sizes)) ??
    clear(touches) ??
    curves[0]!;
  const [start, control, end] = points;
  const angle = (Math.atan2(end.y - control.y, end.x - control.x) * 180) / Math.PI;
  return {
    id,
    path: `M${round(start)} Q${round(control)} ${round(end)}`,
    tip: { ...end, angle: Math.round(angle) },
    points: Array.from({ length: POINTS }, (_, at) => pointAt(points, at / (POINTS - 1))),
  };
}

interface Room {
  width: number;
  height: number;
}

function isInside(points: Curve, { width, height }: Room): boolean {
  const middle = pointAt(points, 0.5);
  return middle.x > 0 && middle.y > 0 && middle.x < width && middle.y < height;
}

type Curve = [start: Point, control: Point, end: Point];

/** A quadratic curve whose middle is `bow` pixels left of the straight line. */
function curve(from: PlacedNode, to: PlacedNode, bow: number): Curve {
  const length = Math.max(1, Math.hypot(to.x - from.x, to.y - from.y));
  const across = { x: (to.y - from.y) / length, y: -(to.x - from.x) / length };
  const control = {
    x: (from.x + to.x) / 2 + across.x * bow * 2,
    y: (from.y + to.y) / 2 + across.y * bow * 2,
  };
  return [
    towards(from, control, from.r + GAP.start),
    control,
    towards(to, control, to.r + GAP.end),
  ];
}

function towards(from: Point, to: Point, distance: number): Point {
  const length = Math.max(1, Math.hypot(to.x - from.x, to.y - from.y));
  // Not beyond the other end of a line between two circles that nearly touch.
  const share = Math.min(0.9, distance / length);
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function pointAt([a, b, c]: Curve, t: number): Point {
  const u = 1 - t;
  return {
    x: u * u * a.x + 2 * u * t * b.x + t * t * c.x,
    y: u * u * a.y + 2 * u * t * b.y + t * t * c.y,
  };
}

function touches(points: Curve, node: PlacedNode): boolean {
  for (let t = 0.05; t < 1; t += 0.05) {
    const at = pointAt(points, t);
    if (Math.hypot(at.x - node.x, at.y - node.y) < node.r + 12) return true;
  }
  return false;
}

/** Whether the line runs through the name of a node. */
function strikes(points: Curve, node: PlacedNode, { label }: Sizes): boolean {
  if (node.label === 'right') return false;
  const side = node.label === 'below' ? 1 : -1;
  for (let t = 0.05; t < 1; t += 0.025) {
    const at = pointAt(points, t);
    const away = (at.y - node.y) * side;
    if (
      Math.abs(at.x - node.x) < label.width * NAME_SHARE &&
      away > node.r &&
      away < node.r + label.height + 4
    ) {
      return true;
    }
  }
  return false;
}

function drawLoop(id: string, node: PlacedNode): DrawnEdge {
  const reach = node.r + 34;
  const start = { x: node.x + node.r * 0.5, y: node.y - node.r * 0.9 - 4 };
  const end = { x: node.x + node.r * 0.9 + 6, y: node.y - node.r * 0.5 };
  const first = { x: node.x + reach * 0.6, y: node.y - reach * 1.3 };
  const second = { x: node.x + reach * 1.5, y: node.y - reach * 0.8 };
  const angle = (Math.atan2(end.y - second.y, end.x - second.x) * 180) / Math.PI;
  return {
    id,
    path: `M${round(start)} C${round(first)} ${round(second)} ${round(end)}`,
    tip: { ...end, angle: Math.round(angle) },
    // The label is placed at the far end of the loop.
    points: [{ x: Math.round(node.x + reach * 1.1), y: Math.round(node.y - reach * 1.15) }],
  };
}

function round({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}

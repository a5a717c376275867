import { Graph, layout } from '@dagrejs/dagre';
import type { LayoutInput, PlacedNode, Point } from './graph-layout';
import type { Sizes } from './graph-layout.sizes';
import { relax, type RankItem } from './graph-layout.relax';

type Edges = LayoutInput['edges'];
type Places = Map<string, Point>;

/** Graphs with more nodes are laid out only once, because every attempt takes the same time. */
const MANY = 60;
/** The costs of a crossing, and of a line through a node, in pixels of line. */
const CROSSING = 400;
const THROUGH = 600;
/** Pixels between boxes, across the ranks. */
const GAP = 4;

/**
 * The middles of the boxes. dagre computes the ranks and improves on the order of the nodes that it is given. Several
 * orders are tried, and the result with the shortest lines and fewest crossings is used.
 */
export function bestRanks(nodes: PlacedNode[], edges: Edges, down: boolean, sizes: Sizes): Places {
  const backwards = [...nodes].reverse();
  const orders = [
    { nodes, edges },
    { nodes: backwards, edges: [...edges].reverse() },
    { nodes: backwards, edges },
  ];
  let best = { places: new Map<string, Point>(), cost: Infinity };
  for (const order of nodes.length > MANY ? orders.slice(0, 1) : orders) {
    const places = ranks(order.nodes, order.edges, down, sizes);
    const cost = costOf(places, edges, sizes);
    if (cost < best.cost - 1) best = { places, cost };
  }
  return best.places;
}

function ranks(nodes: PlacedNode[], edges: Edges, down: boolean, sizes: Sizes): Places {
  const graph = new Graph();
  graph.setGraph({
    rankdir: down ? 'TB' : 'LR',
    nodesep: GAP,
    ranksep: down ? 56 : sizes.rankGap,
    edgesep: 16,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.id, box(down, node.label, sizes));
  for (const edge of edges) graph.setEdge(edge.from, edge.to, {});
  layout(graph);
  const places: Places = new Map(
    nodes.map(({ id }) => {
      const { x, y } = graph.node(id) as unknown as Point;
      return [id, { x, y }];
    }),
  );
  const lanes = edges.map(({ from, to }) => ({
    from,
    to,
    points: (graph.edge(from, to) as { points?: Point[] }).points ?? [],
  }));
  straighten(nodes, lanes, places, down, sizes);
  return places;
}

/** The coordinate along the ranks, in either direction of the layout. */
const along = (point: Point, down: boolean): number => Math.round(down ? point.y : point.x);
const across = (point: Point, down: boolean): number => (down ? point.x : point.y);

/** Keeps dagre's ranks and orders, including lanes for lines that pass a rank, and moves everything together. */
function straighten(
  nodes: PlacedNode[],
  lines: { from: string; to: string; points: Point[] }[],
  places: Places,
  down: boolean,
  sizes: Sizes,
): void {
  const byRank = new Map<number, RankItem[]>();
  const items = new Map<string, RankItem>();
  for (const node of nodes) {
    const at = places.get(node.id)!;
    const { width, height } = box(down, node.label, sizes);
    const item = {
      id: node.id,
      at: across(at, down),
      size: down ? width : height,
      neighbours: [],
    };
    items.set(node.id, item);
    const rank = along(at, down);
    byRank.set(rank, [...(byRank.get(rank) ?? []), item]);
  }
  for (const { from, to, points } of lines) {
    let last = items.get(from)!;
    for (const point of points.slice(1, -1)) {
      const rank = byRank.get(along(point, down));
      if (!rank) continue;
      const lane: RankItem = { id: '', at: across(point, down), size: sizes.lane, neighbours: [] };
      rank.push(lane);
      join(last, lane);
      last = lane;
    }
    join(last, items.get(to)!);
  }
  const inOrder = [...byRank].sort(([a], [b]) => a - b).map(([, rank]) => rank);
  for (const rank of inOrder) rank.sort((a, b) => a.at - b.at);
  relax(inOrder, GAP);
  for (const [id, item] of items) {
    const at = places.get(id)!;
    if (down) at.x = item.at;
    else at.y = item.at;
  }
}

function join(a: RankItem, b: RankItem): void {
  a.neighbours.push(b);
  b.neighbours.push(a);
}

/** The space for the largest circle and its name. */
function box(
  down: boolean,
  side: PlacedNode['label'],
  { maxRadius, label, above }: Sizes,
): { width: number; height: number } {
  const circle = 2 * maxRadius;
  if (!down) {
    return {
      width: Math.max(circle, label.width),
      height: circle + (above ? 2 : 1) * (label.height + 6),
    };
  }
  if (side === 'right') return { width: circle + 8 + label.narrow, height: circle + 8 };
  return { width: Math.max(circle, label.narrow), height: circle + label.height + 6 };
}

function costOf(places: Places, edges: Edges, { maxRadius }: Sizes): number {
  const lines = edges.map(({ from, to }) => [places.get(from)!, places.get(to)!] as const);
  let cost = 0;
  for (const [at, [a, b]] of lines.entries()) {
    cost += Math.hypot(b.x - a.x, b.y - a.y);
    for (const place of places.values()) {
      if (place !== a && place !== b && distance(place, a, b) < maxRadius) cost += THROUGH;
    }
    for (const [c, d] of lines.slice(at + 1)) {
      if (a !== c && a !== d && b !== c && b !== d && cross(a, b, c, d)) cost += CROSSING;
    }
  }
  return cost;
}

/** The distance of a point from the line between two others. */
function distance(point: Point, a: Point, b: Point): number {
  const length = Math.max(1, (b.x - a.x) ** 2 + (b.y - a.y) ** 2);
  const share = ((point.x - a.x) * (b.x - a.x) + (point.y - a.y) * (b.y - a.y)) / length;
  const t = Math.min(1, Math.max(0, share));
  return Math.hypot(point.x - a.x - t * (b.x - a.x), point.y - a.y - t * (b.y - a.y));
}

function cross(a: Point, b: Point, c: Point, d: Point): boolean {
  const side = (p: Point, q: Point, r: Point): number =>
    Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
  return side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);
}

/** Computes the positions of the nodes and the lines of the edges of a service map, in pixels. */
import { drawEdge, type DrawnEdge } from './graph-layout.edge';
import { intoColumns } from './graph-layout.columns';
import { bestRanks } from './graph-layout.ranks';
import { COMPACT, ROOMY, type Sizes } from './graph-layout.sizes';

export interface Point {
  x: number;
  y: number;
}

export interface PlacedNode extends Point {
  id: string;
  /** Radius of the circle whose centre is `x`, `y`. */
  r: number;
  /** Where its name is placed, so that the fewest edges cross it. */
  label: 'above' | 'below' | 'right';
}

export interface GraphLayout {
  width: number;
  height: number;
  nodes: PlacedNode[];
  edges: DrawnEdge[];
}

export interface LayoutInput {
  nodes: { id: string; weight: number }[];
  edges: { id: string; from: string; to: string }[];
}

export interface LayoutOptions {
  /** Whether callers are to the left of the nodes they call, or above them. */
  direction: 'right' | 'down';
  /** The available space. A smaller graph is spread over it, a larger one overflows. */
  width: number;
  height: number;
  /** Smaller circles with names only, so that more of them fit. */
  compact?: boolean;
}

const MARGIN = 24;
/** Spare space moves nodes apart by at most this factor. */
const MAX_SPREAD = 1.7;
/** If space is short, nodes of a map from left to right move together, down to this factor. */
const MIN_SPREAD = 0.74;

/**
 * Lays out the map with dagre's layered algorithm. The same nodes and edges, in any order, get the same positions.
 * Traffic changes only the radius of a node, so that live updates move nothing.
 */
export function layoutGraph(input: LayoutInput, options: LayoutOptions): GraphLayout {
  const down = options.direction === 'down';
  const sizes = options.compact ? COMPACT : ROOMY;
  const calls = new Set(
    input.edges.filter((edge) => edge.from !== edge.to).map((edge) => edge.from),
  );
  const heaviest = Math.max(1, ...input.nodes.map((node) => node.weight));
  const nodes = sorted(input.nodes).map((node): PlacedNode => {
    const r = radius(node.weight, heaviest, sizes);
    // Edges leave downwards and would cross a name below the circle.
    return { id: node.id, x: 0, y: 0, r, label: down && calls.has(node.id) ? 'right' : 'below' };
  });
  const placed = new Map(nodes.map((node) => [node.id, node]));
  const edges = sorted(input.edges).filter(
    (edge) => edge.from !== edge.to && placed.has(edge.from) && placed.has(edge.to),
  );
  const places = bestRanks(nodes, edges, down, sizes);
  if (options.compact && !down) intoColumns(places, sizes, options.height);
  for (const [id, at] of places) {
    const node = placed.get(id)!;
    // In the box of a node and its name, the circle is at the near end.
    node.x = at.x - (node.label === 'right' ? (sizes.label.narrow + 8) / 2 : 0);
    const oneSided = (down || !sizes.above) && node.label === 'below';
    node.y = at.y - (oneSided ? (sizes.label.height + 6) / 2 : 0);
  }
  const { squeezed, ...size } = fit(nodes, down, options, sizes);
  // If nodes were moved together, two names between the same circles would overlap.
  if (!down && !squeezed && sizes.above) {
    for (const node of nodes) node.label = freerSide(node, input.edges, placed);
  }
  return { ...size, nodes, edges: drawEdges(input.edges, placed, sizes, size) };
}

function radius(weight: number, heaviest: number, { minRadius, maxRadius }: Sizes): number {
  const share = Math.log1p(Math.max(0, weight)) / Math.log1p(heaviest);
  return Math.round(minRadius + (maxRadius - minRadius) * share);
}

function sorted<T extends { id: string }>(items: T[]): T[] {
  return [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Moves the nodes to positive coordinates, and apart if there is space. Returns the total size. */
function fit(nodes: PlacedNode[], down: boolean, options: LayoutOptions, sizes: Sizes) {
  const r = sizes.maxRadius;
  const below = sizes.label.height + 6;
  const reach = nodes.map(({ label }) => {
    const half = Math.max(r, (down ? sizes.label.narrow : sizes.label.width) / 2);
    const beside = label === 'right';
    return {
      left: beside ? r : half,
      right: beside ? r + 8 + sizes.label.narrow : half,
      top: r + (down || !sizes.above ? 0 : below),
      bottom: r + (beside ? 0 : below),
    };
  });
  let squeezed = false;
  const axis = (
    key: 'x' | 'y',
    before: 'left' | 'top',
    after: 'right' | 'bottom',
    room: number,
  ) => {
    if (nodes.length === 0) return 2 * MARGIN;
    const first = Math.min(...nodes.map((node) => node[key]));
    const last = Math.max(...nodes.map((node) => node[key]));
    const edge0 = Math.max(...reach.map((part, i) => part[before] - (nodes[i]![key] - first)));
    const edge1 = Math.max(...reach.map((part, i) => part[after] - (last - nodes[i]![key])));
    const free = room - 2 * MARGIN - edge0 - edge1;
    const least = down || !sizes.above ? 1 : MIN_SPREAD;
    const spread = last > first ? Math.min(MAX_SPREAD, Math.max(least, free / (last - first))) : 1;
    if (key === 'y') squeezed = spread < 1;
    const used = 2 * MARGIN + edge0 + edge1 + (last - first) * spread;
    const start = MARGIN + edge0 + Math.max(0, (room - used) / 2);
    for (const node of nodes) node[key] = Math.round(start + (node[key] - first) * spread);
    return Math.max(room, Math.ceil(used));
  };
  const width = axis('x', 'left', 'right', options.width);
  const height = axis('y', 'top', 'bottom', options.height);
  return { width, height, squeezed };
}

/** The side of a node towards which fewer edges leave, for its name. */
function freerSide(
  node: PlacedNode,
  edges: LayoutInput['edges'],
  placed: Map<string, PlacedNode>,
): 'above' | 'below' {
  let downward = 0;
  for (const edge of edges) {
    const other = edge.from === node.id ? edge.to : edge.to === node.id ? edge.from : undefined;
    const at = other === undefined ? undefined : placed.get(other);
    if (!at || at.id === node.id) continue;
    const slope = (at.y - node.y) / Math.max(1, Math.abs(at.x - node.x));
    if (Math.abs(slope) > 0.15) downward += Math.sign(slope);
  }
  return downward > 0 ? 'above' : 'below';
}

function drawEdges(
  edges: LayoutInput['edges'],
  placed: Map<string, PlacedNode>,
  sizes: Sizes,
  room: { width: number; height: number },
): DrawnEdge[] {
  const pairs = new Set(edges.map((edge) => `${edge.from}\n${edge.to}`));
  const drawn: DrawnEdge[] = [];
  for (const edge of edges) {
    const from = placed.get(edge.from);
    const to = placed.get(edge.to);
    if (!from || !to) continue;
    const answered = from !== to && pairs.has(`${edge.to}\n${edge.from}`);
    drawn.push(drawEdge(edge.id, from, to, { answered, nodes: placed.values(), sizes, room }));
  }
  return drawn;
}

import { layoutGraph, type LayoutInput, type LayoutOptions } from './graph-layout';
import { placeLabels } from './graph-layout.labels';
import { COMPACT, ROOMY } from './graph-layout.sizes';

const chain = (...ids: string[]): LayoutInput => ({
  nodes: ids.map((id, index) => ({ id, weight: 10 * (index + 1) })),
  edges: ids
    .slice(1)
    .map((id, index) => ({ id: `${ids[index]}→${id}`, from: ids[index]!, to: id })),
});
const right = { direction: 'right' as const, width: 1000, height: 600 };
const down = { direction: 'down' as const, width: 400, height: 700 };

/** Where the labels of all edges stand. */
const labelsOf = (input: LayoutInput, options: LayoutOptions) => {
  const layout = layoutGraph(input, options);
  const all = new Set(input.edges.map(({ id }) => id));
  return {
    ...layout,
    labels: placeLabels(layout, all, options.compact ? COMPACT : ROOMY),
  };
};

const star: LayoutInput = {
  nodes: ['hub', ...'abcdefgh'].map((id) => ({ id, weight: 5 })),
  edges: [...'abcdefgh'].map((id) => ({ id, from: 'hub', to: id })),
};

/** Two callers of the same two. */
const crossing: LayoutInput = {
  nodes: [...'abxy'].map((id) => ({ id, weight: 5 })),
  edges: ['ax', 'ay', 'bx', 'by'].map((id) => ({ id, from: id[0]!, to: id[1]! })),
};

describe('the layout of a service map', () => {
  it('puts called nodes to the right of their callers, on one line in a chain', () => {
    const { nodes } = layoutGraph(chain('a', 'b', 'c'), right);
    expect(nodes[0]!.x).toBeLessThan(nodes[1]!.x);
    expect(nodes[1]!.x).toBeLessThan(nodes[2]!.x);
    expect(new Set(nodes.map((node) => node.y)).size).toBe(1);
  });

  it('puts called nodes below if the page is narrow', () => {
    const { nodes, width } = layoutGraph(chain('a', 'b', 'c'), down);
    expect(nodes[0]!.y).toBeLessThan(nodes[1]!.y);
    expect(nodes[1]!.y).toBeLessThan(nodes[2]!.y);
    expect(width).toBe(400);
  });

  it.each([right, down])('keeps every circle inside and apart from the others (%o)', (options) => {
    const { nodes, width, height } = layoutGraph(star, options);
    for (const node of nodes) {
      expect(node.x - node.r).toBeGreaterThanOrEqual(0);
      expect(node.y - node.r).toBeGreaterThanOrEqual(0);
      expect(node.x + node.r).toBeLessThanOrEqual(width);
      expect(node.y + node.r).toBeLessThanOrEqual(height);
      for (const other of nodes) {
        if (other === node) continue;
        expect(Math.hypot(other.x - node.x, other.y - node.y)).toBeGreaterThan(other.r + node.r);
      }
    }
  });

  it('exceeds the available space rather than let names overlap', () => {
    expect(layoutGraph(star, { ...right, height: 200 }).height).toBeGreaterThan(600);
  });

  it('puts all names below if nodes are closer than two names', () => {
    const { nodes } = layoutGraph(star, { ...right, height: 200 });
    expect(new Set(nodes.map((node) => node.label))).toEqual(new Set(['below']));
  });

  it('draws busier nodes larger', () => {
    const { nodes } = layoutGraph(chain('a quiet one', 'busy'), right);
    expect(nodes[1]!.r).toBeGreaterThan(nodes[0]!.r);
  });

  it('ends an edge at the rim, with the tip towards its node', () => {
    const { nodes, edges } = layoutGraph(chain('a', 'b'), right);
    const [, b] = nodes;
    expect(edges[0]!.tip.angle).toBe(0);
    expect(edges[0]!.tip.x).toBeCloseTo(b!.x - b!.r - 8);
    expect(edges[0]!.tip.y).toBeCloseTo(b!.y);
  });

  it.each([right, { ...down, height: 0 }, { ...down, height: 0, compact: true }])(
    'ends no arrow below the circle it points at (%o)',
    (options) => {
      const called = ['a', 'b', 'c'];
      const input: LayoutInput = {
        nodes: ['hub', ...called].map((id) => ({ id, weight: 5 })),
        edges: called.map((id) => ({ id, from: 'hub', to: id })),
      };
      const { nodes, edges } = layoutGraph(input, options);
      for (const { id, tip } of edges) {
        const { x, y, r } = nodes.find((node) => node.id === id)!;
        expect(Math.hypot(tip.x - x, tip.y - y)).toBeCloseTo(r + 8, 0);
      }
    },
  );

  it('curves two edges between the same nodes away from each other', () => {
    const input = chain('a', 'b');
    input.edges.push({ id: 'back', from: 'b', to: 'a' });
    const { labels } = labelsOf(input, right);
    expect(Math.abs(labels.get('a→b')!.y - labels.get('back')!.y)).toBeGreaterThan(20);
  });

  it('leads an edge around a node in its way', () => {
    const input = chain('a', 'b', 'c');
    input.edges.push({ id: 'over', from: 'a', to: 'c' });
    const { nodes, edges } = layoutGraph(input, right);
    const b = nodes[1]!;
    const over = edges.find((edge) => edge.id === 'over')!;
    for (const { x, y } of over.points) expect(Math.hypot(x - b.x, y - b.y)).toBeGreaterThan(b.r);
  });

  it('draws a call to itself as a loop, and works with cycles', () => {
    const input = chain('a', 'b', 'c');
    input.edges.push({ id: 'self', from: 'b', to: 'b' }, { id: 'round', from: 'c', to: 'a' });
    const { edges } = layoutGraph(input, right);
    expect(edges.map((edge) => edge.id)).toEqual(['a→b', 'b→c', 'self', 'round']);
    expect(edges.find((edge) => edge.id === 'self')!.path).toContain('C');
    for (const edge of edges) expect(edge.path).not.toContain('NaN');
  });

  it('keeps every line on the map', () => {
    const columns = 5;
    const ids = Array.from({ length: columns * 9 }, (_, at) => `n${at}`);
    const input: LayoutInput = {
      nodes: ids.map((id) => ({ id, weight: 1 })),
      edges: ids
        .slice(1)
        .map((id, at) => ({ id, from: ids[Math.floor(at / 3)]!, to: id }))
        .concat(ids.slice(20).map((id, at) => ({ id: `far ${id}`, from: ids[at]!, to: id }))),
    };
    const { edges, width, height } = layoutGraph(input, { ...right, compact: true });
    for (const { points } of edges) {
      for (const { x, y } of points) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x).toBeLessThanOrEqual(width);
        expect(y).toBeGreaterThanOrEqual(0);
        expect(y).toBeLessThanOrEqual(height);
      }
    }
  });

  it.each<[string, LayoutInput, LayoutOptions]>([
    ['a star to the right', star, right],
    ['a star downwards', star, { ...down, width: 1200 }],
    ['lines that cross', crossing, right],
  ])('places every label separately, away from other lines: %s', (_, input, options) => {
    const { edges, labels } = labelsOf(input, options);
    const places = [...labels];
    expect(places).toHaveLength(input.edges.length);
    for (const [index, [id, { x, y }]] of places.entries()) {
      for (const [, other] of places.slice(index + 1)) {
        expect(Math.abs(x - other.x) >= 104 || Math.abs(y - other.y) >= 18).toBe(true);
      }
      const struck = edges.filter(
        (edge) =>
          edge.id !== id &&
          edge.points.some((at) => Math.abs(at.x - x) < 50 && Math.abs(at.y - y) < 8),
      );
      expect(struck.map((edge) => edge.id)).toEqual([]);
    }
  });

  it('moves no node if only the traffic or the order changes', () => {
    const places = (input: LayoutInput) =>
      new Map(layoutGraph(input, right).nodes.map(({ id, x, y }) => [id, `${x},${y}`]));
    const busier = {
      nodes: star.nodes.map((node, index) => ({ ...node, weight: index * 100 })).reverse(),
      edges: [...star.edges].reverse(),
    };
    expect(places(busier)).toEqual(places(star));
  });

  it('lays out an empty map', () => {
    expect(layoutGraph({ nodes: [], edges: [] }, right)).toMatchObject({ nodes: [], edges: [] });
  });

  it('leaves out labels that would cover others if it is sparing, the last ones first', () => {
    const layout = layoutGraph(star, { ...down, compact: true });
    const [first, ...rest] = star.edges.map(({ id }) => id).reverse();
    const ids = new Set([first!, ...rest]);
    const unscaled = 2;
    const all = placeLabels(layout, ids, COMPACT, unscaled);
    const some = placeLabels(layout, ids, COMPACT, unscaled, true);
    expect(all.size).toBe(8);
    expect(some.size).toBeLessThan(8);
    expect(some.has(first!)).toBe(true);
    const places = [...some.values()];
    for (const [at, a] of places.entries()) {
      for (const b of places.slice(at + 1)) {
        expect(Math.abs(a.x - b.x) >= 104 * unscaled || Math.abs(a.y - b.y) >= 18 * unscaled).toBe(
          true,
        );
      }
    }
  });
});

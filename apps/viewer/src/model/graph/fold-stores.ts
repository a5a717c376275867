import { healthOf, type MapNode, type ServiceMap } from './service-graph';

export interface FoldedMap {
  map: ServiceMap;
  /** By the id of its only caller: databases that are shown as a number there. */
  stores: ReadonlyMap<string, MapNode[]>;
}

/**
 * Databases that one node alone calls become a number at that node. One that is in trouble, or
 * selected, stays: `keep` is the id of a node or an edge.
 */
export function foldStores(map: ServiceMap, keep: string): FoldedMap {
  const stores = new Map<string, MapNode[]>();
  const folded = new Set<string>();
  for (const node of map.nodes) {
    if (node.kind !== 'database' || healthOf(node.traffic) !== 'ok') continue;
    const edges = map.edges.filter(({ from, to }) => from === node.id || to === node.id);
    const [only] = edges;
    if (edges.length !== 1 || !only || only.from === node.id) continue;
    if (node.id === keep || only.id === keep || healthOf(only.traffic) !== 'ok') continue;
    folded.add(node.id);
    stores.set(only.from, [...(stores.get(only.from) ?? []), node]);
  }
  return { map: without(map, folded), stores };
}

function without(map: ServiceMap, left: ReadonlySet<string>): ServiceMap {
  if (left.size === 0) return map;
  return {
    ...map,
    nodes: map.nodes.filter(({ id }) => !left.has(id)),
    edges: map.edges.filter(({ from, to }) => !left.has(from) && !left.has(to)),
  };
}

/** What a node or an edge touches: itself, those that call it, those that it calls. */
export function neighboursOf(map: ServiceMap, selected: string): ReadonlySet<string> {
  const near = new Set<string>();
  for (const edge of map.edges) {
    if (![edge.id, edge.from, edge.to].includes(selected)) continue;
    near.add(edge.id).add(edge.from).add(edge.to);
  }
  if (map.nodes.some(({ id }) => id === selected)) near.add(selected);
  return near;
}

/** The part of the map around what is selected; around the worst trouble, else the busiest service. */
export function around(map: ServiceMap, selected: string): ServiceMap {
  const known = [...map.nodes, ...map.edges].some(({ id }) => id === selected);
  const near = neighboursOf(map, known ? selected : (centreOf(map)?.id ?? ''));
  return {
    ...map,
    nodes: map.nodes.filter(({ id }) => near.has(id)),
    edges: map.edges.filter(({ id }) => near.has(id)),
  };
}

/** What to look at first. */
export function centreOf(map: ServiceMap): MapNode | undefined {
  const [worst] = troubled(map);
  const services = map.nodes.filter(({ kind }) => kind !== 'client');
  return worst ?? services.sort((a, b) => b.traffic.total - a.traffic.total)[0];
}

/** The nodes in trouble, the worst first. */
export function troubled(map: ServiceMap): MapNode[] {
  const share = ({ traffic: { fault, throttle, error, total } }: MapNode): number =>
    (1e6 * fault + 1e3 * throttle + error) / Math.max(1, total);
  return map.nodes
    .filter(({ kind, traffic }) => kind !== 'client' && healthOf(traffic) !== 'ok')
    .sort((a, b) => share(b) - share(a));
}

import { healthOf, type MapNode, type ServiceMap } from './service-graph';

export interface FoldedMap {
  map: ServiceMap;
  /** The folded databases, by the id of their only caller, which shows their number. */
  stores: ReadonlyMap<string, MapNode[]>;
}

/**
 * Folds databases that only one node calls into a number at that node. Databases with errors or faults, or with a
 * selection, are not folded. `keep` is the id of a node or an edge.
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

/** The ids connected with a node or an edge: itself, its callers and the nodes that it calls. */
export function neighboursOf(map: ServiceMap, selected: string): ReadonlySet<string> {
  const near = new Set<string>();
  for (const edge of map.edges) {
    if (![edge.id, edge.from, edge.to].includes(selected)) continue;
    near.add(edge.id).add(edge.from).add(edge.to);
  }
  if (map.nodes.some(({ id }) => id === selected)) near.add(selected);
  return near;
}

/** The part of the map around the selection, or else around the worst node, or else around the busiest service. */
export function around(map: ServiceMap, selected: string): ServiceMap {
  const known = [...map.nodes, ...map.edges].some(({ id }) => id === selected);
  const near = neighboursOf(map, known ? selected : (centreOf(map)?.id ?? ''));
  return {
    ...map,
    nodes: map.nodes.filter(({ id }) => near.has(id)),
    edges: map.edges.filter(({ id }) => near.has(id)),
  };
}

/** The node to look at first. */
export function centreOf(map: ServiceMap): MapNode | undefined {
  const [worst] = troubled(map);
  const services = map.nodes.filter(({ kind }) => kind !== 'client');
  return worst ?? services.sort((a, b) => b.traffic.total - a.traffic.total)[0];
}

/** The number of nodes without the clients, which are not part of the system. */
export function countNodes(map: ServiceMap): number {
  return map.nodes.filter(({ kind }) => kind !== 'client').length;
}

/** The nodes with errors or faults, worst first. */
export function troubled(map: ServiceMap): MapNode[] {
  const share = ({ traffic: { fault, throttle, error, total } }: MapNode): number =>
    (1e6 * fault + 1e3 * throttle + error) / Math.max(1, total);
  return map.nodes
    .filter(({ kind, traffic }) => kind !== 'client' && healthOf(traffic) !== 'ok')
    .sort((a, b) => share(b) - share(a));
}

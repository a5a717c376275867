import { healthOf, type MapNode } from './service-graph';

/**
 * The nodes whose name contains `text`, in upper or lower case. Names that begin with it come first, then names with a
 * word that does, then the others. Among equals, nodes with errors or faults come first, then those with more calls.
 */
export function findNodes(nodes: readonly MapNode[], text: string): MapNode[] {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const rank = ({ name }: MapNode): number => {
    const at = name.toLowerCase().indexOf(wanted);
    if (at <= 0) return at;
    return /[^\p{L}\p{N}]/u.test(name[at - 1]!) ? 1 : 2;
  };
  return nodes
    .map((node) => ({ node, rank: rank(node) }))
    .filter((each) => each.rank >= 0)
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        Number(isFine(a.node)) - Number(isFine(b.node)) ||
        b.node.traffic.total - a.node.traffic.total ||
        a.node.name.localeCompare(b.node.name),
    )
    .map((each) => each.node);
}

function isFine({ traffic }: MapNode): boolean {
  return healthOf(traffic) === 'ok';
}

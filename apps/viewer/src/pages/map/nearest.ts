import type { PlacedNode } from '../../model/graph/graph-layout';

const DIRECTIONS: Record<string, { x: number; y: number }> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** The node that an arrow key selects: the closest in that direction. Distance to the side counts double. */
export function nearest(nodes: PlacedNode[], from: string, key: string): string | undefined {
  const direction = DIRECTIONS[key];
  const start = nodes.find((node) => node.id === from);
  if (!direction || !start) return undefined;
  let best: { id: string; cost: number } | undefined;
  for (const node of nodes) {
    const dx = node.x - start.x;
    const dy = node.y - start.y;
    const ahead = dx * direction.x + dy * direction.y;
    const aside = Math.abs(dx * direction.y + dy * direction.x);
    if (node === start || ahead <= 0) continue;
    const cost = ahead + 2 * aside;
    if (!best || cost < best.cost) best = { id: node.id, cost };
  }
  return best?.id;
}

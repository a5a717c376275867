/** An item in a rank: a node, or the lane of an edge that passes through it. */
export interface RankItem {
  id: string;
  /** Middle and extent across the ranks, in pixels. */
  at: number;
  size: number;
  neighbours: RankItem[];
}

const ROUNDS = 80;

/**
 * Moves all items towards the middle of their neighbours, rank by rank, back and forth. The order within a rank and the
 * space of each item are kept.
 */
export function relax(ranks: RankItem[][], gap: number): void {
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 ? [...ranks].reverse() : ranks;
    for (const rank of order) pool(rank, gap);
  }
}

/**
 * Finds the positions closest to the desired ones that keep order and distances: isotonic regression by pooling
 * neighbours that would otherwise pass each other.
 */
function pool(rank: RankItem[], gap: number): void {
  const pools: { items: RankItem[]; offsets: number[]; sum: number }[] = [];
  let offset = 0;
  for (const [index, item] of rank.entries()) {
    const before = rank[index - 1];
    if (before) offset += (before.size + item.size) / 2 + gap;
    pools.push({ items: [item], offsets: [offset], sum: wish(item) - offset });
    for (;;) {
      const last = pools[pools.length - 1]!;
      const previous = pools[pools.length - 2];
      if (!previous || previous.sum / previous.items.length <= last.sum / last.items.length) break;
      previous.items.push(...last.items);
      previous.offsets.push(...last.offsets);
      previous.sum += last.sum;
      pools.pop();
    }
  }
  for (const { items, offsets, sum } of pools) {
    for (const [index, item] of items.entries()) item.at = sum / items.length + offsets[index]!;
  }
}

function wish({ at, neighbours }: RankItem): number {
  if (neighbours.length === 0) return at;
  return neighbours.reduce((sum, neighbour) => sum + neighbour.at, 0) / neighbours.length;
}

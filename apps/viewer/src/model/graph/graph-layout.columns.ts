import type { Point } from './graph-layout';
import type { Sizes } from './graph-layout.sizes';

/** Pixels between the columns of one rank. */
const COLUMN_GAP = 16;

/**
 * Splits ranks with more nodes than fit above each other into several columns, so that a map from left to right is not
 * many times as high as wide. The order is kept.
 */
export function intoColumns(places: Map<string, Point>, sizes: Sizes, height: number): void {
  const pitch = 2 * sizes.maxRadius + sizes.label.height + 10;
  const most = Math.max(4, Math.floor(height / pitch));
  const ranks = new Map<number, Point[]>();
  for (const place of places.values()) {
    const x = Math.round(place.x);
    ranks.set(x, [...(ranks.get(x) ?? []), place]);
  }
  const all = [...ranks].sort(([a], [b]) => a - b).map(([, rank]) => rank);
  if (!all.some((rank) => rank.length > most)) return;
  const ys = all.flat().map(({ y }) => y);
  const top = Math.min(...ys);
  const span = Math.max(1, Math.max(...ys) - top);
  const rows = Math.max(...all.map((rank) => Math.min(rank.length, most))) - 1;
  let x = 0;
  for (const rank of all) {
    rank.sort((a, b) => a.y - b.y);
    const columns = Math.ceil(rank.length / most);
    const step = sizes.label.width + COLUMN_GAP;
    for (const [at, place] of rank.entries()) {
      place.x = x + (at % columns) * step;
      place.y = ((place.y - top) / span) * rows * pitch;
    }
    spread(rank, columns, pitch, rows * pitch);
    x += (columns - 1) * step + sizes.label.width + sizes.rankGap;
  }
}

/** Moves rows apart by `pitch`, close to where they were and within the height. */
function spread(rank: Point[], columns: number, pitch: number, height: number): void {
  const rows = Array.from({ length: Math.ceil(rank.length / columns) }, (_, at) =>
    rank.slice(at * columns, (at + 1) * columns),
  );
  const ys = rows.map((row) => row.reduce((sum, { y }) => sum + y, 0) / row.length);
  for (let at = 1; at < ys.length; at++) ys[at] = Math.max(ys[at]!, ys[at - 1]! + pitch);
  let least = height;
  for (let at = ys.length - 1; at >= 0; at--) {
    ys[at] = Math.min(ys[at]!, least);
    least = ys[at]! - pitch;
  }
  for (const [at, row] of rows.entries()) for (const place of row) place.y = ys[at]!;
}

import type { TraceOverview } from 'local-xray/console-api';
import { type Brush, brushPlace } from './brush';
import type { Axes } from './scatter';

/** Rows per power of ten, and the power of ten in seconds at which row 0 begins; see TraceOverview. */
const ROWS = 5;
const FIRST_POWER = -6;
/** Minimum width of a cell in pixels. */
const LEAST_WIDTH = 10;
/** Shares of the largest count at which the colour steps begin. The first step begins at one trace. */
const SHARES = [0.06, 0.18, 0.42, 0.75];
/** Counts at which the steps begin if all cells have few traces. */
const FEW = [5, 13, 33, 70];

/** A cell of the heat map; x and y from 0 to 1, y from the top. */
export interface HeatCell {
  x: number;
  y: number;
  width: number;
  height: number;
  /** 1 to 5. */
  step: number;
  count: number;
  fault: number;
  /** The epoch seconds that it covers. */
  from: number;
  to: number;
  /** The durations of its traces in seconds. */
  fastest: number;
  slowest: number;
}

export interface HeatMap {
  axes: Axes;
  cells: HeatCell[];
  /** The minimum count of each step. */
  steps: number[];
}

/** The cells for a plot of this width that shows a part of the time range. */
export function heatMap(
  overview: TraceOverview,
  from: number,
  to: number,
  pixels: number,
): HeatMap {
  const { cells, width: seconds } = overview;
  const rows = cells.map(({ row }) => row);
  const high = Math.ceil((Math.max(...rows, ROWS) + 1) / ROWS) + FIRST_POWER;
  const low = Math.min(Math.floor(Math.min(...rows, Infinity) / ROWS) + FIRST_POWER, high - 2);
  const span = to - from || 1;
  // Join neighbouring slots that would be too narrow to see or to click.
  const joined = Math.max(1, Math.ceil(LEAST_WIDTH / ((seconds / span) * Math.max(pixels, 1))));
  const counted = new Map<string, { slot: number; row: number; count: number; fault: number }>();
  for (const { slot: each, row, count, fault } of cells) {
    const slot = Math.floor(each / joined);
    const cell = counted.get(`${slot} ${row}`) ?? { slot, row, count: 0, fault: 0 };
    cell.count += count;
    cell.fault += fault;
    counted.set(`${slot} ${row}`, cell);
  }
  const steps = stepsOf(Math.max(...[...counted.values()].map(({ count }) => count), 1));
  const height = 1 / (ROWS * (high - low));
  return {
    axes: { from, to, low, high },
    steps,
    cells: [...counted.values()].flatMap(({ slot, row, count, fault }) => {
      const begin = overview.from + slot * joined * seconds;
      const end = begin + joined * seconds;
      const x = Math.max(0, (begin - from) / span);
      const right = Math.min(1, (end - from) / span);
      if (right <= x) return [];
      const above = row - (low - FIRST_POWER) * ROWS;
      return {
        x,
        y: 1 - (above + 1) * height,
        width: right - x,
        height,
        step: steps.filter((least) => count >= least).length,
        count,
        fault,
        from: begin,
        to: end,
        fastest: 10 ** (row / ROWS + FIRST_POWER),
        slowest: 10 ** ((row + 1) / ROWS + FIRST_POWER),
      };
    }),
  };
}

function stepsOf(most: number): number[] {
  if (most <= FEW[3]! * 2) return [1, ...FEW];
  return [1, ...SHARES.map((share) => Math.round(most * share))];
}

export function cellAt(map: HeatMap, x: number, y: number): HeatCell | undefined {
  return map.cells.find(
    (cell) => x >= cell.x && x < cell.x + cell.width && y >= cell.y && y < cell.y + cell.height,
  );
}

/** The approximate number of traces in a selection. Partly covered cells count proportionally. */
export function countIn(map: HeatMap, brush: Brush): number {
  const { left, right, top, bottom } = brushPlace(brush, map.axes);
  const inside = map.cells.reduce((sum, { x, y, width, height, count }) => {
    const across = Math.min(x + width, right) - Math.max(x, left);
    const down = Math.min(y + height, bottom) - Math.max(y, top);
    return across > 0 && down > 0 ? sum + (count * across * down) / (width * height) : sum;
  }, 0);
  return Math.round(inside);
}

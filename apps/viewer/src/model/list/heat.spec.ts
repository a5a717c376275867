import type { TraceOverview } from 'local-xray/console-api';
import { cellAt, countIn, heatMap } from './heat';

const total = { count: 0, fault: 0, error: 0, throttle: 0 };
const cell = (slot: number, row: number, count: number, fault = 0) => ({
  slot,
  row,
  count,
  fault,
  error: 0,
  throttle: 0,
});
/** Ten slots of six seconds from 1000 on; row 15 is from 1 ms, row 20 from 10 ms, row 30 from 1 s. */
const overview = (...cells: TraceOverview['cells']): TraceOverview => ({
  from: 1000,
  width: 6,
  slots: 10,
  total,
  cells,
});

describe('the heat map', () => {
  it('places a cell by time and duration, in whole powers of ten', () => {
    const map = heatMap(overview(cell(0, 20, 3), cell(9, 34, 1, 1)), 1000, 1060, 1000);

    expect(map.axes).toEqual({ from: 1000, to: 1060, low: -2, high: 1 });
    expect(map.cells[0]).toMatchObject({ x: 0, width: 0.1, count: 3, step: 1 });
    expect(map.cells[0]!.y).toBeCloseTo(1 - 1 / 15);
    expect(map.cells[0]!.fastest).toBeCloseTo(0.01);
    expect(map.cells[1]).toMatchObject({ x: 0.9, y: 0, fault: 1 });
  });

  it('joins slots that would be too narrow', () => {
    const map = heatMap(overview(cell(0, 20, 3), cell(1, 20, 4, 1)), 1000, 1060, 50);

    expect(map.cells).toMatchObject([
      { x: 0, width: 0.2, count: 7, fault: 1, from: 1000, to: 1012 },
    ]);
  });

  it('omits what is beyond the axis, and cuts what crosses its ends', () => {
    const map = heatMap(overview(cell(0, 20, 1), cell(4, 20, 1), cell(9, 20, 1)), 1003, 1050, 1000);

    expect(map.cells).toHaveLength(2);
    expect(map.cells[0]!.x).toBe(0);
  });

  it('has five steps, with fixed limits for few traces, and limits relative to the largest count for many', () => {
    expect(heatMap(overview(cell(0, 20, 70), cell(1, 20, 4)), 1000, 1060, 1000)).toMatchObject({
      steps: [1, 5, 13, 33, 70],
      cells: [{ step: 5 }, { step: 1 }],
    });
    expect(heatMap(overview(cell(0, 20, 10_000), cell(1, 20, 70)), 1000, 1060, 1000)).toMatchObject(
      {
        steps: [1, 600, 1800, 4200, 7500],
        cells: [{ step: 5 }, { step: 1 }],
      },
    );
  });

  it('finds the cell at a position, and counts the traces in a selection', () => {
    const map = heatMap(overview(cell(0, 20, 10), cell(1, 20, 20)), 1000, 1060, 1000);

    expect(cellAt(map, 0.15, 0.45)?.count).toBe(20);
    expect(cellAt(map, 0.55, 0.45)).toBeUndefined();
    expect(countIn(map, { from: 1003 })).toBe(25);
    expect(countIn(map, { from: 1003, fastest: 1 })).toBe(0);
  });

  it('has axes without traces', () => {
    expect(heatMap(overview(), 1000, 1060, 1000).cells).toEqual([]);
  });
});

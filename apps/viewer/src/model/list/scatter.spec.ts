import type { TraceRow } from 'local-xray/console-api';
import { axesOf, midnights, nearestPoint, pointsOf, powerLabels, timeLabels } from './scatter';

const row = (start: number, responseTime: number, more: Partial<TraceRow> = {}): TraceRow => ({
  id: String(start),
  start,
  duration: responseTime,
  responseTime,
  service: 'api',
  annotations: {},
  fault: false,
  error: false,
  throttle: false,
  partial: false,
  segments: 1,
  subsegments: 0,
  revision: 1,
  ...more,
});

describe('midnights', () => {
  const day = new Date(2026, 10, 22).getTime() / 1000;
  const axes = (from: number, to: number) => ({ from, to, low: 0, high: 1 });

  it('are placed where a day begins, with its name', () => {
    expect(midnights(axes(day - 3600, day + 3600))).toEqual([{ x: 0.5, text: 'Sun 22 Nov' }]);
    expect(midnights(axes(day + 60, day + 3600))).toEqual([]);
    expect(midnights(axes(day - 86_400 * 2, day + 60))).toHaveLength(2);
  });

  it('are left out if there are too many to read', () => {
    expect(midnights(axes(day, day + 86_400 * 30))).toEqual([]);
  });
});

describe('the scatter', () => {
  it('has axes of whole powers of ten that contain all points', () => {
    expect(axesOf([row(10, 0.012), row(20, 2.5)], 0, 100)).toEqual({
      from: 0,
      to: 100,
      low: -2,
      high: 1,
    });
    expect(axesOf([row(10, 0.1)], 0, 100)).toMatchObject({ low: -3, high: -1 });
    expect(axesOf([], 0, 100)).toMatchObject({ low: -3, high: 0 });
  });

  it('draws errors and faults on top, and nothing outside the range', () => {
    const rows = [row(10, 0.1, { fault: true }), row(20, 0.1), row(500, 0.1)];
    const points = pointsOf(rows, axesOf(rows, 0, 100));
    expect(points.map((point) => [point.x, point.status])).toEqual([
      [0.2, 'ok'],
      [0.1, 'fault'],
    ]);
  });

  it('labels the powers of ten', () => {
    expect(powerLabels({ from: 0, to: 1, low: -3, high: 1 }).map((label) => label.text)).toEqual([
      '1 ms',
      '10 ms',
      '100 ms',
      '1 s',
      '10 s',
    ]);
    expect(powerLabels({ from: 0, to: 1, low: -6, high: 4 })).toHaveLength(6);
  });

  it('labels round times, the first with its day unless that is today', () => {
    const from = new Date(2020, 10, 22, 13, 51, 30).getTime() / 1000;
    const labels = timeLabels({ from, to: from + 900 }, 8);
    expect(labels.map((label) => label.text)).toEqual([
      '22 Nov 2020 13:52',
      '13:54',
      '13:56',
      '13:58',
      '14:00',
      '14:02',
      '14:04',
      '14:06',
    ]);
  });

  it('finds the nearest point', () => {
    const rows = [row(10, 0.1), row(50, 0.1)];
    const points = pointsOf(rows, axesOf(rows, 0, 100));
    const size = { width: 1000, height: 100 };
    expect(nearestPoint(points, { x: 104, y: points[0]!.y * 100 }, size)?.row.start).toBe(10);
    expect(nearestPoint(points, { x: 300, y: 0 }, size)).toBeUndefined();
  });
});

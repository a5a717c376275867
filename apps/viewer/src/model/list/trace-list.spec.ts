import type { TraceRow } from 'local-xray/console-api';
import {
  countRows,
  formatSort,
  mergeRows,
  parseSort,
  percentile,
  rowStatus,
  sortRows,
  whatOf,
} from './trace-list';

const row = (id: string, start: number, more: Partial<TraceRow> = {}): TraceRow => ({
  id,
  start,
  duration: 0.1,
  responseTime: 0.1,
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
const ids = (rows: TraceRow[]): string => rows.map(({ id }) => id).join('');

describe('mergeRows', () => {
  it('keeps the newest first', () => {
    expect(ids(mergeRows([row('b', 2), row('a', 1)], [row('c', 3)]))).toBe('cba');
  });

  it('does not let an older copy replace a newer one', () => {
    const [merged] = mergeRows(
      [row('a', 1, { revision: 5, duration: 5 })],
      [row('a', 1, { revision: 4, duration: 4 })],
    );
    expect(merged?.duration).toBe(5);
  });

  it('removes traces before the range', () => {
    expect(ids(mergeRows([row('b', 2), row('a', 1)], [row('c', 3)], 2))).toBe('cb');
  });
});

describe('sortRows', () => {
  const rows = [
    row('c', 3, { duration: 2, user: 'x' }),
    row('b', 2, { duration: 3 }),
    row('a', 1, { duration: 2, fault: true, user: 'a' }),
  ];

  it('sorts by each column, equal ones newest first', () => {
    expect(ids(sortRows(rows, parseSort('')))).toBe('cba');
    expect(ids(sortRows(rows, parseSort('time')))).toBe('abc');
    expect(ids(sortRows(rows, parseSort('-duration')))).toBe('bca');
    expect(ids(sortRows(rows, parseSort('-status')))).toBe('acb');
  });

  it('puts rows without a value last in both directions', () => {
    expect(ids(sortRows(rows, parseSort('user')))).toBe('acb');
    expect(ids(sortRows(rows, parseSort('-user')))).toBe('cab');
  });

  it('reads and writes the order in the address', () => {
    expect(formatSort(parseSort('-duration'))).toBe('-duration');
    expect(formatSort(parseSort('nonsense'))).toBeUndefined();
  });
});

describe('a row', () => {
  it('counts fault before throttle before error', () => {
    const rows = [
      row('a', 1, { fault: true, error: true }),
      row('b', 1, { throttle: true, error: true }),
      row('c', 1),
    ];
    expect(countRows(rows)).toEqual({ total: 3, ok: 1, error: 0, throttle: 1, fault: 1 });
  });

  it('is in progress until the root has answered', () => {
    expect(rowStatus(row('a', 1, { partial: true }), 2)).toBe('ok');
    const open = row('a', 1, { partial: true });
    delete open.responseTime;
    expect(rowStatus(open, 2)).toBe('progress');
    expect(rowStatus({ ...open, throttle: true }, 2)).toBe('progress');
    expect(rowStatus(row('a', 1, { fault: true }), 2)).toBe('fault');
  });

  it('is silent if it was not updated for a quarter of an hour', () => {
    const open = row('a', 1, { partial: true, duration: 4 });
    delete open.responseTime;
    expect(rowStatus(open, 904)).toBe('progress');
    expect(rowStatus(open, 905)).toBe('silent');
    expect(rowStatus({ ...open, silentSince: 5 }, 6)).toBe('silent');
  });

  it('is named by its route, its path, or its service', () => {
    expect(whatOf(row('a', 1, { route: '/a/:b', url: 'http://h/a/1' }))).toBe('/a/:b');
    expect(whatOf(row('a', 1, { url: 'http://h/a/1?x=2' }))).toBe('/a/1');
    expect(whatOf(row('a', 1))).toBe('api');
  });
});

describe('percentile', () => {
  it('is a value that occurs', () => {
    expect(percentile([1, 2, 3, 4], 0.5)).toBe(2);
    expect(percentile([1, 2, 3, 4], 0.95)).toBe(4);
    expect(percentile([], 0.5)).toBeUndefined();
  });
});

import {
  type Brush,
  brushPlace,
  brushWords,
  durationFilter,
  formatBrush,
  moved,
  parseBrush,
  splitDurations,
  valueAt,
} from './brush';

const axes = { from: 1000, to: 2000, low: -3, high: 1 };

describe('a selection on the chart', () => {
  it.each<[string, Brush]>([
    ['1000-1500', { from: 1000, to: 1500 }],
    ['1000.25-', { from: 1000.25 }],
    ['-~0.9-', { fastest: 0.9 }],
    ['1000-1500~0.9-3.2', { from: 1000, to: 1500, fastest: 0.9, slowest: 3.2 }],
    ['-1500~-0.0016', { to: 1500, slowest: 0.0016 }],
    ['-~3.2e-7-', { fastest: 3.2e-7 }],
  ])('is written to the address as %s, and read from it', (text, brush) => {
    expect(parseBrush(text)).toEqual(brush);
    expect(formatBrush(brush)).toBe(text);
  });

  it.each(['', '-', '5', 'x-y', '1500-1000', '-~3-1', '1000-1500~'])(
    'is empty for "%s" in the address',
    (text) => expect(parseBrush(text)).toBeUndefined(),
  );

  it('becomes a filter for its durations only', () => {
    expect(durationFilter({ from: 1, to: 2 }, 'duration')).toBe('');
    expect(durationFilter({ fastest: 0.9 }, 'duration')).toBe('duration >= 0.9');
    expect(durationFilter({ fastest: 0.9, slowest: 3 }, 'responsetime')).toBe(
      'responsetime >= 0.9 AND responsetime < 3',
    );
  });

  it.each<[string, string, Brush]>([
    ['duration >= 0.9', '', { fastest: 0.9 }],
    ['fault AND duration >= 0.9 AND duration < 3', 'fault', { fastest: 0.9, slowest: 3 }],
    ['(a OR b) AND responsetime < 1.2e-7', '(a OR b)', { slowest: 1.2e-7 }],
    ['fault AND error', 'fault AND error', {}],
    ['a OR b AND duration >= 1', 'a OR b AND duration >= 1', {}],
    ['user = "x AND duration < 1"', 'user = "x AND duration < 1"', {}],
    ['duration < 1 AND duration < 2', 'duration < 1', { slowest: 2 }],
    ['responsetime >= 1 AND duration < 2', 'responsetime >= 1 AND duration < 2', {}],
    ['', '', {}],
  ])('is found in the filter %s', (filter, rest, took) =>
    expect(splitDurations(filter)).toEqual({ rest, took }),
  );

  it('describes what it contains', () => {
    expect(brushWords({ fastest: 0.9 })).toBe('slower than 900 ms');
    expect(brushWords({ slowest: 0.9 })).toBe('faster than 900 ms');
    expect(brushWords({ fastest: 0.9, slowest: 12 })).toBe('900 ms to 12.0 s');
    expect(brushWords({ fastest: 0.9, from: 0 })).toMatch(/^slower than 900 ms, since .*:\d\d$/);
    expect(brushWords({ from: 0, to: 60 })).toMatch(/:00 – .*:00$/);
  });

  it('is placed at its values, with open ends at the edges', () => {
    expect(brushPlace({ from: 1250, slowest: 1 }, axes)).toEqual({
      left: 0.25,
      right: 1,
      top: 0.25,
      bottom: 1,
    });
    expect(valueAt(axes, { x: 0.25, y: 0.25 })).toEqual({ time: 1250, seconds: 1 });
    expect(valueAt(axes, { x: -1, y: 0.1 })).toEqual({ time: 1000, seconds: 4 });
  });

  it('moves by one edge, which is open again at the end of its axis', () => {
    expect(moved({}, 'from', 1, axes)).toEqual({ from: 1020 });
    expect(moved({ from: 1020 }, 'from', -1, axes)).toEqual({});
    expect(moved({}, 'slowest', -1, axes)).toEqual({ slowest: 6.3 });
    expect(moved({ fastest: 1 }, 'fastest', -1, axes)).toEqual({ fastest: 0.63 });
    expect(moved({ fastest: 0.63, slowest: 1 }, 'slowest', -1, axes)).toBeUndefined();
  });
});

import { boundsOf, formatRange, parseRange, rangeLabel } from './time-range';

describe('a time range', () => {
  it('is the last 15 minutes unless the address contains another', () => {
    expect(parseRange('')).toEqual({ last: 900 });
    expect(parseRange('nonsense')).toEqual({ last: 900 });
    expect(parseRange('9-5')).toEqual({ last: 900 });
    expect(parseRange('1h')).toEqual({ last: 3600 });
  });

  it('is written to the address and read from it', () => {
    const range = { from: 1_795_354_386.125, to: 1_795_354_400 };
    expect(parseRange(formatRange(range) ?? '')).toEqual(range);
    expect(formatRange('15m')).toBeUndefined();
  });

  it('has no bounds for all time, and no end if it ends now', () => {
    expect(boundsOf(parseRange('all'), 1000)).toEqual({});
    expect(boundsOf(parseRange('5m'), 1000)).toEqual({ start: 700 });
    expect(boundsOf({ from: 1, to: 2 }, 1000)).toEqual({ start: 1, end: 2 });
  });

  it('shows the day only if necessary', () => {
    const from = new Date(2020, 0, 2, 14, 0, 2).getTime() / 1000;
    expect(rangeLabel(`${from}-${from + 140}`)).toBe('2 Jan 2020 14:00:02 – 14:02:22');
    expect(rangeLabel('')).toBe('Last 15 min');
  });
});

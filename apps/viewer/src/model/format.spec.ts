import { clock, count, duration, ms, offset, plural, share, three } from './format';

describe('ms', () => {
  it.each([
    [0.0031, '3.10'],
    [0.0384, '38.4'],
    [0.412, '412'],
    [1.284, '1,284'],
    [0.0000123, '0.01'],
    [0.09999, '100'],
    [0.0099999, '10.0'],
    [0, '0'],
    [undefined, '–'],
  ])('formats %p seconds as %p', (seconds, text) => expect(ms(seconds)).toBe(text));
});

describe('duration', () => {
  it.each([
    [0.0384, '38.4 ms'],
    [1.284, '1,284 ms'],
    [12.44, '12.4 s'],
    [200, '3 min 20 s'],
    [7200, '2 h'],
    [100_000, '1 d 3 h'],
  ])('formats %p seconds as %p', (seconds, text) => expect(duration(seconds)).toBe(text));
});

describe('other formats', () => {
  it('format an offset with its sign and one decimal', () => {
    expect(offset(1.0982)).toBe('+1,098.2 ms');
    expect(offset(-0.003)).toBe('−3.0 ms');
  });

  it('format shares with two or three digits', () => {
    expect(share(11, 1284)).toBe('0.9 %');
    expect(share(549, 1284)).toBe('43 %');
    expect(share(1241, 1284)).toBe('96.7 %');
    expect(share(1, 0)).toBe('–');
  });

  it('format local time with milliseconds', () => {
    const at = new Date(2026, 10, 22, 14, 6, 11, 377).getTime() / 1000;
    expect(clock(at)).toBe('14:06:11.377');
    expect(clock(at, { millis: false })).toBe('14:06:11');
  });

  it('format counts with separators', () => {
    expect(count(12_840)).toBe('12,840');
    expect(plural(1, 'trace')).toBe('1 trace');
    expect(plural(1500, 'trace')).toBe('1,500 traces');
    expect(three(41.25)).toBe('41.3');
  });
});

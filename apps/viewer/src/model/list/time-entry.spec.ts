import { readTime } from './time-entry';

/** 22 November 2026, 14:06:11 in the zone of whoever runs this. */
const NOW = new Date(2026, 10, 22, 14, 6, 11).getTime() / 1000;
const local = (...parts: [number, number, number, number?, number?, number?, number?]): number =>
  new Date(...(parts as unknown as [number, number])).getTime() / 1000;

describe('readTime', () => {
  it.each([
    ['now', NOW],
    ['2h ago', NOW - 7_200],
    ['90 minutes ago', NOW - 5_400],
    ['1.5 hours ago', NOW - 5_400],
    ['-15m', NOW - 900],
    ['3 days ago', NOW - 259_200],
    ['1795354386', 1_795_354_386],
    ['1795354386.25', 1_795_354_386.25],
    ['1795354386250', 1_795_354_386.25],
    ['1795354386250000000', 1_795_354_386.25],
    ['14:06', local(2026, 10, 22, 14, 6)],
    ['today 9:30', local(2026, 10, 22, 9, 30)],
    ['yesterday', local(2026, 10, 21)],
    ['Yesterday 02:00', local(2026, 10, 21, 2)],
    ['2026-11-21', local(2026, 10, 21)],
    ['2026-11-21 19:20:04.377', local(2026, 10, 21, 19, 20, 4, 377)],
    ['2026/11/21 19:20', local(2026, 10, 21, 19, 20)],
    ['21 Nov 19:20:04', local(2026, 10, 21, 19, 20, 4)],
    ['Sat 21 Nov 2026, 19:20:04', local(2026, 10, 21, 19, 20, 4)],
    ['Nov 21 19:20:04', local(2026, 10, 21, 19, 20, 4)],
    ['November 21, 2025', local(2025, 10, 21)],
    // A day that is yet to come was last year.
    ['24 Dec 08:00', local(2025, 11, 24, 8)],
  ])('parses %s', (text, expected) => {
    expect(readTime(text, NOW)).toBeCloseTo(expected, 3);
  });

  it.each([
    ['2026-11-21T19:20:04.377Z', Date.UTC(2026, 10, 21, 19, 20, 4, 377)],
    ['2026-11-21T19:20:04+02:00', Date.UTC(2026, 10, 21, 17, 20, 4)],
    ['2026-11-21 19:20:04 -0530', Date.UTC(2026, 10, 22, 0, 50, 4)],
    ['127.0.0.1 - - [21/Nov/2026:19:20:04 +0100] "GET /"', Date.UTC(2026, 10, 21, 18, 20, 4)],
    ['{"time":"2026-11-21T19:20:04Z","msg":"boom"}', Date.UTC(2026, 10, 21, 19, 20, 4)],
  ])('parses the time and its zone in %s', (text, expected) => {
    expect(readTime(text, NOW)).toBeCloseTo(expected / 1000, 3);
  });

  it("uses the browser's time zone for a log line without one", () => {
    expect(readTime('2026-11-21 19:20:04,377 ERROR Cart - boom', NOW)).toBeCloseTo(
      local(2026, 10, 21, 19, 20, 4, 377),
      3,
    );
  });

  it.each([
    '',
    'soon',
    '25:00',
    '12:60',
    '2h',
    'yesterdays',
    '2026-02-30',
    '31 Apr',
    '2026-13-01 10:00',
    '12',
    '1 Foo 2026',
    '2026-02-30T10:00:00Z',
    '2026-13-01T10:00:00Z',
    '21/Foo/2026:19:20:04 +0100',
  ])('rejects "%s"', (text) => {
    expect(readTime(text, NOW)).toBeUndefined();
  });
});

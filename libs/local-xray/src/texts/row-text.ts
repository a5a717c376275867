import { cut, ms } from '@nestjs-xray/trace';
import type { TraceRow } from '../console-api';

/** Clocks in one network differ by less than this many seconds. */
const SKEW = 2;

/**
 * A trace in one line: `1-… 12:04:05.123 GET /api/cart 200 38.4 ms shop FAULT`. The time is in UTC, with the date if it
 * differs from that of `now`. If the trace starts later than `now`, the line says so.
 */
export function rowText(row: TraceRow, now = Date.now() / 1000): string {
  const words = [
    row.id,
    timeOf(row.start, now),
    cut([row.method, row.route ?? row.url].filter(Boolean).join(' '), 160),
    row.status,
    `${ms(row.responseTime ?? row.duration)} ms`,
    cut(row.service, 60),
    row.user !== undefined && `user ${cut(row.user, 60)}`,
    (row.fault && 'FAULT') || (row.throttle && 'THROTTLE') || (row.error && 'ERROR'),
    row.partial && 'in progress',
    clockAhead(row.start, now),
  ];
  return words.filter((word) => word !== undefined && word !== '' && word !== false).join(' ');
}

/** `clock ahead by 3 min` for a time that has not come yet. */
export function clockAhead(epochSeconds: number, now: number): string | undefined {
  return epochSeconds > now + SKEW ? `clock ahead by ${period(epochSeconds - now)}` : undefined;
}

function timeOf(epochSeconds: number, now: number): string {
  const iso = isoOf(epochSeconds);
  const [date, time] = iso.split('T');
  return date === isoOf(now).split('T')[0] ? time!.slice(0, 12) : iso;
}

function isoOf(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString();
}

function period(seconds: number): string {
  const [, size, unit] = UNITS.find(([least]) => seconds >= least)!;
  return `${Math.floor(seconds / size)} ${unit}`;
}

/** Units for periods: from `least` seconds on, a unit of `size` seconds is used. */
const UNITS: readonly [least: number, size: number, name: string][] = [
  [2 * 86_400, 86_400, 'days'],
  [2 * 3_600, 3_600, 'h'],
  [120, 60, 'min'],
  [0, 1, 's'],
];

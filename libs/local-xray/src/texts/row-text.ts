import { cut, ms } from '@nestjs-xray/trace';
import type { TraceRow } from '../console-api';

/** A trace in a line: `1-… 12:04:05.123 GET /api/cart 200 38.4 ms shop FAULT`, with the time in UTC. */
export function rowText(row: TraceRow): string {
  const words = [
    row.id,
    timeOf(row.start),
    cut([row.method, row.route ?? row.url].filter(Boolean).join(' '), 160),
    row.status,
    `${ms(row.responseTime ?? row.duration)} ms`,
    cut(row.service, 60),
    row.user !== undefined && `user ${cut(row.user, 60)}`,
    (row.fault && 'FAULT') || (row.throttle && 'THROTTLE') || (row.error && 'ERROR'),
    row.partial && 'in progress',
  ];
  return words.filter((word) => word !== undefined && word !== '' && word !== false).join(' ');
}

function timeOf(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().slice(11, 23);
}

import type { TraceRow } from 'local-xray/console-api';
import { isSilent, severity, type Status, statusOf } from '@nestjs-xray/trace';

/** The status of a trace in the list: its outcome, `progress`, or `silent` if its end is no longer expected. */
export type RowStatus = Status | 'progress' | 'silent';

export function rowStatus(row: TraceRow, now: number): RowStatus {
  if (hasAnswered(row)) return statusOf(row);
  return isGrowing(row, now) ? 'progress' : 'silent';
}

export function hasAnswered(row: TraceRow): boolean {
  return !row.partial || row.responseTime !== undefined;
}

/** Whether it is in progress and was updated recently. */
export function isGrowing(row: TraceRow, now: number): boolean {
  return row.partial && row.silentSince === undefined && !isSilent(row.start + row.duration, now);
}

/** The request: the route if known, else the path of the URL. */
export function whatOf(row: TraceRow): string {
  if (row.route) return row.route;
  if (row.url === undefined) return row.service;
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(row.url)?.[1];
  return path === undefined ? row.url : path || '/';
}

/** The response time in seconds, or while there is none, the duration so far. */
export function timeOf(row: TraceRow): number {
  return row.responseTime ?? row.duration;
}

/**
 * Merges rows. Of each trace, the newer copy is kept. The newest trace comes first.
 *
 * @param from epoch seconds; older traces are removed
 */
export function mergeRows(
  old: readonly TraceRow[],
  changed: readonly TraceRow[],
  from = 0,
): TraceRow[] {
  const byId = new Map(old.map((row) => [row.id, row]));
  for (const row of changed) {
    const known = byId.get(row.id);
    if (!known || row.revision >= known.revision) byId.set(row.id, row);
  }
  return [...byId.values()].filter((row) => row.start >= from).sort((a, b) => b.start - a.start);
}

/** The filter for traces with one outcome. Fault takes precedence over throttle, and throttle over error. */
export function outcomeFilter(status: string): string {
  const worse = { throttle: ' AND NOT fault', error: ' AND NOT fault AND NOT throttle' }[status];
  return status + (worse ?? '');
}

export type Counts = Record<Status, number> & { total: number };

export function countRows(rows: readonly TraceRow[]): Counts {
  const counts: Counts = { total: rows.length, ok: 0, error: 0, throttle: 0, fault: 0 };
  for (const row of rows) counts[statusOf(row)]++;
  return counts;
}

export const COLUMNS = [
  'time',
  'status',
  'route',
  'duration',
  'hint',
  'service',
  'user',
  'annotations',
] as const;
export type Column = (typeof COLUMNS)[number];
export interface Sort {
  column: Column;
  descending: boolean;
}

/** Parses a sort order in the address: `-duration`. Newest first, the default, is omitted. */
export function parseSort(text: string): Sort {
  const descending = text.startsWith('-');
  const column = COLUMNS.find((one) => one === text.replace(/^-/, ''));
  return column ? { column, descending } : { column: 'time', descending: true };
}

export function formatSort({ column, descending }: Sort): string | undefined {
  return column === 'time' && descending ? undefined : `${descending ? '-' : ''}${column}`;
}

/** Whether a column is sorted in descending order first: numbers and outcomes are, names are not. */
export function firstDirection(column: Column): boolean {
  return column === 'time' || column === 'duration' || column === 'status';
}

const KEYS: Record<Column, (row: TraceRow) => string | number> = {
  time: (row) => row.start,
  status: (row) => severity(statusOf(row)) * 1000 + (row.status ?? 0),
  route: (row) => `${whatOf(row)} ${row.method ?? ''}`,
  duration: (row) => row.duration,
  hint: (row) => (row.hint ? `${row.hint.kind} ${row.hint.title}` : ''),
  service: (row) => row.service,
  user: (row) => row.user ?? '',
  annotations: (row) => Object.entries(row.annotations).join(),
};

/** A sorted copy. Among equal rows the newest comes first. Rows without a value come last. */
export function sortRows(rows: readonly TraceRow[], { column, descending }: Sort): TraceRow[] {
  const keyed = rows.map((row) => ({ row, key: KEYS[column](row) }));
  const sign = descending ? -1 : 1;
  keyed.sort((a, b) => {
    if (a.key === b.key) return b.row.start - a.row.start;
    if (a.key === '') return 1;
    if (b.key === '') return -1;
    return a.key < b.key ? -sign : sign;
  });
  return keyed.map(({ row }) => row);
}

/** The value that `share` of the sorted numbers do not exceed. Undefined if there are no numbers. */
export function percentile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))];
}

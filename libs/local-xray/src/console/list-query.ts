import type { ListSort, Outcome } from '../console-api';
import { numberOf, oneOf, textOf } from '../http/query-string';
import { invalidRequest } from '../http/xray.error';
import { readCursor } from '../reads/list-cursor';
import type { ListQuery } from '../reads/trace-reads';

const SORTS: readonly ListSort[] = [
  'time',
  'duration',
  'status',
  'hint',
  'route',
  'service',
  'user',
  'annotations',
];
const OUTCOMES: readonly Outcome[] = ['ok', 'error', 'throttle', 'fault'];
const MOST = 10_000;

/** Parses the query of `GET /console/traces`; see console-api.ts. */
export function listQuery(query: Record<string, unknown>): ListQuery {
  const limit = Math.min(Math.max(1, Math.floor(numberOf(query, 'limit', 1000))), MOST);
  const filter = textOf(query, 'filter');
  const group = textOf(query, 'group');
  const outcomes = textOf(query, 'outcome')
    .split(',')
    .filter((each) => each !== '')
    .map((each) => oneOf('outcome', each, OUTCOMES));
  const token = textOf(query, 'after');
  const after = token === '' ? undefined : readCursor(token);
  if (token !== '' && !after)
    throw invalidRequest(
      'after is not the "next" value of a page of this list. Request the list again without it.',
    );
  return {
    from: numberOf(query, 'start', 0),
    to: numberOf(query, 'end', 1e11),
    limit,
    sort: oneOf('sort', textOf(query, 'sort') || 'time', SORTS),
    descending: oneOf('order', textOf(query, 'order') || 'desc', ['asc', 'desc']) === 'desc',
    ...(filter && { filter }),
    ...(group && { group }),
    ...(outcomes.length > 0 && { outcomes }),
    ...(after && { after }),
  };
}

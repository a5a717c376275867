import { cut, MOST_BYTES, ms, placeOf, withinBytes } from '@nestjs-xray/trace';
import type { Differences, ErrorTable, QueryTable, RouteTable } from '../console-api';
import type { TraceReads } from '../reads/trace-reads';
import { clockAhead } from './row-text';
import { END_OF_TIME, parseSince } from './since';

const MOST_ROWS = 30;
const MOST_ATTRIBUTES = 12;
const MOST_VALUES = 5;

export interface Selected {
  filter?: string;
  since?: string;
}

/** Tables about many traces, as text of at most 20 kB. */
export class TableTexts {
  constructor(private readonly reads: TraceReads) {}

  async routes(given: Selected, signal?: AbortSignal): Promise<string> {
    const table = await this.reads.routes({ ...selection(given), by: 'route' }, signal);
    return text(given, 'routes and jobs, sorted by total time', routeLines(table));
  }

  async errors(given: Selected, signal?: AbortSignal): Promise<string> {
    const table = await this.reads.errors(selection(given), signal);
    return text(given, 'kinds of exceptions, the most recent first', errorLines(table));
  }

  async queries(given: Selected, signal?: AbortSignal): Promise<string> {
    const table = await this.reads.queries(selection(given), signal);
    return text(given, 'statements and operations, sorted by total time', queryLines(table));
  }

  /** What traces that match `a` have more often than those that match `b`, or than all others. */
  async differences(
    a: string,
    b: string | undefined,
    since: string | undefined,
    signal?: AbortSignal,
  ): Promise<string> {
    const query = { ...selection({ since }), a: { filter: a }, ...(b && { b: { filter: b } }) };
    const found = await this.reads.differences(query, signal);
    const lines = differenceLines(found);
    return withinBytes(
      [
        `A: ${found.a.count} traces with ${cut(a, 300)}; B: ${found.b.count} ${b ? `with ${cut(b, 300)}` : 'others'}.`,
        ...(lines.length > 0 ? lines : ['No recorded attribute differs between them.']),
        ...(found.same.length > 0 ? [`Almost the same: ${cut(found.same.join(', '), 500)}`] : []),
      ],
      MOST_BYTES,
      'Use more specific filters for a shorter answer.',
    );
  }
}

function selection({ filter, since = '1h' }: Selected) {
  const from = parseSince(since, Date.now() / 1000);
  return { from, to: END_OF_TIME, ...(filter && { filter }) };
}

function text({ filter, since = '1h' }: Selected, what: string, lines: string[]): string {
  const head = `${lines.length} ${what}, since ${since}${filter ? `, with ${filter}` : ''}:`;
  const more = lines.length > MOST_ROWS ? [`- … ${lines.length - MOST_ROWS} more`] : [];
  return withinBytes(
    [head, ...lines.slice(0, MOST_ROWS), ...more],
    MOST_BYTES,
    'Use a filter or a shorter period for a shorter answer.',
  );
}

function routeLines({ rows }: RouteTable): string[] {
  return rows.map((row) => {
    const { hint } = row;
    const found = hint
      ? `; ${hint.kind} in ${hint.traces} traces: ${hint.subject}${hint.place ? ` in ${hint.place}` : ''}`
      : '';
    const name = [row.method, row.name, row.service && `(${row.service})`]
      .filter(Boolean)
      .join(' ');
    return `- ${cut(name, 160)}: ${row.count} requests, p50 ${ms(row.p50)} ms, p95 ${ms(row.p95)} ms, ${row.fault} fault, ${row.error} error${cut(found, 200)}; filter ${cut(row.filter, 300)}`;
  });
}

function errorLines({ rows }: ErrorTable): string[] {
  const now = Date.now() / 1000;
  return rows.map((row) => {
    const line = row.file === undefined ? undefined : placeOf(row.file, row.line);
    const where = [row.place, line].filter(Boolean).join(', ');
    const message = cut(`${row.type}: ${row.message}`, 250);
    return `- ${message}${where && ` in ${cut(where, 150)}`}: ${row.count} times in ${row.traces} traces, last ${[new Date(row.last * 1000).toISOString(), clockAhead(row.last, now)].filter(Boolean).join(' ')}; filter ${cut(row.filter, 300)}`;
  });
}

function queryLines({ rows }: QueryTable): string[] {
  return rows.map((row) => {
    const [caller] = row.callers;
    const line = caller?.file === undefined ? undefined : placeOf(caller.file, caller.line);
    const from = caller ? ` from ${[caller.place, line].filter(Boolean).join(', ')}` : '';
    const loop = row.nPlusOne ? `; N+1 on ${row.nPlusOne.route}` : '';
    return `- ${cut(row.text, 250)} [${row.tag}]: ${row.count} times, ${ms(row.seconds)} ms in all, p95 ${ms(row.p95)} ms${cut(from, 150).replace(/^from/, ' from')}${cut(loop, 150)}; filter ${cut(row.filter, 300)}`;
  });
}

function differenceLines({ attributes, a, b }: Differences): string[] {
  const share = (part: number, whole: number) =>
    whole > 0 ? `${Math.round((part / whole) * 100)} %` : '–';
  return attributes
    .slice(0, MOST_ATTRIBUTES)
    .flatMap(({ name, values }) => [
      `- ${cut(name, 100)}`,
      ...values
        .slice(0, MOST_VALUES)
        .map(
          (each) =>
            `  - ${cut(each.value, 160)}: ${share(each.a, a.looked)} of A, ${share(each.b, b.looked)} of B; filter ${cut(each.filter, 300)}`,
        ),
    ]);
}

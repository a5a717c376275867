import type { AnnotationValue } from '@nestjs-xray/document';
import { binOf } from '../aggregates/bins';
import { troubleOf } from '../aggregates/counted';
import type { RouteRow, RouteTable } from '../console-api';
import type { ValueWithServiceIds } from '../trace';
import { valueOf } from '../store/annotation-values';
import { figuresOf, quoted } from './figures';
import type { ReadContext } from './read-context';
import { type Slots, type Sum, Tally } from './tally';
import { requestOf } from './trace-lists';
import type { TraceSelection } from './trace-reads';

/** The most traces grouped, the newest first: each must be read. */
const MOST = 20_000;
/** Keys with more values are not groups, but for example ids. */
const MAX_ROWS = 200;

interface Looked {
  start: number;
  duration: number;
  flags: number;
  found: string | null;
}

/** Traces by user, or by the values of an annotation: `user` or `annotation.KEY`. */
export async function rowsBy(
  context: ReadContext,
  selection: TraceSelection,
  by: string,
  slots: Slots,
  signal: AbortSignal,
): Promise<Pick<RouteTable, 'rows' | 'newest'>> {
  const key = by.startsWith('annotation.') ? by.slice('annotation.'.length) : undefined;
  const looked: Looked[] = [];
  const request = requestOf(context, selection);
  // The newest come first.
  for await (const { source, where } of context.search.parts(request, signal)) {
    const rows = context.database
      .prepare(
        `SELECT t.start, t.duration, t.flags, ${key === undefined ? 't.users' : 'json_extract(t.summary, ?)'} AS found
         FROM ${source.text} WHERE ${where.text} ORDER BY t.start DESC LIMIT ${MOST + 1}`,
      )
      .all<Looked>([
        ...(key === undefined ? [] : [`$.Annotations.${JSON.stringify(key)}`]),
        ...source.values,
        ...where.values,
      ]);
    looked.push(...rows);
    if (looked.length > MOST) break;
  }
  const values = new Map<string, AnnotationValue | undefined>();
  const tallies = new Map<string, Tally>();
  for (const row of looked.slice(0, MOST)) {
    for (const value of key === undefined ? usersOf(row) : annotationsOf(row)) {
      const id = `${typeof value} ${value}`;
      values.set(id, value);
      let tally = tallies.get(id);
      if (!tally) tallies.set(id, (tally = new Tally()));
      tally.add(sumOf(row, slots));
    }
  }
  const rows = [...tallies].map(([id, tally]): RouteRow => {
    const value = values.get(id);
    const condition = key === undefined ? 'user' : annotationName(key);
    return {
      name: value === undefined ? 'none' : String(value),
      ...figuresOf(tally, slots),
      filter:
        value === undefined
          ? `NOT ${condition}`
          : `${condition} = ${typeof value === 'string' ? quoted(value) : String(value)}`,
    };
  });
  rows.sort((a, b) => b.seconds - a.seconds);
  return {
    rows: rows.slice(0, MAX_ROWS),
    ...(looked.length > MOST && { newest: MOST }),
  };
}

function sumOf({ start, duration, flags }: Looked, { from, width, count }: Slots): Sum {
  const slot = Math.min(Math.max(Math.floor((start - from) / width), 0), count - 1);
  const common = { facet: 0, route: 0, bin: binOf(duration), slot };
  return { ...common, count: 1, seconds: duration, ...troubleOf(flags), traces: 1 };
}

function usersOf({ found }: Looked): (string | undefined)[] {
  return found === null ? [undefined] : (JSON.parse(found) as string[]);
}

function annotationsOf({ found }: Looked): (AnnotationValue | undefined)[] {
  if (found === null) return [undefined];
  const values = JSON.parse(found) as ValueWithServiceIds[];
  return values.map(({ AnnotationValue }) => valueOf(AnnotationValue));
}

function annotationName(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `annotation.${key}` : `annotation[${quoted(key)}]`;
}

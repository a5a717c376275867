import { type AnnotationValue, readJson } from '@nestjs-xray/document';
import type { TraceRow } from '../console-api';
import type { AnyDocument, TraceSummary } from '../trace';
import type { Driver, Statement } from './driver';
import { valueOf } from './annotation-values';
import { readable } from './full-traces';
import { ERROR, FAULT, PARTIAL, THROTTLE } from './schema';

/** The part of a trace's row that the lists show. */
export interface StoredRow {
  n: number;
  id: string;
  start: number;
  duration: number;
  response_time: number | null;
  flags: number;
  service: string;
  status: number | null;
  method: string | null;
  url: string | null;
  route: string | null;
  users: string | null;
  segments: number;
  subsegments: number;
  revision: number;
  /** Kind and title of the costliest hint, as JSON. */
  hint: string | null;
  /** The annotations of the summary as JSON. The rest of the summary is not parsed for a list. */
  annotations: string;
}

/** The columns of a StoredRow, for a SELECT from `traces AS t`. */
export const TRACE_ROW_COLUMNS =
  't.n, t.id, t.start, t.duration, t.response_time, t.flags, t.service, t.status, t.method, t.url, t.route, ' +
  "t.users, t.segments, t.subsegments, t.revision, t.hint, json_extract(t.summary, '$.Annotations') AS annotations";

/** Reads single traces; for searches, see query/. */
export class StoredTraces {
  private readonly byId: Statement;
  private readonly byNumber: Statement;
  private readonly bodies: Statement;
  private readonly total: Statement;

  constructor(readonly driver: Driver) {
    this.byId = driver.prepare('SELECT n, revision, duration FROM traces WHERE id = ?');
    this.byNumber = driver.prepare(`SELECT ${TRACE_ROW_COLUMNS} FROM traces AS t WHERE n = ?`);
    this.bodies = driver.prepare('SELECT body FROM documents WHERE trace = ? ORDER BY n');
    this.total = driver.prepare('SELECT count(*) AS count FROM traces');
  }

  has(id: string): boolean {
    return this.byId.get([id.toLowerCase()]) !== undefined;
  }

  /** The documents of a trace as text, in order of arrival. Undefined if there is no such trace. */
  texts(
    id: string,
  ): { texts: string[]; full: boolean; revision: number; duration: number } | undefined {
    const trace = this.byId.get<{ n: number; revision: number; duration: number }>([
      id.toLowerCase(),
    ]);
    if (!trace) return undefined;
    const bodies = this.bodies.all<{ body: string }>([trace.n]).map(({ body }) => body);
    return { ...readable(bodies), revision: trace.revision, duration: trace.duration };
  }

  /** The rows with these numbers that still exist. */
  rows(numbers: number[]): TraceRow[] {
    return numbers
      .map((n) => this.byNumber.get<StoredRow>([n]))
      .filter((row) => row !== undefined)
      .map(traceRow);
  }

  count(): number {
    return this.total.get<{ count: number }>()!.count;
  }
}

/** Parses stored documents. They were checked before they were stored. */
export function revive(texts: string[]): AnyDocument[] {
  return texts.map((text) => readJson(text) as AnyDocument);
}

/** After this many seconds without an update, a trace in progress is not expected to end. */
const SILENT_AFTER = 15 * 60;

/** A row of the console's list. */
export function traceRow(row: StoredRow): TraceRow {
  const recorded = readJson(row.annotations) as TraceSummary['Annotations'];
  const annotations: Record<string, AnnotationValue> = {};
  for (const [key, values] of Object.entries(recorded)) {
    // No assignment, because a key may be `__proto__`.
    Object.defineProperty(annotations, key, {
      value: valueOf(values[0]!.AnnotationValue),
      enumerable: true,
    });
  }
  const partial = (row.flags & PARTIAL) !== 0;
  const now = Date.now() / 1000;
  const last = row.start + row.duration;
  const silent = partial && now - last >= SILENT_AFTER;
  return {
    id: row.id,
    start: row.start,
    duration: partial && !silent ? Math.max(row.duration, now - row.start) : row.duration,
    responseTime: row.response_time ?? undefined,
    method: row.method ?? undefined,
    url: row.url ?? undefined,
    route: row.route ?? undefined,
    status: row.status ?? undefined,
    service: row.service,
    user: row.users === null ? undefined : (JSON.parse(row.users) as string[])[0],
    annotations,
    fault: (row.flags & FAULT) !== 0,
    error: (row.flags & ERROR) !== 0,
    throttle: (row.flags & THROTTLE) !== 0,
    partial,
    silentSince: silent ? last : undefined,
    hint: row.hint === null ? undefined : (JSON.parse(row.hint) as TraceRow['hint']),
    segments: row.segments,
    subsegments: row.subsegments,
    revision: row.revision,
  };
}

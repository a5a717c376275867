import { type AnnotationValue, writeJson } from '@nestjs-xray/document';
import { linksWithin } from '../trace/links';
import { type EncodedShape, encodeShape, type TraceFacts, type TraceModel } from '../trace';
import type { Driver, SqlValue, Statement } from './driver';
import { binOf } from '../aggregates/bins';
import type { Occurrence, StoredHint } from '../aggregates/occurrences';
import { AggregateRows } from './aggregate-rows';
import type { HotTrace } from './hot-traces';
import { indexedAnnotations, indexValue } from './annotation-values';
import { MultiInsert } from './multi-insert';
import { TraceLinkRows } from './trace-links';
import { Shapes } from './shapes';
import type { TotalledTrace, TraceTotals } from './trace-totals';

/** A trace and the contents of its row. */
export interface TraceRecord {
  trace: HotTrace;
  model: TraceModel;
  facts: TraceFacts;
  /** What the trace adds to the aggregates. */
  occurrences: Occurrence[];
  hint?: StoredHint | undefined;
}

/** What is read of a stored trace when further documents arrive. */
export type StoredTrace = Pick<HotTrace, 'n' | 'id' | 'created' | 'revision'> & TotalledTrace;

/** `n`, `id` and `created` never change; the rest is rewritten each time. */
const COLUMNS = [
  'n',
  'id',
  'created',
  'start',
  '"end"',
  'duration',
  'response_time',
  'flags',
  'service',
  'status',
  'method',
  'url',
  'route',
  'user_agent',
  'client_ip',
  'users',
  'segments',
  'subsegments',
  'revision',
  'shape',
  'times',
  'summary',
  'bin',
  'hint',
];
const UPDATES = COLUMNS.slice(3).map((column) => `${column} = excluded.${column}`);

/** Prepares and runs the writer's SQL statements. */
export class TraceRows {
  readonly shapes: Shapes;
  private readonly aggregates: AggregateRows;
  private readonly links: TraceLinkRows;
  private readonly insertDocuments: MultiInsert;
  private readonly insertTraces: MultiInsert;
  private readonly insertAnnotations: MultiInsert;
  private readonly deleteAnnotation: Statement;
  private readonly findTraces: Statement;
  private readonly findDocuments: Statement;
  private readonly findLast: Statement;
  private readonly findUncounted: Statement;
  private readonly findSummary: Statement;
  private readonly countAll: Statement;

  constructor(
    driver: Driver,
    private readonly totals: TraceTotals,
  ) {
    this.shapes = new Shapes(driver);
    this.aggregates = new AggregateRows(driver);
    this.links = new TraceLinkRows(driver);
    this.insertDocuments = new MultiInsert(
      driver,
      'INSERT INTO documents (trace, id, body)',
      3,
      'ON CONFLICT (trace, id) DO UPDATE SET body = excluded.body',
    );
    this.insertTraces = new MultiInsert(
      driver,
      `INSERT INTO traces (${COLUMNS.join(', ')})`,
      COLUMNS.length,
      `ON CONFLICT (n) DO UPDATE SET ${UPDATES.join(', ')}`,
    );
    this.insertAnnotations = new MultiInsert(
      driver,
      'INSERT OR IGNORE INTO annotations (key, value, start, trace)',
      4,
    );
    this.deleteAnnotation = driver.prepare(
      'DELETE FROM annotations WHERE key = ? AND value = ? AND start = ? AND trace = ?',
    );
    this.findTraces = driver.prepare(
      `SELECT n, id, created, revision, start, "end", flags, shape, times FROM traces
       WHERE id IN (SELECT value FROM json_each(?))`,
    );
    this.findDocuments = driver.prepare('SELECT body FROM documents WHERE trace = ? ORDER BY n');
    this.findSummary = driver.prepare('SELECT start, summary FROM traces WHERE n = ?');
    this.countAll = driver.prepare('SELECT count(*) AS count FROM traces');
    this.findUncounted = driver.prepare(
      'SELECT id FROM traces WHERE bin IS NULL ORDER BY n DESC LIMIT ?',
    );
    this.findLast = driver.prepare('SELECT coalesce(max(n), 0) AS n FROM traces');
  }

  lastNumber(): number {
    return this.findLast.get<{ n: number }>()!.n;
  }

  count(): number {
    return this.countAll.get<{ count: number }>()!.count;
  }

  /** Finds the traces with these ids that are stored. */
  find(ids: readonly string[]): StoredTrace[] {
    return ids.length === 0 ? [] : this.findTraces.all([JSON.stringify(ids)]);
  }

  /** The documents of a trace as text, in order of arrival. */
  documents(n: number): string[] {
    return this.findDocuments.all<{ body: string }>([n]).map(({ body }) => body);
  }

  writeDocuments(traces: Iterable<HotTrace>): void {
    const values: SqlValue[] = [];
    const links: SqlValue[] = [];
    for (const trace of traces) {
      for (const [id, text] of trace.pending) {
        values.push(trace.n, id, text);
        const document = trace.documents.get(id);
        if (!document || !text.includes('"links"')) continue;
        for (const { trace_id } of linksWithin(document)) {
          if (trace_id !== trace.id) links.push(trace_id, trace.n);
        }
      }
      trace.pending.clear();
    }
    this.insertDocuments.run(values);
    this.links.insert(links);
  }

  writeTraces(records: TraceRecord[]): void {
    const traces: SqlValue[] = [];
    const annotations: SqlValue[] = [];
    for (const record of records) {
      const { shape, times } = encodeShape(record.model);
      record.trace.revision++;
      const number = this.shapes.numberOf(shape);
      traces.push(...values(record, number, times));
      this.reindex(record, annotations);
      this.recount(record, number, times);
    }
    const changes = records.map(({ trace, facts, occurrences }) => {
      const before = trace.counted;
      const after = (trace.counted = this.aggregates.counted(facts, occurrences));
      return { trace: trace.n, before, after };
    });
    this.totals.write();
    this.insertTraces.run(traces);
    this.insertAnnotations.run(annotations);
    this.aggregates.write(changes);
  }

  /** The rows that the annotations table has for a stored trace. */
  indexed(n: number): HotTrace['indexed'] {
    const { start, summary } = this.findSummary.get<{ start: number; summary: string }>([n])!;
    return { start, annotations: indexedAnnotations(summary) };
  }

  /** The counts that the aggregates have for a stored trace. */
  counted(n: number): HotTrace['counted'] {
    return this.aggregates.read(n);
  }

  /** Ids of traces that were stored before there were aggregates, newest first. */
  uncounted(limit: number): string[] {
    return this.findUncounted.all<{ id: string }>([limit]).map(({ id }) => id);
  }

  /** Call this after a rollback, and when traces were deleted. */
  forget(): void {
    this.shapes.forget();
    this.aggregates.facets.forget();
  }

  private recount({ trace, facts }: TraceRecord, shape: number, times: string): void {
    if (trace.totalled) this.totals.count(trace.totalled, -1);
    const { start, end, flags } = facts;
    trace.totalled = { start, end, flags, shape, times };
    this.totals.count(trace.totalled, 1);
  }

  /** Adds new annotations to `inserts`, and deletes those that the trace no longer has. */
  private reindex({ trace, facts }: TraceRecord, inserts: SqlValue[]): void {
    const before = trace.indexed;
    const { start, annotations } = facts;
    trace.indexed = { start, annotations };
    if (before.annotations.length === 0) {
      for (const { key, value } of annotations)
        inserts.push(key, indexValue(value), start, trace.n);
      return;
    }
    const moved = before.start !== start;
    const old = new Set(before.annotations.map(identity));
    for (const each of annotations) {
      const known = old.delete(identity(each));
      if (!known || moved) inserts.push(each.key, indexValue(each.value), start, trace.n);
    }
    for (const each of before.annotations) {
      if (!moved && !old.has(identity(each))) continue;
      this.deleteAnnotation.run([each.key, indexValue(each.value), before.start, trace.n]);
    }
  }
}

function identity({ key, value }: { key: string; value: AnnotationValue }): string {
  return `${typeof value} ${key} ${value}`;
}

function values(
  { trace, facts, hint }: TraceRecord,
  shape: number,
  times: EncodedShape['times'],
): SqlValue[] {
  const { http } = facts;
  return [
    trace.n,
    trace.id,
    trace.created,
    facts.start,
    facts.end,
    facts.duration,
    facts.responseTime,
    facts.flags,
    facts.service,
    http?.HttpStatus ?? null,
    http?.HttpMethod ?? null,
    http?.HttpURL ?? null,
    facts.route ?? null,
    http?.UserAgent ?? null,
    http?.ClientIp ?? null,
    facts.users.length > 0 ? JSON.stringify(facts.users) : null,
    facts.segments,
    facts.subsegments,
    trace.revision,
    shape,
    times,
    writeJson({ ...facts.summary, Revision: trace.revision }),
    binOf(facts.duration),
    hint ? JSON.stringify(hint) : null,
  ];
}

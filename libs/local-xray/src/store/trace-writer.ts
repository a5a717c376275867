import { readJson } from '@nestjs-xray/document';
import { buildTree } from '@nestjs-xray/trace';
import { findings } from '../aggregates/occurrences';
import { type AnyDocument, buildTraceModel, type TraceFacts, traceFacts } from '../trace';
import type { Driver } from './driver';
import { type HotTrace, HotTraces } from './hot-traces';
import { stitch } from '../trace/stitch';
import { type TraceRecord, TraceRows } from './trace-rows';
import { TraceTotals } from './trace-totals';

/** A trace's row is recomputed at most this share of the time, however large the trace is. */
const REST_FACTOR = 10;
/** Traces with fewer documents never wait, nor do those that take fewer milliseconds. */
const LARGE = 100;
const CHEAP_MS = 2;
/** Traces counted between two looks at what else there is to do. */
const OLDER = 20;

/** Writes documents and keeps the rows of their traces up, a batch at a time. */
export class TraceWriter {
  private readonly hot = new HotTraces();
  private readonly rows: TraceRows;
  private dirty = new Set<HotTrace>();
  private nextNumber: number;

  /** Documents put since the last commit. */
  pending = 0;
  /** Traces in the database. */
  stored: number;

  constructor(
    private readonly driver: Driver,
    private readonly totals = new TraceTotals(driver),
  ) {
    this.rows = new TraceRows(driver, totals);
    this.nextNumber = this.rows.lastNumber() + 1;
    this.stored = this.rows.count();
  }

  /** Documents are durable, but the row of their trace, a large one, is still to be computed. */
  get behind(): boolean {
    return this.dirty.size > 0 && this.pending === 0;
  }

  /**
   * Takes a document; {@link commit} writes it. One with the same id is replaced, except that what
   * is in progress never replaces what is final: UDP does not keep order.
   */
  put(document: AnyDocument, text: string): void {
    // Hexadecimal: whether a client writes capitals says nothing.
    const traceId = document.trace_id!.toLowerCase();
    const trace = this.hot.get(traceId) ?? this.load(traceId);
    const known = trace.documents.get(document.id);
    if (known && isFinal(known) && !isFinal(document)) return;
    this.hot.grew(trace, text.length);
    trace.documents.set(document.id, document);
    trace.pending.set(document.id, text);
    this.dirty.add(trace);
    this.pending++;
  }

  /**
   * Makes all that was put durable, in one transaction.
   *
   * The rows of large traces that get documents all the time wait for their turn, since
   * computing them reads the whole trace; `all` ends the wait.
   *
   * @returns the numbers of the traces whose rows changed
   * @throws what SQLite throws; then nothing of the batch is kept.
   */
  commit(all = false): number[] {
    if (this.dirty.size === 0) return [];
    const { dirty } = this;
    this.dirty = new Set();
    this.pending = 0;
    const now = performance.now();
    const due: TraceRecord[] = [];
    try {
      this.driver.transaction(() => {
        this.rows.writeDocuments(dirty);
        for (const trace of dirty) {
          if (!all && trace.restUntil > now) this.dirty.add(trace);
          else due.push(record(trace));
        }
        this.rows.writeTraces(due);
      });
    } catch (error) {
      // What is in memory no longer matches the file.
      this.forgetAll();
      throw error;
    }
    for (const { trace } of due) if (trace.revision === 1) this.stored++;
    this.hot.trim(this.dirty);
    return due.map(({ trace }) => trace.n);
  }

  /** Counts a few traces that were stored before there were aggregates; returns whether there may be more. */
  countOlder(): boolean {
    const ids = this.rows.uncounted(OLDER);
    for (const id of ids) this.dirty.add(this.hot.get(id) ?? this.load(id));
    if (ids.length > 0) this.commit(true);
    return ids.length === OLDER;
  }

  /** To be called when traces, and with them perhaps shapes, were deleted; only after a commit of all. */
  forget(ids: string[]): void {
    if (ids.length === 0) return;
    this.stored -= ids.length;
    for (const id of ids) this.hot.delete(id);
    this.rows.forget();
  }

  private forgetAll(): void {
    this.dirty.clear();
    this.hot.clear();
    this.totals.forget();
    this.rows.forget();
  }

  private load(id: string): HotTrace {
    const stored = this.rows.find(id);
    const trace: HotTrace = {
      n: stored?.n ?? this.nextNumber++,
      created: stored?.created ?? Date.now() / 1000,
      revision: stored?.revision ?? 0,
      totalled: stored,
      id,
      documents: new Map(),
      size: 0,
      indexed: { start: 0, annotations: [] },
      counted: undefined,
      pending: new Map(),
      restUntil: 0,
    };
    if (stored) {
      for (const body of this.rows.documents(stored.n)) {
        const document = readJson(body) as AnyDocument;
        trace.documents.set(document.id, document);
        trace.size += body.length;
      }
      trace.indexed = record(trace).facts;
      trace.counted = this.rows.counted(stored.n);
    }
    this.hot.add(trace);
    return trace;
  }
}

function record(trace: HotTrace): TraceRecord {
  const before = performance.now();
  const model = buildTraceModel([...trace.documents.values()]);
  const facts = traceFacts(trace.id, model);
  const found = findingsOf(trace, facts);
  const after = performance.now();
  const dear = trace.documents.size > LARGE && after - before > CHEAP_MS;
  trace.restUntil = dear ? after + (after - before) * REST_FACTOR : 0;
  return { trace, model, facts, ...found };
}

/** What the trace adds to the aggregates. */
function findingsOf(
  { id, documents }: HotTrace,
  { end }: TraceFacts,
): Pick<TraceRecord, 'occurrences' | 'hint'> {
  try {
    return findings(buildTree({ id, ...stitch([...documents.values()]) }, end));
  } catch {
    // Documents can be of any make. One that the rules trip over is kept and shown, and not counted.
    return { occurrences: [] };
  }
}

/** A segment with an end, or with nothing that says it is still going on. */
function isFinal(document: AnyDocument): boolean {
  return document.end_time !== undefined && document.in_progress !== true;
}

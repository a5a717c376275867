import { readJson } from '@nestjs-xray/document';
import { buildTree } from '@nestjs-xray/trace';
import { findings } from '../aggregates/occurrences';
import { type AnyDocument, buildTraceModel, type TraceFacts, traceFacts } from '../trace';
import type { Driver } from './driver';
import { type HotTrace, HotTraces } from './hot-traces';
import { stitch } from '../trace/stitch';
import { lossOf, replaces } from './same-id';
import { type StoredTrace, type TraceRecord, TraceRows } from './trace-rows';
import { TraceTotals } from './trace-totals';
import { UnwrittenTraces } from './unwritten-traces';

/** A trace's row is recomputed at most this share of the time, however large the trace is. */
const REST_FACTOR = 10;
/** Traces with fewer documents never wait, nor do those that take fewer milliseconds. */
const LARGE = 100;
const CHEAP_MS = 2;
/** Traces counted between two looks at what else there is to do. */
const OLDER = 20;
/**
 * How long after rows were written others wait, and how many traces wait at most. Each row is then written
 * once for documents that come one by one, and what traces have in common once for all of them.
 */
const GATHER_MS = 100;
const GATHER_TRACES = 400;
/** What SQLite says of a value that it does not take, whenever it is tried. */
const UNWRITABLE = /constraint|mismatch|too big/i;

/** Is told what is not kept, or not found, of what was put. */
export interface WriterListener {
  /** A trace's documents are kept, but SQLite does not take its row. */
  notListed(id: string, reason: string): void;
  /** SQLite does not take a document. */
  notWritable(document: AnyDocument, reason: string): void;
  /** Another document has the id of one that was put, and only one of them is kept. */
  sameId(loss: string): void;
}

interface Incoming {
  document: AnyDocument;
  text: string;
}

/** Writes documents and keeps the rows of their traces up, a batch at a time. */
export class TraceWriter {
  private readonly hot = new HotTraces();
  private readonly rows: TraceRows;
  private readonly unwritten: UnwrittenTraces;
  private incoming: Incoming[] = [];
  /** What documents with an id that another has cost, in the transaction at hand. */
  private losses: string[] = [];
  private dirty = new Set<HotTrace>();
  private nextNumber: number;
  /** Rows that an earlier process, or a commit that failed, left undone are written. */
  private caughtUp = false;
  /** When rows were last written, by `performance.now()`. */
  private writtenAt = -Infinity;

  /** Traces in the database. */
  stored: number;

  constructor(
    private readonly driver: Driver,
    private readonly totals = new TraceTotals(driver),
    private readonly gatherMs = GATHER_MS,
    private readonly listener?: WriterListener,
  ) {
    this.rows = new TraceRows(driver, totals);
    this.unwritten = new UnwrittenTraces(driver);
    const last = this.unwritten.all().at(-1)?.n ?? 0;
    this.nextNumber = Math.max(this.rows.lastNumber(), last) + 1;
    this.stored = this.rows.count();
  }

  /** Documents put since the last commit. */
  get pending(): number {
    return this.incoming.length;
  }

  /** Documents are durable, but rows of their traces are yet to be written. */
  get behind(): boolean {
    return this.dirty.size > 0 && this.pending === 0;
  }

  /** Takes a document; {@link commit} writes it. */
  put(document: AnyDocument, text: string): void {
    this.incoming.push({ document, text });
  }

  /**
   * Makes all that was put durable, in one transaction.
   *
   * Rows are written for many traces at a time, and those of large traces that get documents all the time wait
   * for their turn, since computing them reads the whole trace; `all` ends the wait.
   *
   * @returns the numbers of the traces whose rows changed
   * @throws what SQLite throws; then nothing of the batch is kept. A value that SQLite does not take costs only the
   *   document or the row that has it.
   */
  commit(all = false): number[] {
    const { incoming } = this;
    this.incoming = [];
    const caughtUp = this.catchUp();
    if (incoming.length === 0 && this.dirty.size === 0) return caughtUp;
    try {
      return [...caughtUp, ...this.write(incoming, all ? 'all' : 'due')];
    } catch (error) {
      if (!isUnwritable(error)) throw error;
      return [...caughtUp, ...this.writeApart(incoming)];
    }
  }

  /** Writes documents one at a time, and then each row by itself. */
  private writeApart(incoming: readonly Incoming[]): number[] {
    const written: number[] = [];
    for (const each of incoming) {
      // After a failure: a trace whose row is not written would get a second number.
      written.push(...this.catchUp());
      try {
        this.write([each], 'none');
      } catch (error) {
        if (!isUnwritable(error)) throw error;
        this.listener?.notWritable(each.document, (error as Error).message);
      }
    }
    this.forgetAll();
    return [...new Set([...written, ...this.catchUp()])];
  }

  /**
   * Writes the rows that a process that was killed, or a commit that failed, left undone: one at a time, so that
   * one that cannot be written keeps no other from it.
   */
  catchUp(): number[] {
    if (this.caughtUp) return [];
    const written: number[] = [];
    for (const { n, id } of this.unwritten.all()) {
      try {
        this.dirty.add(this.load(id, this.rows.find([id])[0], n));
        written.push(...this.write([], 'all'));
      } catch (error) {
        if (!isUnwritable(error)) throw error;
        this.unwritten.remove([{ n }]);
        this.listener?.notListed(id, (error as Error).message);
      }
    }
    this.caughtUp = true;
    return written;
  }

  /** Counts a few traces that were stored before there were aggregates; returns whether there may be more. */
  countOlder(): boolean {
    const ids = this.rows.uncounted(OLDER);
    for (const trace of this.rows.find(ids)) {
      this.dirty.add(this.hot.get(trace.id) ?? this.load(trace.id, trace));
    }
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

  private write(incoming: readonly Incoming[], rows: 'all' | 'due' | 'none') {
    let due: HotTrace[] = [];
    this.losses = [];
    try {
      this.driver.transaction(() => {
        this.take(incoming);
        this.rows.writeDocuments(this.dirty);
        due = rows === 'none' ? [] : this.due(rows === 'all');
        this.rows.writeTraces(due.map(record));
        this.mark(due);
      });
    } catch (error) {
      // What is in memory no longer matches the file.
      this.forgetAll();
      throw error;
    }
    for (const loss of this.losses) this.listener?.sameId(loss);
    for (const { revision } of due) if (revision === 1) this.stored++;
    if (due.length > 0) this.writtenAt = performance.now();
    this.hot.trim(this.dirty);
    return due.map(({ n }) => n);
  }

  /** Puts documents into their traces; those that are not in memory are looked up all at once. */
  private take(incoming: readonly Incoming[]): void {
    const unknown = new Set<string>();
    for (const { document } of incoming) {
      const id = traceIdOf(document);
      if (!this.hot.get(id)) unknown.add(id);
    }
    for (const stored of this.rows.find([...unknown])) {
      this.load(stored.id, stored);
      unknown.delete(stored.id);
    }
    for (const id of unknown) this.load(id, undefined);
    for (const { document, text } of incoming) {
      this.add(this.hot.get(traceIdOf(document))!, document, text);
    }
  }

  private add(trace: HotTrace, document: AnyDocument, text: string): void {
    const known = trace.documents.get(document.id);
    if (known) {
      const better = replaces(document, known);
      const loss = better ? lossOf(document, known) : lossOf(known, document);
      if (loss !== undefined) this.losses.push(loss);
      if (!better) return;
    }
    this.hot.grew(trace, text.length);
    trace.documents.set(document.id, document);
    trace.pending.set(document.id, text);
    this.dirty.add(trace);
  }

  /** Takes those out of `dirty` whose rows are to be written now. */
  private due(all: boolean): HotTrace[] {
    const now = performance.now();
    const gather = now - this.writtenAt < this.gatherMs && this.dirty.size < GATHER_TRACES;
    if (gather && !all) return [];
    const due = [...this.dirty].filter(({ restUntil }) => all || restUntil <= now);
    for (const trace of due) this.dirty.delete(trace);
    return due;
  }

  private mark(due: readonly HotTrace[]): void {
    const marked = due.filter(({ unwritten }) => unwritten);
    if (this.dirty.size === 0 && marked.length > 0 && this.caughtUp) this.unwritten.clear();
    else this.unwritten.remove(marked);
    for (const trace of marked) trace.unwritten = false;
    const waiting = [...this.dirty].filter(({ unwritten }) => !unwritten);
    this.unwritten.add(waiting);
    for (const trace of waiting) trace.unwritten = true;
  }

  private forgetAll(): void {
    this.caughtUp = false;
    this.dirty.clear();
    this.hot.clear();
    this.totals.forget();
    this.rows.forget();
  }

  /** @param n the number that documents are stored under although there is no row yet */
  private load(id: string, stored: StoredTrace | undefined, n?: number): HotTrace {
    const trace: HotTrace = {
      n: stored?.n ?? n ?? this.nextNumber++,
      created: stored?.created ?? Date.now() / 1000,
      revision: stored?.revision ?? 0,
      totalled: stored,
      id,
      documents: new Map(),
      size: 0,
      indexed: { start: 0, annotations: [] },
      counted: undefined,
      pending: new Map(),
      unwritten: n !== undefined,
      restUntil: 0,
    };
    if (stored || n !== undefined) {
      for (const body of this.rows.documents(trace.n)) {
        const document = readJson(body) as AnyDocument;
        trace.documents.set(document.id, document);
        trace.size += body.length;
      }
    }
    if (stored) {
      // Not by its documents: some of them may have come after the row was written.
      trace.indexed = this.rows.indexed(stored.n);
      trace.counted = this.rows.counted(stored.n);
    }
    this.hot.add(trace);
    return trace;
  }
}

/** Hexadecimal: whether a client writes capitals says nothing. */
function traceIdOf(document: AnyDocument): string {
  return document.trace_id!.toLowerCase();
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

function isUnwritable(error: unknown): boolean {
  return UNWRITABLE.test(String(error));
}

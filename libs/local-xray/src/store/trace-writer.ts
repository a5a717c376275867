import { readJson } from '@nestjs-xray/document';
import { buildTree } from '@nestjs-xray/trace';
import { findings } from '../aggregates/occurrences';
import {
  type AnyDocument,
  buildTraceModel,
  type TraceFacts,
  traceFacts,
  type TraceModel,
} from '../trace';
import type { Driver } from './driver';
import { type HotTrace, HotTraces } from './hot-traces';
import { stitchTree } from '../trace/stitch';
import { lossOf, replaces } from './same-id';
import { PARTIAL } from './schema';
import { type StoredTrace, type TraceRecord, TraceRows } from './trace-rows';
import { TraceTotals } from './trace-totals';
import { UnwrittenTraces } from './unwritten-traces';
import { FullTraces } from './full-traces';
import { weightOf } from './weight';

/** After computing the row of a large trace, wait this many times as long before computing it again. */
const REST_FACTOR = 10;
/** Traces with fewer documents never wait, nor do those whose row takes fewer milliseconds. */
const LARGE = 100;
const CHEAP_MS = 2;
/** How many older traces are counted in one step, so that other work is not delayed. */
const OLDER = 20;
/**
 * How long rows may wait after others were written, and how many traces may wait. If documents of a trace arrive one by
 * one, its row is then written once, and the facets that several traces share are written once for all of them.
 */
const GATHER_MS = 100;
const GATHER_TRACES = 400;
/** Documents of this weight are committed before more are taken. */
const HEAVY = 4_000_000;
/** SQLite's errors for a value that it rejects every time. */
const UNWRITABLE = /constraint|mismatch|too big/i;

/** Notified of documents that are not stored, or not listed. */
export interface WriterListener {
  /** A trace's documents are stored, but SQLite rejects its row. */
  notListed(id: string, reason: string): void;
  /** SQLite rejects a document. */
  notWritable(document: AnyDocument, reason: string, refuse?: Refuse): void;
  /** The trace of a document is full. */
  traceFull(document: AnyDocument, refuse?: Refuse): void;
  /** Two documents of a trace have the same id, and only one of them is kept. */
  sameId(loss: string): void;
}

/** Called for each document of a batch that is not stored. */
export type Refuse = (
  document: AnyDocument,
  code: 'NotStored' | 'TraceTooLarge',
  message: string,
) => void;

interface Incoming {
  document: AnyDocument;
  text: string;
  weight: number;
  refuse: Refuse | undefined;
}

/** Writes documents and updates the rows of their traces, in batches. */
export class TraceWriter {
  private readonly hot = new HotTraces();
  private readonly rows: TraceRows;
  private readonly unwritten: UnwrittenTraces;
  private incoming: Incoming[] = [];
  private incomingWeight = 0;
  private readonly full = new FullTraces();
  /** Reports documents that the current transaction does not store. Called after the commit. */
  private losses: (() => void)[] = [];
  private dirty = new Set<HotTrace>();
  private nextNumber: number;
  /** Whether the rows that an earlier process or a failed commit did not write have been written. */
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

  /** Number of documents that were put since the last commit. */
  get pending(): number {
    return this.incoming.length;
  }

  /** Whether rows are still to be written for traces whose documents are already durable. */
  get behind(): boolean {
    return this.dirty.size > 0 && this.pending === 0;
  }

  /** Whether what was put takes so much memory that it should be committed before more is put. */
  get heavy(): boolean {
    return this.incomingWeight > HEAVY;
  }

  /** Takes a document; {@link commit} writes it, or tells `refuse` and the listener why not. */
  put(document: AnyDocument, text: string, refuse?: Refuse): void {
    const weight = weightOf(text);
    this.incoming.push({ document, text, weight, refuse });
    this.incomingWeight += weight;
  }

  /**
   * Writes everything that was put, durably and in one transaction.
   *
   * Rows are written for many traces at a time. The rows of large traces that keep receiving documents wait, because
   * computing one reads the whole trace. With `all`, every row is written now.
   *
   * @returns the numbers of the traces whose rows changed
   * @throws what SQLite throws; nothing of the batch is stored then. A value that SQLite rejects costs only the
   *   document or the row that contains it.
   */
  commit(all = false): number[] {
    const { incoming } = this;
    this.incoming = [];
    this.incomingWeight = 0;
    const caughtUp = this.catchUp();
    if (incoming.length === 0 && this.dirty.size === 0) return caughtUp;
    try {
      return [...caughtUp, ...this.write(incoming, all ? 'all' : 'due')];
    } catch (error) {
      if (!isUnwritable(error)) throw error;
      return [...caughtUp, ...this.writeApart(incoming)];
    }
  }

  /** Writes each document, and then each row, in a transaction of its own. */
  private writeApart(incoming: readonly Incoming[]): number[] {
    const written: number[] = [];
    for (const each of incoming) {
      // First, because a trace whose row is missing after a failure would get a second number.
      written.push(...this.catchUp());
      try {
        this.write([each], 'none');
      } catch (error) {
        if (!isUnwritable(error)) throw error;
        this.listener?.notWritable(each.document, (error as Error).message, each.refuse);
      }
    }
    this.forgetAll();
    return [...new Set([...written, ...this.catchUp()])];
  }

  /**
   * Writes the rows that a killed process or a failed commit did not write. Each is written separately, so that a row
   * that cannot be written does not affect the others.
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

  /** Counts a few traces that were stored before there were aggregates. Returns whether there may be more. */
  countOlder(): boolean {
    const ids = this.rows.uncounted(OLDER);
    for (const trace of this.rows.find(ids)) {
      this.dirty.add(this.hot.get(trace.id) ?? this.load(trace.id, trace));
    }
    if (ids.length > 0) this.commit(true);
    return ids.length === OLDER;
  }

  /** Call this when traces, and perhaps their shapes, were deleted, and only after commit(true). */
  forget(ids: string[]): void {
    if (ids.length === 0) return;
    this.stored -= ids.length;
    for (const id of ids) {
      this.hot.delete(id);
      this.full.delete(id);
    }
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
      // The caches no longer match the file.
      this.forgetAll();
      throw error;
    }
    for (const tell of this.losses) tell();
    this.losses = [];
    for (const { revision } of due) if (revision === 1) this.stored++;
    if (due.length > 0) this.writtenAt = performance.now();
    for (const trace of due) if (isOver(trace)) this.hot.delete(trace.id);
    this.hot.trim(this.dirty);
    return due.map(({ n }) => n);
  }

  /** Adds documents to their traces. Traces that are not in memory are looked up in one query. */
  private take(incoming: readonly Incoming[]): void {
    const unknown = new Set<string>();
    const taken = incoming.filter((each) => {
      const id = traceIdOf(each.document);
      if (this.full.refuses(id, each.document)) return void this.refuse(each);
      if (!this.hot.get(id)) unknown.add(id);
      return true;
    });
    for (const stored of this.rows.find([...unknown])) {
      this.load(stored.id, stored);
      unknown.delete(stored.id);
    }
    for (const id of unknown) this.load(id, undefined);
    for (const each of taken) this.add(this.hot.get(traceIdOf(each.document))!, each);
  }

  private refuse({ document, refuse }: Incoming): void {
    this.losses.push(() => this.listener?.traceFull(document, refuse));
  }

  private add(trace: HotTrace, incoming: Incoming): void {
    const { document, text, weight } = incoming;
    if (this.full.noPlaceFor(trace.id, trace.weight, document)) return this.refuse(incoming);
    const known = trace.documents.get(document.id);
    if (known) {
      const better = replaces(document, known);
      const loss = better ? lossOf(document, known) : lossOf(known, document);
      if (loss !== undefined) this.losses.push(() => this.listener?.sameId(loss));
      if (!better) return;
    }
    this.hot.grew(trace, document.id, weight);
    trace.documents.set(document.id, document);
    trace.pending.set(document.id, text);
    this.dirty.add(trace);
  }

  /** Removes from `dirty`, and returns, the traces whose rows are to be written now. */
  private due(all: boolean): HotTrace[] {
    const now = performance.now();
    const { full, overfull } = this.hot;
    const gather = now - this.writtenAt < this.gatherMs && this.dirty.size < GATHER_TRACES && !full;
    if (gather && !all) return [];
    const due = [...this.dirty].filter(({ restUntil }) => all || overfull || restUntil <= now);
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

  /** @param n the number under which documents are stored although the trace has no row yet */
  private load(id: string, stored: StoredTrace | undefined, n?: number): HotTrace {
    const trace: HotTrace = {
      n: stored?.n ?? n ?? this.nextNumber++,
      created: stored?.created ?? Date.now() / 1000,
      revision: stored?.revision ?? 0,
      totalled: stored,
      id,
      documents: new Map(),
      weights: new Map(),
      weight: 0,
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
        const weight = weightOf(body);
        trace.weights.set(document.id, weight);
        trace.weight += weight;
      }
    }
    if (stored) {
      // Not computed from its documents: some of them may have arrived after the row was written.
      trace.indexed = this.rows.indexed(stored.n);
      trace.counted = this.rows.counted(stored.n);
    }
    this.hot.add(trace);
    return trace;
  }
}

/** In lower case, because clients write hexadecimal digits in either case. */
function traceIdOf(document: AnyDocument): string {
  return document.trace_id!.toLowerCase();
}

/**
 * Whether no more documents are expected, so that the trace need not stay in memory. Most traces come whole, and at
 * 20,000 documents a second those of one second take 100 MB parsed, which the garbage collector has to move. One that
 * documents came for later is kept: it is read again once.
 */
function isOver({ revision, totalled, documents }: HotTrace): boolean {
  return revision === 1 && (totalled!.flags & PARTIAL) === 0 && documents.size <= LARGE;
}

function record(trace: HotTrace): TraceRecord {
  const before = performance.now();
  const model = buildTraceModel([...trace.documents.values()]);
  const facts = traceFacts(trace.id, model);
  const found = findingsOf(trace.id, model, facts);
  const after = performance.now();
  const dear = trace.documents.size > LARGE && after - before > CHEAP_MS;
  trace.restUntil = dear ? after + (after - before) * REST_FACTOR : 0;
  return { trace, model, facts, ...found };
}

/** What a trace adds to the aggregates. */
function findingsOf(
  id: string,
  { tree }: TraceModel,
  { end }: TraceFacts,
): Pick<TraceRecord, 'occurrences' | 'hint'> {
  try {
    return findings(buildTree({ id, ...stitchTree(tree) }, end));
  } catch {
    // A document on which the rules for hints throw is still stored and shown, but not counted.
    return { occurrences: [] };
  }
}

function isUnwritable(error: unknown): boolean {
  return UNWRITABLE.test(String(error));
}

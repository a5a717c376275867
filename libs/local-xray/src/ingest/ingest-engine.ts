import { isUtf8 } from 'node:buffer';
import { createForwarder, type Forwarder } from '../forward/forwarder';
import type { TraceLogLine } from '../console-api';
import type { Driver } from '../store/driver';
import { openDatabase } from '../store/open-database';
import { Retention } from '../store/retention';
import type { AddedUp } from '../store/added-up';
import { countStored } from '../store/count-stored';
import { LogWriter, MAX_LINES } from '../store/trace-logs';
import { TraceTotals } from '../store/trace-totals';
import { TRACE_FULL } from '../store/full-traces';
import { type Refuse, TraceWriter } from '../store/trace-writer';
import { parseDatagram } from './datagram';
import type { DocumentFault } from './document/document-fault';
import {
  checkDocument,
  type DocumentLimits,
  LENIENT,
  parseDocument,
  type ParseOutcome,
  STRICT,
} from './document/parse-document';
import type {
  AnySignal,
  Change,
  Ingest,
  IngestListener,
  IngestOptions,
  IngestResult,
  OtlpResult,
} from './ingest';
import { IngestReport } from './ingest-report';
import { checkOtlp, type OtlpEncoding } from './otlp/decode-otlp';
import { type AttributeIndex, attributeIndex } from './otlp/indexed-attributes';
import { readOtlp } from './otlp/read-otlp';
import { readOtlpLogs } from './otlp/read-otlp-logs';
import type { Span } from './otlp/span';
import { translateSpan } from './otlp/translate-span';

/** How long a datagram may wait so that several are committed together. */
const COMMIT_DELAY_MS = 4;
/** How often the age of traces is checked. The size of the database is checked with each commit. */
const RETENTION_INTERVAL_MS = 5000;
/** Pause between two steps of counting traces that were stored before there were aggregates. */
const COUNT_PAUSE_MS = 15;
/** How often hours and days that have ended are looked for, and the pause between adding up two of them. */
const ADD_UP_INTERVAL_MS = 2000;
const ADD_UP_PAUSE_MS = 20;
/** Delay until the rows that wait for more documents, and those of large traces, are checked again. */
const BEHIND_DELAY_MS = 50;
/** At this number of documents a commit starts at once, so that each commit stays short. */
const COMMIT_DOCUMENTS = 500;

/** Parses, writes and commits documents in the thread that creates it. */
export class IngestEngine implements Ingest {
  private readonly driver: Driver;
  private readonly writer: TraceWriter;
  private readonly logs: LogWriter;
  private readonly limits: DocumentLimits;
  private readonly index: AttributeIndex;
  private readonly report: IngestReport;
  private readonly retention: Retention;
  private readonly addedUp: AddedUp;
  private addTimer: NodeJS.Timeout | undefined;
  private readonly forwarder: Forwarder | undefined;
  private waiting: { resolve(): void; reject(error: unknown): void }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private turn: NodeJS.Immediate | undefined;
  private behind: NodeJS.Timeout | undefined;
  private retentionTimer: NodeJS.Timeout | undefined;
  /** Whether a step of deleting old traces is scheduled. */
  private retaining = false;
  /** Number of stored traces at the end of the last step. */
  private storedAtStep = 0;

  /** @throws DatabaseError when the database cannot be used. */
  constructor(options: IngestOptions, listener: IngestListener) {
    this.driver = openDatabase(options.database);
    const totals = new TraceTotals(this.driver);
    countStored(this.driver, totals);
    this.addedUp = totals.addedUp;
    this.report = new IngestReport(listener, () => this.writer.stored);
    this.writer = new TraceWriter(this.driver, totals, undefined, {
      notListed: (id, reason) => this.report.notListed(id, reason),
      notWritable: (document, reason, refuse) => {
        const { id, trace_id } = document;
        const message = `Document ${id} of trace ${trace_id!} could not be stored: SQLite rejected it (${reason}). Other documents are not affected.`;
        this.report.notKept('NotStored', message);
        refuse?.(document, 'NotStored', message);
      },
      traceFull: (document, refuse) => {
        this.report.traceFull(document.trace_id!);
        refuse?.(document, 'TraceTooLarge', TRACE_FULL);
      },
      sameId: (loss) => this.report.notKept('SameId', loss),
    });
    this.logs = new LogWriter(this.driver);
    this.limits = options.strict ? STRICT : LENIENT;
    this.index = attributeIndex(options.indexAttributes ?? []);
    this.retention = new Retention(
      this.driver,
      { seconds: options.retentionSeconds, bytes: options.retentionBytes },
      totals,
    );
    this.forwarder =
      options.forward === undefined
        ? undefined
        : createForwarder(options.forward, (message) =>
            this.report.failed('NotForwarded', message),
          );
    this.retain(RETENTION_INTERVAL_MS);
    this.addUp(ADD_UP_INTERVAL_MS);
    // Writes the rows that an earlier process could not write before it was killed.
    this.commit(true);
  }

  async putTraceSegments(body: Uint8Array): Promise<IngestResult & { problem?: string }> {
    const texts = documentsOf(body);
    if (typeof texts === 'string') return { faults: [], problem: texts };
    return this.put(texts);
  }

  async otlp(signal: AnySignal, body: Uint8Array, encoding: OtlpEncoding): Promise<OtlpResult> {
    const read = (): (() => Promise<OtlpResult>) => {
      if (signal === 'metrics') {
        checkOtlp(signal, body, encoding);
        return () => Promise.resolve({ rejected: 0, message: '' });
      }
      if (signal === 'logs') {
        const logs = readOtlpLogs(body, encoding);
        return () => this.takeLogs(logs.lines, logs.withoutTrace);
      }
      const spans = readOtlp(body, encoding);
      return () => this.takeSpans(spans, body, encoding);
    };
    let take: ReturnType<typeof read>;
    try {
      take = read();
    } catch (error) {
      // Whatever a decoder throws, including stack overflows from deep nesting, is the sender's fault.
      const problem = `The body is not an OTLP export of ${signal} in ${encoding}: ${(error as Error).message}`;
      this.report.rejected({ code: 'ParseError', field: '', message: problem });
      return { problem, rejected: 0, message: '' };
    }
    return take();
  }

  async putLogs(lines: TraceLogLine[]): Promise<void> {
    await this.takeLogs(lines, 0);
  }

  put(texts: string[]): Promise<IngestResult> {
    return this.takeAll(texts, (text) => parseDocument(text, this.limits), true);
  }

  /** Takes received datagrams. No caller waits for a result; faults are counted. */
  datagrams(datagrams: Uint8Array[]): void {
    for (const each of datagrams) {
      const datagram = parseDatagram(each);
      if (datagram.ok) this.take(parseDocument(datagram.text, this.limits));
      else this.report.rejected(datagram.fault);
      if (this.writer.heavy) this.commit();
    }
    if (this.writer.pending >= COMMIT_DOCUMENTS) this.commit();
    else if (this.writer.pending > 0) {
      this.timer ??= setTimeout(() => this.commit(), COMMIT_DELAY_MS);
    }
  }

  flush(): Promise<void> {
    this.commit(true);
    return Promise.resolve();
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- so that what SQLite throws becomes a rejection
  async change(changes: Change[]): Promise<void> {
    this.driver.transaction(() => {
      for (const { sql, values } of changes) this.driver.prepare(sql).run(values);
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.retentionTimer);
    clearTimeout(this.addTimer);
    this.commit(true);
    await this.forwarder?.close();
    this.report.close();
    this.driver.close();
  }

  private retain(afterMs: number): void {
    clearTimeout(this.retentionTimer);
    this.retentionTimer = setTimeout(() => {
      this.retaining = true;
      let nextMs: number | undefined;
      try {
        // Write pending documents first: deleted traces must not stay in memory with documents that are not written.
        this.commit(true);
        const step = this.retention.step(this.writer.stored - this.storedAtStep);
        this.writer.forget(step.deleted);
        this.storedAtStep = this.writer.stored;
        if (step.deleted.length > 0) this.report.deleted();
        nextMs = step.nextMs ?? (this.writer.countOlder() ? COUNT_PAUSE_MS : undefined);
      } catch (error) {
        this.report.failed('RetentionFailed', error);
      }
      this.retaining = nextMs !== undefined;
      this.retain(nextMs ?? RETENTION_INTERVAL_MS);
    }, afterMs);
    this.retentionTimer.unref();
  }

  private retainIfOverfull(): void {
    if (this.retaining || !this.retention.overfull) return;
    this.retaining = true;
    this.retain(0);
  }

  /** Sums the totals of minutes for an hour or a day that has ended, one at a time. */
  private addUp(afterMs: number): void {
    this.addTimer = setTimeout(() => {
      let more = false;
      try {
        more = this.addedUp.step();
      } catch (error) {
        this.report.failed('TotalsFailed', error);
      }
      this.addUp(more ? ADD_UP_PAUSE_MS : ADD_UP_INTERVAL_MS);
    }, afterMs);
    this.addTimer.unref();
  }

  private async takeSpans(
    spans: Span[],
    body: Uint8Array,
    encoding: OtlpEncoding,
  ): Promise<OtlpResult> {
    const documents = spans.flatMap((span) => translateSpan(span, this.index));
    // An OTLP receiver gets the original spans, not documents that were translated back.
    const forwardsSpans = this.forwarder?.forwardSpans !== undefined;
    const check = (document: object) => checkDocument(document, this.limits);
    const { faults } = await this.takeAll(documents, check, !forwardsSpans);
    if (faults.length < documents.length)
      this.forwarder?.forwardSpans?.(body, encoding, spans.length);
    return { rejected: faults.length, message: faults[0]?.message ?? '' };
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- so that what SQLite throws becomes a rejection
  private async takeLogs(lines: TraceLogLine[], withoutTrace: number): Promise<OtlpResult> {
    const { kept, dropped, traces } = this.logs.write(lines);
    this.report.logs({ kept, withoutTrace, beyondLimit: dropped });
    this.report.changed(traces);
    this.retainIfOverfull();
    const reasons = [
      withoutTrace > 0 && `${withoutTrace} without a trace id (logs are only stored with a trace)`,
      dropped > 0 && `${dropped} beyond the ${MAX_LINES} lines or 4 MB that a trace keeps`,
    ].filter((each) => each !== false);
    return { rejected: withoutTrace + dropped, message: reasons.join('; ') };
  }

  /**
   * Parses one document after another, and commits in between: parsed, a batch may take many times its size in memory.
   */
  private async takeAll<T>(
    given: readonly T[],
    parse: (given: T) => ParseOutcome,
    forward: boolean,
  ): Promise<IngestResult> {
    const faults: DocumentFault[] = [];
    const refuse: Refuse = ({ id }, code, message) => faults.push({ id, code, field: '', message });
    for (const each of given) {
      const outcome = parse(each);
      if (!outcome.ok) faults.push(outcome.fault);
      this.take(outcome, forward, refuse);
      if (this.writer.heavy) await this.committed();
    }
    if (this.writer.pending > 0) await this.committed();
    return { faults };
  }

  private take(outcome: ParseOutcome, forward = true, refuse?: Refuse): void {
    if (!outcome.ok) {
      this.report.rejected(outcome.fault);
      return;
    }
    // X-Ray creates inferred segments itself and returns them with the trace. Local X-Ray does the same.
    if (isInferred(outcome.document)) return;
    this.writer.put(outcome.document, outcome.text, refuse);
    this.report.received(outcome);
    if (forward) this.forwarder?.forward(outcome.text);
  }

  /**
   * Resolves when everything that is pending now is durable. Callers wait only for what arrived in the
   * same turn of the event loop: while one commit runs, the next requests accumulate.
   */
  private committed(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      if (this.writer.pending >= COMMIT_DOCUMENTS) this.commit();
      else this.turn ??= setImmediate(() => this.commit());
    });
  }

  private commit(all = false): void {
    clearTimeout(this.timer);
    clearTimeout(this.behind);
    clearImmediate(this.turn);
    this.timer = this.behind = this.turn = undefined;
    const { waiting } = this;
    const { pending } = this.writer;
    this.waiting = [];
    try {
      this.report.changed(this.writer.commit(all));
      this.retainIfOverfull();
      if (this.writer.behind) this.behind = setTimeout(() => this.commit(), BEHIND_DELAY_MS);
      for (const each of waiting) each.resolve();
    } catch (error) {
      this.report.lost(pending, error);
      for (const each of waiting) each.reject(error);
    }
  }
}

function isInferred(document: object): boolean {
  return (document as { inferred?: unknown }).inferred === true;
}

/** The documents in a PutTraceSegments body, or a message that says what is wrong with the body. */
function documentsOf(body: Uint8Array): string[] | string {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!isUtf8(bytes)) return 'Cannot read the body of PutTraceSegments: it is not UTF-8.';
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    return `Cannot read the body of PutTraceSegments: it is not JSON: ${(error as Error).message}`;
  }
  const documents = (parsed as { TraceSegmentDocuments?: unknown } | null)?.TraceSegmentDocuments;
  if (!Array.isArray(documents)) return 'TraceSegmentDocuments must be an array of strings.';
  const wrong = documents.findIndex((each) => typeof each !== 'string');
  if (wrong >= 0) return `TraceSegmentDocuments[${wrong}] must be a string with a JSON document.`;
  return documents as string[];
}

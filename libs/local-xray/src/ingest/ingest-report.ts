import { TRACE_FULL } from '../store/full-traces';
import type { DocumentFault } from './document/document-fault';
import type { AnyDocument } from '../trace';
import type { IngestCounts, IngestListener, LogCounts } from './ingest';

const INTERVAL_MS = 250;
const MAX_KEPT = 20;
const MAX_CHANGED = 1000;
/** How many different reasons are logged: SQLite's messages vary and must not fill the log. */
const MAX_REASONS = 20;
/** Full traces that are told apart. */
const MAX_FULL = 1000;

/** Counts what was received, and notifies the listener at most four times a second. */
export class IngestReport {
  private readonly counts: Omit<IngestCounts, 'traces'> = {
    received: 0,
    rejected: 0,
    rejections: [],
    repaired: 0,
    repairs: [],
    notListed: 0,
    logs: { kept: 0, withoutTrace: 0, beyondLimit: 0 },
  };
  private traces = new Set<number>();
  private timer: NodeJS.Timeout | undefined;
  /** The reasons, logged once each, why traces are not listed. */
  private readonly reasons = new Set<string>();
  private readonly fullTraces = new Set<string>();

  /** @param stored how many traces the database holds now */
  constructor(
    private readonly listener: IngestListener,
    private readonly stored: () => number,
  ) {
    this.soon();
  }

  received({ document, repairs }: { document: AnyDocument; repairs: string[] }): void {
    this.counts.received++;
    if (repairs.length > 0) {
      this.counts.repaired++;
      const { id, name, trace_id } = document;
      const message = repairs.join('. ');
      keep(this.counts.repairs, { at: Date.now() / 1000, id, traceId: trace_id!, name, message });
    }
    this.soon();
  }

  rejected({ code, message }: DocumentFault): void {
    this.counts.rejected++;
    this.remember(code, message);
  }

  logs({ kept, withoutTrace, beyondLimit }: LogCounts): void {
    const { logs } = this.counts;
    logs.kept += kept;
    logs.withoutTrace += withoutTrace;
    logs.beyondLimit += beyondLimit;
    this.soon();
  }

  /** A commit failed, so documents that had been received were not stored. */
  lost(documents: number, error: unknown): void {
    this.counts.received -= documents;
    this.counts.rejected += documents;
    const reason = error instanceof Error ? error.message : String(error);
    this.remember('NotStored', `${documents} documents could not be stored: ${reason}`);
  }

  /** A received document was not stored; the others of its batch were. */
  notKept(code: string, message: string): void {
    this.counts.received--;
    this.counts.rejected++;
    this.remember(code, message);
  }

  /** The trace of a document is full. Each trace is named once, because thousands of documents may follow. */
  traceFull(id: string): void {
    this.counts.received--;
    this.counts.rejected++;
    this.soon();
    if (this.fullTraces.has(id)) return;
    if (this.fullTraces.size >= MAX_FULL) this.fullTraces.clear();
    this.fullTraces.add(id);
    const message = `Subsegments of trace ${id} are no longer stored: ${TRACE_FULL} Further ones are only counted.`;
    this.remember('TraceTooLarge', message);
  }

  /** Something other than a document went wrong. */
  failed(code: string, error: unknown): void {
    this.remember(code, error instanceof Error ? error.message : String(error));
  }

  /** A trace's documents are stored, but its row cannot be written, so lists and searches do not contain it. */
  notListed(id: string, reason: string): void {
    this.counts.notListed++;
    this.soon();
    if (this.reasons.has(reason) || this.reasons.size >= MAX_REASONS) return;
    this.reasons.add(reason);
    const message =
      `Trace ${id} is stored, but lists and searches do not show it: SQLite rejected its row (${reason}). ` +
      'Further traces that are rejected for this reason are only counted. The database may be damaged or changed by ' +
      'another program: check it with `PRAGMA integrity_check`, or start with another file (--db).';
    this.remember('NotListed', message);
    console.error(message);
  }

  changed(traces: number[]): void {
    for (const each of traces) this.traces.add(each);
    if (traces.length > 0) this.soon();
  }

  /** A count that is kept elsewhere has changed. */
  deleted(): void {
    this.soon();
  }

  close(): void {
    clearTimeout(this.timer);
    this.tell();
  }

  private remember(code: string, message: string): void {
    keep(this.counts.rejections, { at: Date.now() / 1000, code, message });
    this.soon();
  }

  private soon(): void {
    this.timer ??= setTimeout(() => this.tell(), INTERVAL_MS);
  }

  private tell(): void {
    this.timer = undefined;
    this.listener.counts({
      ...this.counts,
      traces: this.stored(),
      rejections: [...this.counts.rejections],
      repairs: [...this.counts.repairs],
    });
    if (this.traces.size === 0) return;
    this.listener.changed([...this.traces].slice(-MAX_CHANGED));
    this.traces = new Set();
  }
}

/** Puts the newest entry first, and drops the oldest beyond the limit. */
function keep<T>(list: T[], newest: T): void {
  list.unshift(newest);
  list.length = Math.min(list.length, MAX_KEPT);
}

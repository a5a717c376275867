import type { Driver, Statement } from './driver';
import { AggregateRows } from './aggregate-rows';
import { TraceLinkRows } from './trace-links';
import { LogWriter } from './trace-logs';
import type { TotalledTrace, TraceTotals } from './trace-totals';
import { indexedAnnotations, indexValue } from './annotation-values';

export interface RetentionLimits {
  /** Traces that arrived longer ago are deleted. */
  seconds: number;
  /** While the database is larger, the oldest traces are deleted. */
  bytes: number;
}

interface OldTrace extends TotalledTrace {
  n: number;
  id: string;
  created: number;
  summary: string;
}

/**
 * How long a step may take, how long the writer then has to itself, and how many traces are deleted between two checks
 * of the time: short steps normally, longer ones when the database exceeds its limit.
 */
const PACES = [
  { above: 1.05, stepMs: 60, pauseMs: 0, chunk: 50 },
  { above: 1.02, stepMs: 20, pauseMs: 10, chunk: 20 },
  { above: 0, stepMs: 4, pauseMs: 15, chunk: 5 },
];
/** Above this share of the limit, each arriving trace deletes GONE_FOR_EACH others, even if new documents must wait. */
const FIRM_ABOVE = 1.05;
const GONE_FOR_EACH = 2;
/** Later than any time, in epoch seconds. */
const FOREVER = 1e12;
/** Pages returned to the file system in one step. */
const VACUUM_PAGES = 32;

/**
 * Deletes traces that are too old or exceed the size limit, oldest first, in short steps.
 *
 * The age of a trace is the time since its first document arrived, not since its start time: an imported trace from
 * last year is kept as long as any other.
 */
export class Retention {
  private readonly pragmas: Record<'page_count' | 'freelist_count' | 'page_size', Statement>;
  private readonly oldest: Statement;
  private readonly deleteTrace: Statement;
  private readonly deleteDocuments: Statement;
  private readonly deleteAnnotation: Statement;
  private readonly deleteShape: Statement;
  private readonly aggregates: AggregateRows;
  private readonly logs: LogWriter;
  private readonly links: TraceLinkRows;

  constructor(
    private readonly driver: Driver,
    private readonly limits: RetentionLimits,
    private readonly totals: TraceTotals,
  ) {
    this.aggregates = new AggregateRows(driver);
    this.logs = new LogWriter(driver);
    this.links = new TraceLinkRows(driver);
    this.pragmas = {
      page_count: driver.prepare('PRAGMA page_count'),
      freelist_count: driver.prepare('PRAGMA freelist_count'),
      page_size: driver.prepare('PRAGMA page_size'),
    };
    this.oldest = driver.prepare(
      'SELECT n, id, created, start, "end", flags, shape, times, summary FROM traces ORDER BY n LIMIT ?',
    );
    this.deleteTrace = driver.prepare('DELETE FROM traces WHERE n = ?');
    this.deleteDocuments = driver.prepare('DELETE FROM documents WHERE trace = ?');
    this.deleteAnnotation = driver.prepare(
      'DELETE FROM annotations WHERE key = ? AND value = ? AND start = ? AND trace = ?',
    );
    this.deleteShape = driver.prepare(
      'DELETE FROM shapes WHERE n = ? AND NOT EXISTS (SELECT 1 FROM traces WHERE shape = ?)',
    );
  }

  /** Whether the database exceeds its limit. */
  get overfull(): boolean {
    return this.usedBytes() > this.limits.bytes;
  }

  /**
   * Deletes for some milliseconds. Returns the ids of the deleted traces, and the delay until the next step; undefined
   * if nothing is left to delete.
   *
   * @param came number of traces that were stored since the last step
   */
  step(came = 0): { deleted: string[]; nextMs: number | undefined } {
    const fullness = this.usedBytes() / this.limits.bytes;
    const { stepMs, pauseMs, chunk } = PACES.find(({ above }) => fullness > above) ?? PACES[2]!;
    const until = performance.now() + stepMs;
    const least = fullness > FIRM_ABOVE ? came * GONE_FOR_EACH : 0;
    const deleted: string[] = [];
    let more = true;
    while (more && (performance.now() < until || deleted.length < least)) {
      const traces = this.next(chunk);
      const strays = this.logs.straysBefore(this.strayLimit(traces), chunk);
      more = traces.length > 0 || strays.length > 0;
      if (more) this.deleteDurably(traces, strays);
      for (const { id } of traces) deleted.push(id);
    }
    if (!more) more = this.shrink();
    return { deleted, nextMs: more ? pauseMs : undefined };
  }

  private next(count: number): OldTrace[] {
    const candidates = this.oldest.all<OldTrace>([count]);
    if (this.overfull) return candidates;
    const cutoff = Date.now() / 1000 - this.limits.seconds;
    return candidates.filter(({ created }) => created < cutoff);
  }

  /** Logs whose trace never arrived are deleted together with traces that arrived at the same time. */
  private strayLimit(traces: OldTrace[]): number {
    const last = traces.at(-1)?.created;
    if (this.overfull) return last ?? FOREVER;
    return Math.max(last ?? 0, Date.now() / 1000 - this.limits.seconds);
  }

  private deleteDurably(traces: OldTrace[], strays: string[]): void {
    try {
      this.driver.transaction(() => {
        this.logs.delete([...strays, ...traces.map(({ id }) => id)]);
        this.delete(traces);
      });
    } catch (error) {
      this.totals.forget();
      throw error;
    }
  }

  private delete(traces: OldTrace[]): void {
    this.aggregates.delete(traces.map(({ n }) => n));
    for (const trace of traces) {
      const { n, start, summary } = trace;
      this.totals.count(trace, -1);
      for (const { key, value } of indexedAnnotations(summary)) {
        this.deleteAnnotation.run([key, indexValue(value), start, n]);
      }
      this.deleteDocuments.run([n]);
      this.links.delete(n);
      this.deleteTrace.run([n]);
    }
    this.totals.write();
    for (const shape of new Set(traces.map((each) => each.shape)))
      this.deleteShape.run([shape, shape]);
  }

  /** Returns free pages to the file system. A few are kept for the next documents. */
  private shrink(): boolean {
    const free = this.pragma('freelist_count');
    if (free < this.pragma('page_count') / 4) return false;
    this.driver.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
    return this.pragma('freelist_count') < free;
  }

  private usedBytes(): number {
    return (this.pragma('page_count') - this.pragma('freelist_count')) * this.pragma('page_size');
  }

  private pragma(name: 'page_count' | 'freelist_count' | 'page_size'): number {
    return this.pragmas[name].get<Record<string, number>>()![name]!;
  }
}

import type { TraceSummary } from '../trace';
import type { Driver, Statement } from './driver';
import { AggregateRows } from './aggregate-rows';
import { indexValue, valueOf } from './annotation-values';

export interface RetentionLimits {
  /** Traces that came longer ago are deleted. */
  seconds: number;
  /** The oldest traces are deleted while the database holds more. */
  bytes: number;
}

interface OldTrace {
  n: number;
  id: string;
  created: number;
  start: number;
  shape: number;
  summary: string;
}

/** Traces deleted between two looks at the clock; a trace of many documents makes a step longer, but not by much. */
const CHUNK = 5;
/** How long one step may take, so that documents never wait longer. */
const STEP_MS = 4;
/** Pages given back to the file system in one step. */
const VACUUM_PAGES = 32;

/**
 * Deletes what is too old or too much, oldest first, in short steps.
 *
 * The age is the time since the first of a trace came, not since what its clocks say: an imported
 * trace of last year is kept as long as any other.
 */
export class Retention {
  private readonly oldest: Statement;
  private readonly deleteTrace: Statement;
  private readonly deleteDocuments: Statement;
  private readonly deleteAnnotation: Statement;
  private readonly deleteShape: Statement;
  private readonly aggregates: AggregateRows;

  constructor(
    private readonly driver: Driver,
    private readonly limits: RetentionLimits,
  ) {
    this.aggregates = new AggregateRows(driver);
    this.oldest = driver.prepare(
      'SELECT n, id, created, start, shape, summary FROM traces ORDER BY n LIMIT ?',
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

  /** Deletes for a few milliseconds; returns the ids of what went, and whether there is more to do. */
  step(): { deleted: string[]; more: boolean } {
    const until = performance.now() + STEP_MS;
    const deleted: string[] = [];
    let more = true;
    while (more && performance.now() < until) {
      const chunk = this.chunk();
      more = chunk.length > 0;
      if (more) this.driver.transaction(() => this.delete(chunk));
      deleted.push(...chunk.map(({ id }) => id));
    }
    if (!more) more = this.shrink();
    return { deleted, more };
  }

  private chunk(): OldTrace[] {
    const candidates = this.oldest.all<OldTrace>([CHUNK]);
    if (this.usedBytes() > this.limits.bytes) return candidates;
    const cutoff = Date.now() / 1000 - this.limits.seconds;
    return candidates.filter(({ created }) => created < cutoff);
  }

  private delete(traces: OldTrace[]): void {
    this.aggregates.delete(traces.map(({ n }) => n));
    for (const { n, start, summary } of traces) {
      const { Annotations } = JSON.parse(summary) as TraceSummary;
      for (const [key, values] of Object.entries(Annotations)) {
        for (const { AnnotationValue } of values) {
          this.deleteAnnotation.run([key, indexValue(valueOf(AnnotationValue)), start, n]);
        }
      }
      this.deleteDocuments.run([n]);
      this.deleteTrace.run([n]);
    }
    for (const shape of new Set(traces.map((each) => each.shape)))
      this.deleteShape.run([shape, shape]);
  }

  /** Gives free pages back to the file system. A few are kept, since the next documents need them. */
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
    return this.driver.prepare(`PRAGMA ${name}`).get<Record<string, number>>()![name]!;
  }
}

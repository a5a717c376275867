import type { Counted } from '../aggregates/counted';
import type { AnyDocument, TraceFacts } from '../trace';
import type { TotalledTrace } from './trace-totals';

/** A trace that was written recently, with all its documents parsed. */
export interface HotTrace {
  /** Its number in the database. */
  n: number;
  id: string;
  /** Epoch seconds at which its first document arrived. */
  created: number;
  revision: number;
  documents: Map<string, AnyDocument>;
  /** Characters of its documents, including those that were replaced. */
  size: number;
  /** Its rows in the annotations table. */
  indexed: Pick<TraceFacts, 'start' | 'annotations'>;
  /** Its current counts in the aggregates. */
  counted: Counted | undefined;
  /** Its current contribution to the totals. */
  totalled: TotalledTrace | undefined;
  /** Documents that are not written yet, with their text. */
  pending: Map<string, string>;
  /** Whether its documents are stored and the database notes that its row is still to be written. */
  unwritten: boolean;
  /** Its row is not computed again before this time of `performance.now()`; see TraceWriter. */
  restUntil: number;
}

/** Traces whose row must not be computed yet may take this many times the normal limit. */
const RESTING = 2;

/**
 * Traces that still receive documents. Without this cache, each commit would read and parse the earlier documents of a
 * trace again.
 *
 * It is bounded by the size of the documents, because they take the memory: parsed, a character takes up to ten bytes.
 */
export class HotTraces {
  private readonly traces = new Map<string, HotTrace>();
  private size = 0;

  constructor(private readonly maxSize = 12_000_000) {}

  /** Returns a trace and marks it as used. */
  get(id: string): HotTrace | undefined {
    const trace = this.traces.get(id);
    if (trace) {
      this.traces.delete(id);
      this.traces.set(id, trace);
    }
    return trace;
  }

  add(trace: HotTrace): void {
    this.traces.set(trace.id, trace);
    this.size += trace.size;
  }

  /** Call this for each document that a hot trace receives. */
  grew(trace: HotTrace, characters: number): void {
    trace.size += characters;
    this.size += characters;
  }

  /**
   * Removes the least recently used traces, except those in `keep`. A large trace whose row must not be computed yet is
   * removed last: if each commit removed it, the next document would cause it to be read and parsed again.
   */
  trim(keep: ReadonlySet<HotTrace>): void {
    const now = performance.now();
    this.trimTo(this.maxSize, (trace) => !keep.has(trace) && trace.restUntil <= now);
    this.trimTo(this.maxSize * RESTING, (trace) => !keep.has(trace));
  }

  private trimTo(size: number, canGo: (trace: HotTrace) => boolean): void {
    if (this.size <= size) return;
    for (const [id, trace] of this.traces) {
      if (canGo(trace)) this.delete(id);
      if (this.size <= size) return;
    }
  }

  delete(id: string): void {
    const trace = this.traces.get(id);
    if (!trace) return;
    this.traces.delete(id);
    this.size -= trace.size;
  }

  clear(): void {
    this.traces.clear();
    this.size = 0;
  }
}

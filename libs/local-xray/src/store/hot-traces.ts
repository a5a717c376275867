import type { Counted } from '../aggregates/counted';
import type { AnyDocument, TraceFacts } from '../trace';
import type { TotalledTrace } from './trace-totals';

/** A trace that was written lately, with all its documents parsed. */
export interface HotTrace {
  /** Its number in the database. */
  n: number;
  id: string;
  /** Epoch seconds at which the first of it came. */
  created: number;
  revision: number;
  documents: Map<string, AnyDocument>;
  /** Characters of the documents, those that were replaced included. */
  size: number;
  /** What the annotations table has of it now. */
  indexed: Pick<TraceFacts, 'start' | 'annotations'>;
  /** What the aggregates have of it now. */
  counted: Counted | undefined;
  /** What the totals have of it now. */
  totalled: TotalledTrace | undefined;
  /** Documents not written yet, with their text. */
  pending: Map<string, string>;
  /** The database has its documents, and says that its row is yet to be written. */
  unwritten: boolean;
  /** Milliseconds of `performance.now()` before which its row is not computed again; see TraceWriter. */
  restUntil: number;
}

/** So many times as much may be kept of traces that rest. */
const RESTING = 2;

/**
 * The traces that documents are still coming for. Without it each commit would
 * read and parse the trace's earlier documents again.
 *
 * Bounded by the size of the documents, since that is what takes memory: parsed, a character
 * takes up to ten bytes.
 */
export class HotTraces {
  private readonly traces = new Map<string, HotTrace>();
  private size = 0;

  constructor(private readonly maxSize = 12_000_000) {}

  /** Finds it and counts it as used. */
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

  /** To be called for each document that a hot trace gets. */
  grew(trace: HotTrace, characters: number): void {
    trace.size += characters;
    this.size += characters;
  }

  /**
   * Lets the longest unused go, except those in `keep`. A large trace, which rests, goes last: if it left with each
   * commit, the next document would have all of it read and parsed again.
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

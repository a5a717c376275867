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
  /** The memory that each document takes; see weightOf. */
  weights: Map<string, number>;
  /** The sum of the weights. */
  weight: number;
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
 * It is bounded by the weight of the documents, because they take the memory.
 */
export class HotTraces {
  private readonly traces = new Map<string, HotTrace>();
  private weight = 0;

  constructor(private readonly maxWeight = 12_000_000) {}

  /** Whether rows should be written without waiting, so that their traces can be removed. */
  get full(): boolean {
    return this.weight > this.maxWeight;
  }

  /** Whether even the rows of large traces should be written without waiting. */
  get overfull(): boolean {
    return this.weight > this.maxWeight * RESTING;
  }

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
    this.weight += trace.weight;
  }

  /** Call this for each document that a hot trace receives, even if it replaces another. */
  grew(trace: HotTrace, id: string, weight: number): void {
    const more = weight - (trace.weights.get(id) ?? 0);
    trace.weights.set(id, weight);
    trace.weight += more;
    this.weight += more;
  }

  /**
   * Removes the least recently used traces, except those in `keep`. A large trace whose row must not be computed yet is
   * removed last: if each commit removed it, the next document would cause it to be read and parsed again.
   */
  trim(keep: ReadonlySet<HotTrace>): void {
    const now = performance.now();
    this.trimTo(this.maxWeight, (trace) => !keep.has(trace) && trace.restUntil <= now);
    this.trimTo(this.maxWeight * RESTING, (trace) => !keep.has(trace));
  }

  private trimTo(weight: number, canGo: (trace: HotTrace) => boolean): void {
    if (this.weight <= weight) return;
    for (const [id, trace] of this.traces) {
      if (canGo(trace)) this.delete(id);
      if (this.weight <= weight) return;
    }
  }

  delete(id: string): void {
    const trace = this.traces.get(id);
    if (!trace) return;
    this.traces.delete(id);
    this.weight -= trace.weight;
  }

  clear(): void {
    this.traces.clear();
    this.weight = 0;
  }
}

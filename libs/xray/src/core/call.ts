import type { TraceNode } from './context';

/** What Nest knows of a call, for `metadata.nest`. Shared by calls, and never changed. */
export interface NestFacts {
  readonly controller?: string;
  readonly handler?: string;
  readonly route?: string;
  /** `path:line` of the decorator, where that is recorded. */
  readonly source?: string;
}

/**
 * What a traced call wants to know about its end, and what is known of it beforehand.
 *
 * A plain @Subsegment() shares one between all its calls; one that records
 * arguments or the result makes one for each.
 */
export interface Call {
  /** Whether `succeeded` and `failed` are to be asked at all. */
  readonly detailed: boolean;
  /** The same object for all calls of one wrapped method. */
  readonly place: object;
  /** Asked for when the document is written. */
  readonly nest: NestFacts | undefined;
  /** The node is about to close with `result`. Must not throw. */
  succeeded(node: TraceNode, result: unknown): void;
  /** The node is about to close with `thrown`, which this has to record. Must not throw. */
  failed(node: TraceNode, thrown: unknown): void;
}

import type { SegmentNode, SubsegmentNode } from './trace-node';

/**
 * Takes what is finished to where it is kept.
 *
 * `emit` is called once for each closed segment, and for a subsegment that
 * outlived its segment or is some hundred levels deep in it. It gets the live object and should return at once:
 * serialise (`toText()`, `toJSON()`) when sending, not before. Whatever it throws is counted
 * and logged, and never reaches the traced application.
 */
export interface Emitter {
  emit(closed: SegmentNode | SubsegmentNode): void;
  /**
   * Takes a segment that has been open for a second, and at shutdown what is still
   * open; the final one follows with the same id. Without it they are not sent.
   */
  emitInProgress?(open: SegmentNode): void;
  /**
   * Called once, at the start, on an emitter that learns later what became of a
   * document: it counts in `stats` for itself. Of all others, what `emit` took is sent.
   */
  countIn?(stats: EmitStats): void;
  /** Resolves when everything emitted so far has left the process or was given up. */
  flush(): Promise<void>;
  /**
   * Flushes, for `withinMs` at most, then frees what it holds. Emitting afterwards is allowed and
   * does nothing.
   */
  close(withinMs?: number): Promise<void>;
}

/** What became of what was emitted. Every closed one ends up in `sent`, `failed` or `dropped`. */
export interface EmitStats {
  /** Handed to the network, or taken by the emitter. UDP does not tell whether it arrived. */
  sent: number;
  /** Refused by the network, the daemon or the emitter. */
  failed: number;
  /** Given up unsent, because the queue was full or the process ended. */
  dropped: number;
  /** Documents that were too large and left in parts. */
  split: number;
  /** Documents that were too large even so, and lost metadata or more; they say what. */
  trimmed: number;
}

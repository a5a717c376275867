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
  /** Where it sends to, for the line at the start, without credentials: `udp 127.0.0.1:2000`. Default: its class. */
  readonly destination?: string;
  emit(closed: SegmentNode | SubsegmentNode): void;
  /**
   * Takes a segment that has been open for a second, and at shutdown what is still
   * open; the final one follows with the same id. Without it they are not sent.
   */
  emitInProgress?(open: SegmentNode): void;
  /**
   * Takes closed subsegments out of a segment that is still open and has very many; they are not
   * in its document any more, and count as parts of it. Without it a segment's subsegments stay
   * until it ends.
   */
  emitEarly?(segment: SegmentNode, closed: readonly SubsegmentNode[]): void;
  /**
   * Called once, at the start, on an emitter that learns later what became of a
   * document: it counts in `stats` for itself. Of all others, what `emit` took is sent.
   */
  countIn?(stats: EmitStats): void;
  /**
   * Called once, at the start, where the process is frozen as soon as it has answered (AWS Lambda).
   * From then on, what `flush()` can send without waiting has to leave before it returns.
   */
  expectFreeze?(): void;
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
  /** Datagrams, or requests of OTLP, that left: a document may take several, small ones share one. */
  datagrams: number;
  /**
   * Datagrams that the kernel dropped at a receiver on this machine, whoever sent them, as far as it
   * tells: on Linux, in the same network namespace.
   */
  receiverDrops: number;
  /** Spans that a collector rejected of requests that it took. */
  rejectedSpans: number;
}

export function noStats(): EmitStats {
  return {
    sent: 0,
    failed: 0,
    dropped: 0,
    split: 0,
    trimmed: 0,
    datagrams: 0,
    receiverDrops: 0,
    rejectedSpans: 0,
  };
}

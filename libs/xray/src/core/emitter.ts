import type { SegmentNode, SubsegmentNode } from './trace-node';

/**
 * Sends closed segments to where they are stored.
 *
 * `emit` is called once for each closed segment, and for a subsegment that closed after its segment
 * was sent or that is nested hundreds of levels deep. It receives the live object and should return
 * at once: serialise (`toText()`, `toJSON()`) when sending, not before. Errors it throws are
 * counted and logged, and never reach the traced application.
 */
export interface Emitter {
  /**
   * Where it sends to, without credentials, for the startup line: `udp 127.0.0.1:2000`. Default:
   * the class name.
   */
  readonly destination?: string;
  emit(closed: SegmentNode | SubsegmentNode): void;
  /**
   * Sends a segment that has been open for a second or is still open at shutdown. The final
   * document follows with the same id. Without this method, open segments are not sent.
   */
  emitInProgress?(open: SegmentNode): void;
  /**
   * Sends closed subsegments of an open segment that has very many. They are no longer in the
   * segment's document. Without this method, subsegments stay in their segment until it ends.
   */
  emitEarly?(segment: SegmentNode, closed: readonly SubsegmentNode[]): void;
  /**
   * Called once at the start on an emitter that learns later what became of a document. It then
   * updates `stats` itself. For all other emitters, whatever `emit` accepted counts as sent.
   */
  countIn?(stats: EmitStats): void;
  /**
   * Called once at the start where the process is frozen after each response (AWS Lambda). From
   * then on, `flush()` must send whatever it can without waiting before it returns.
   */
  expectFreeze?(): void;
  /** Resolves when everything emitted so far has been sent or given up. */
  flush(): Promise<void>;
  /**
   * Flushes for at most `withinMs`, then releases its resources. Emitting afterwards is allowed and
   * does nothing.
   */
  close(withinMs?: number): Promise<void>;
}

/** What became of the emitted documents. Each one ends up in `sent`, `failed` or `dropped`. */
export interface EmitStats {
  /**
   * Handed to the network or accepted by the emitter. UDP does not report whether a datagram
   * arrived.
   */
  sent: number;
  /** Rejected by the network, the daemon or the emitter. */
  failed: number;
  /** Not sent because the queue was full or the process ended. */
  dropped: number;
  /** Documents that were too large and were sent in parts. */
  split: number;
  /**
   * Documents that were still too large after splitting, and lost metadata or more. They say what
   * is missing.
   */
  trimmed: number;
  /**
   * UDP datagrams, or OTLP requests, that were sent. A large document takes several; small ones
   * share one.
   */
  datagrams: number;
  /**
   * Datagrams that the kernel dropped at a receiver on this machine, whoever sent them. Only known
   * on Linux, within the same network namespace.
   */
  receiverDrops: number;
  /** Spans that a collector rejected from requests it otherwise accepted. */
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

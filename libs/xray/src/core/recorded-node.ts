import type { Carried } from './carried';
import type { OutgoingPolicy } from './outgoing';
import type { SamplingRequest } from './sampler';
import type { SegmentNode, SubsegmentNode, TraceNode } from './trace-node';
import type { Unsampled } from './unsampled';

/**
 * A node as seen inside this package, with the members that are not part of the public TraceNode.
 */
export interface RecordedNode extends TraceNode {
  /** False for a node, true for the marker of an unsampled request. */
  readonly notTraced: false;
  readonly root: RecordedSegment;
  subsegments: RecordedSubsegment[] | undefined;

  /** Whether its id has been read or set, and so may be known elsewhere. */
  readonly hasId: boolean;

  /** The call that this node records, which is called back when the node closes. */
  call: Call | undefined;

  /** The matching span of the OpenTelemetry API, once one has been requested. */
  span: SpanFace | undefined;
  /**
   * Whether its document has been sent. Subsegments that start below it are then sent on their own.
   */
  hasLeft: boolean;

  /** One of its subsegments has been sent on its own. */
  forget(): void;

  /** Removes the node from the trace, because its work has not begun. */
  detach(): void;

  /**
   * Puts the node back as a child of `parent`, starting now. A node with children keeps its place
   * and its start time. Returns false if the node has already been sent and a new one is needed.
   */
  reopen(parent: RecordedNode | undefined): boolean;

  /**
   * Sets the end time (now, or `at` in epoch seconds) and passes on what can be sent. The caller
   * must check that the node is open.
   */
  end(at?: number): void;
}

export interface RecordedSegment extends RecordedNode, SegmentNode {
  readonly root: RecordedSegment;
  subsegments: RecordedSubsegment[] | undefined;
  readonly owner: SegmentOwner;
  /** `subsegment` where another process sends the segment and this is sent as a part of it. */
  readonly type: 'subsegment' | undefined;
  /** Other fields of the incoming trace header, to be passed on. */
  extra: string | undefined;
  /** Values of the incoming W3C headers, to be passed on. */
  carried: Carried | undefined;
  /** The thrown values and the ids of their exceptions, so that each exception is recorded once. */
  thrown: Map<unknown, string> | undefined;
  /** How many annotations this process has added to the trace. */
  annotationCount: number;
  /**
   * About how many closed subsegments the segment holds, and the number at which they are sent
   * early.
   */
  closedWithin: number;
  crowdedAt: number;
  /**
   * Its neighbours in the linked list of open segments. Adding and removing a segment takes
   * constant time.
   */
  older: RecordedSegment | undefined;
  newer: RecordedSegment | undefined;
  /** Milliseconds to add to `performance.now()` to get epoch milliseconds; see clock.ts. */
  readonly clock: number;

  /** Epoch seconds on this segment's own clock. */
  now(): number;
}

export interface RecordedSubsegment extends RecordedNode, SubsegmentNode {
  /**
   * Whether lower-level calls that carry out this one are part of it and not recorded as
   * subsegments.
   */
  hidesInnerCalls: boolean | undefined;
  readonly root: RecordedSegment;
  subsegments: RecordedSubsegment[] | undefined;
  parent: RecordedNode;
  segment: RecordedSegment;

  /** Whether it is sent on its own and left out of its parent's document. */
  leftAlone: boolean;
  leave(): void;
}

/** What was set on a node through the OpenTelemetry API, for OTLP. */
export interface SpanFace {
  readonly data: {
    /** Undefined if the node was not started through the API. */
    readonly name: string | undefined;
    /** The number of the span kind in the API. */
    readonly kind: number | undefined;
    readonly scope: { name: string; version?: string } | undefined;
    readonly attributes: ReadonlyMap<string, unknown>;
    /** Times are epoch seconds. */
    readonly events: readonly { name: string; time: number; attributes: object }[] | undefined;
    readonly status: { code: number; message?: string } | undefined;
  };
}

/** What a segment needs from the recorder that opened it. */
export interface SegmentOwner {
  /** False for requests that are measured and not sent. */
  readonly sampled: boolean;
  /** Metadata keys whose values are redacted. */
  readonly redact: RegExp;
  /** Maximum number of metadata characters in one document. */
  readonly maxMetadataLength: number;
  /** Which outgoing calls are recorded. Undefined means none. */
  readonly outgoing: OutgoingPolicy | undefined;
  /** Whether an OpenTelemetry attribute becomes an annotation. Undefined means none does. */
  readonly indexes: ((key: string) => boolean) | undefined;
  /** Logs `message` the first time `cause` occurs. Never throws. */
  warn(cause: string, message: string): void;
  /** Opens another segment, for work that begins after its own segment has been sent. */
  open(request: SamplingRequest): RecordedSegment | Unsampled;
  /** A segment has opened. */
  track(segment: RecordedSegment): void;
  /** A segment's work has not begun. It does not count until it is tracked again. */
  forget(segment: RecordedSegment): void;
  /** A segment has ended. */
  closed(segment: RecordedSegment): void;
  /** An open segment has so many closed subsegments that they should be sent early. */
  crowded(segment: RecordedSegment): void;
  /** A subsegment has ended after its segment or its parent was sent. */
  outlived(subsegment: RecordedSubsegment): void;
}

/** What Nest knows about a call, for `metadata.nest`. Shared between calls and never changed. */
export interface NestFacts {
  readonly controller?: string;
  readonly handler?: string;
  readonly route?: string;
  /** `path:line` of the decorator, if it is recorded. */
  readonly source?: string;
}

/**
 * Describes a traced call and receives its outcome.
 *
 * Plain @Subsegment() calls share one object; calls that record arguments or the result have one
 * each.
 */
export interface Call {
  /** Whether `succeeded` and `failed` are called at all. */
  readonly detailed: boolean;
  /** The same object for all calls of one wrapped method. */
  readonly site: object;
  /** Read when the document is written. */
  readonly nest: NestFacts | undefined;
  /** The value of a header, in lower case, of the request that is being handled, if it is one. */
  incoming?(header: string): unknown;
  /** The node is about to close with `result`. Must not throw. */
  succeeded(node: RecordedNode, result: unknown): void;
  /** The node is about to close with `thrown`, which this method must record. Must not throw. */
  failed(node: RecordedNode, thrown: unknown): void;
}

/** At this number of closed subsegments, an open segment sends them early, as AWS's SDK does. */
export const CROWD = 100;

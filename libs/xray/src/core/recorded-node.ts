import type { Carried } from './carried';
import type { OutgoingPolicy } from './outgoing';
import type { SamplingRequest } from './sampler';
import type { SegmentNode, SubsegmentNode, TraceNode } from './trace-node';
import type { Unsampled } from './unsampled';

/** A node as this package itself sees it, with what is no business of those who record on it. */
export interface RecordedNode extends TraceNode {
  /** False on a node; true on the marker of an unsampled request. */
  readonly notTraced: false;
  readonly root: RecordedSegment;
  subsegments: RecordedSubsegment[] | undefined;

  /** Whether its id was asked for or given, and so may be known elsewhere. */
  readonly hasId: boolean;

  /** What the call that this records wants to know about its end. */
  call: Call | undefined;

  /** What stands for it in the OpenTelemetry API, once that was asked for. */
  span: SpanFace | undefined;
  /** Whether its document has left the process, and so what begins below it leaves on its own. */
  hasLeft: boolean;

  /** One of its subsegments has left on its own. */
  forget(): void;

  /** Takes it out of the trace: its work has not begun. */
  detach(): void;

  /**
   * Puts it back as a child of `parent`, starting now; one that has content stays where and
   * when it was. False when it has left the process, and a new node is needed.
   */
  reopen(parent: RecordedNode | undefined): boolean;

  /**
   * Stamps the end, now unless epoch seconds are given, and hands over what is to be sent. Callers
   * check that it is open.
   */
  end(at?: number): void;
}

export interface RecordedSegment extends RecordedNode, SegmentNode {
  readonly root: RecordedSegment;
  subsegments: RecordedSubsegment[] | undefined;
  readonly owner: SegmentOwner;
  /** Set where another process sends the segment that this is sent as a part of. */
  readonly type: 'subsegment' | undefined;
  /** Parts of the incoming trace header to pass on. */
  extra: string | undefined;
  /** What W3C's headers brought along, to be passed on. */
  carried: Carried | undefined;
  /** What was thrown inside and the id it has, so that the same exception is stored once. */
  thrown: Map<unknown, string> | undefined;
  /** How many annotations this process has put in the trace. */
  annotationCount: number;
  /** How many subsegments have closed in it and not left, about, and at how many they do. */
  closedWithin: number;
  crowdedAt: number;
  /** Its neighbours among the open segments, which are linked so that hundreds a second cost nothing. */
  older: RecordedSegment | undefined;
  newer: RecordedSegment | undefined;
  /** Milliseconds that turn `performance.now()` into epoch milliseconds; see clock.ts. */
  readonly clock: number;

  /** Epoch seconds on this segment's own clock. */
  now(): number;
}

export interface RecordedSubsegment extends RecordedNode, SubsegmentNode {
  /** Whether the calls that carry it out are part of it, and not to be recorded beside or below it. */
  whole: boolean | undefined;
  readonly root: RecordedSegment;
  subsegments: RecordedSubsegment[] | undefined;
  parent: RecordedNode;
  segment: RecordedSegment;

  /** Whether it is left out of its parent's document, being sent on its own. */
  leftAlone: boolean;
  leave(): void;
}

/** What was said of a node through the OpenTelemetry API, as OTLP sends it. */
export interface SpanFace {
  readonly data: {
    /** Undefined on a node that was not begun by the API. */
    readonly name: string | undefined;
    /** As the API numbers kinds. */
    readonly kind: number | undefined;
    readonly scope: { name: string; version?: string } | undefined;
    readonly attributes: ReadonlyMap<string, unknown>;
    /** Times are epoch seconds. */
    readonly events: readonly { name: string; time: number; attributes: object }[] | undefined;
    readonly status: { code: number; message?: string } | undefined;
  };
}

/** What a segment asks of whoever opened it. */
export interface SegmentOwner {
  /** Keys of metadata whose values are not sent. */
  readonly redact: RegExp;
  /** Characters of metadata in one document. */
  readonly maxMetadataLength: number;
  /** Which calls out of the process are recorded; none when undefined. */
  readonly outgoing: OutgoingPolicy | undefined;
  /** Whether an attribute of the OpenTelemetry API becomes an annotation; none when undefined. */
  readonly indexes: ((key: string) => boolean) | undefined;
  /** Logs `message` the first time `cause` comes up. Never throws. */
  warn(cause: string, message: string): void;
  /** Opens another one, for work that begins after the segment it was started in is gone. */
  open(request: SamplingRequest): RecordedSegment | Unsampled;
  /** A segment is open. */
  track(segment: RecordedSegment): void;
  /** A segment's work has not begun: until it is tracked again it counts for nothing. */
  forget(segment: RecordedSegment): void;
  /** A segment has ended. */
  closed(segment: RecordedSegment): void;
  /** So many subsegments of an open segment are closed that they should leave. */
  crowded(segment: RecordedSegment): void;
  /** A subsegment has ended after its segment, or its parent, has left. */
  outlived(subsegment: RecordedSubsegment): void;
}

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
  readonly site: object;
  /** Asked for when the document is written. */
  readonly nest: NestFacts | undefined;
  /** The node is about to close with `result`. Must not throw. */
  succeeded(node: RecordedNode, result: unknown): void;
  /** The node is about to close with `thrown`, which this has to record. Must not throw. */
  failed(node: RecordedNode, thrown: unknown): void;
}

/** So many closed subsegments leave a segment that is still open; as with AWS's SDK. */
export const CROWD = 100;

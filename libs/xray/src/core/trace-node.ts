import type {
  AnnotationValue,
  CauseDocument,
  HttpDocument,
  LinkDocument,
  SegmentDocument,
  ServiceDocument,
  SqlDocument,
  SubsegmentDocument,
} from '../document';

/**
 * What recording methods can be called on: a segment or a subsegment.
 *
 * Fields bear the names of the segment document, methods those of AWS's SDK, so
 * that code written for it reads the same here.
 */
export interface TraceNode {
  readonly id: string;
  name: string;
  /** Epoch seconds. */
  start_time: number;
  /** Epoch seconds; undefined while open. */
  end_time: number | undefined;
  error: boolean;
  fault: boolean;
  throttle: boolean;
  cause: CauseDocument | string | undefined;
  annotations: Record<string, AnnotationValue> | undefined;
  metadata: Record<string, Record<string, unknown>> | undefined;
  http: HttpDocument | undefined;
  aws: Record<string, unknown> | undefined;
  /** Other traces that this has to do with, such as those that its messages came from. */
  links: LinkDocument[] | undefined;
  readonly subsegments: readonly SubsegmentNode[] | undefined;

  /** The segment this belongs to; a segment is its own root. */
  readonly root: SegmentNode;

  /**
   * Records a value that traces can be searched by.
   *
   * A key with characters that X-Ray refuses is repaired (`my-key` becomes `my_key`);
   * more than 50 in a trace, or a value that is not a string, number or boolean, is
   * left out with a warning. Never throws.
   * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html#api-segmentdocuments-annotations
   */
  addAnnotation(key: string, value: AnnotationValue): void;

  /** Records any value for display, under `namespace` (default `default`); not searchable. */
  addMetadata(key: string, value: unknown, namespace?: string): void;

  /** Names another trace that this has to do with. X-Ray keeps 20 of a segment; more are left out with a warning. */
  addLink(link: LinkDocument): void;

  /** Records what was thrown and sets error, throttle or fault by it. Does not close. */
  addError(thrown: unknown): void;
  addErrorFlag(): void;
  addFaultFlag(): void;
  addThrottleFlag(): void;

  isClosed(): boolean;

  /** Closes, recording `thrown` first if given. A second call does nothing. */
  close(thrown?: unknown): void;

  /** The `X-Amzn-Trace-Id` header that makes a called service a child of this node. */
  traceHeader(): string;

  /** The document as JSON, as it is sent. */
  toText(): string;
  /** The same as an object. */
  toJSON(): SegmentDocument & SubsegmentDocument;
}

/** The work one service does for one request; the root of what this process records of it. */
export interface SegmentNode extends TraceNode {
  trace_id: string;
  parent_id: string | undefined;
  user: string | undefined;
  origin: string | undefined;
  service: ServiceDocument | undefined;

  /** Names the user that the request was made for; searchable as `user`. */
  setUser(user: string): void;
}

/** A part of the work inside a segment: a method, a query, a call. */
export interface SubsegmentNode extends TraceNode {
  readonly parent: TraceNode;
  /** The segment it belongs to. */
  readonly segment: SegmentNode;
  namespace: string | undefined;
  traced: boolean | undefined;
  sql: SqlDocument | undefined;
}

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
 * A segment or subsegment: the methods that record something.
 *
 * Fields have the names of the segment document and methods those of AWS's SDK, so that code
 * written for the SDK looks the same here.
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
  /** Related traces, such as those that sent the messages being handled. */
  links: LinkDocument[] | undefined;
  readonly subsegments: readonly SubsegmentNode[] | undefined;

  /** The segment this belongs to; a segment is its own root. */
  readonly root: SegmentNode;

  /**
   * Records a value that traces can be searched by.
   *
   * Characters that X-Ray does not allow in a key are replaced (`my-key` becomes `my_key`). More
   * than 50 annotations in a trace, or a value that is not a string, number or boolean, are left
   * out with a warning. Never throws.
   * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html#api-segmentdocuments-annotations
   */
  addAnnotation(key: string, value: AnnotationValue): void;

  /** Records any value for display, under `namespace` (default `default`). Not searchable. */
  addMetadata(key: string, value: unknown, namespace?: string): void;

  /**
   * Links to a related trace. X-Ray stores 20 links per segment; more are left out with a warning.
   */
  addLink(link: LinkDocument): void;

  /**
   * Records what was thrown and sets error, throttle or fault accordingly. Does not close the node.
   */
  addError(thrown: unknown): void;
  addErrorFlag(): void;
  addFaultFlag(): void;
  addThrottleFlag(): void;

  isClosed(): boolean;

  /** Closes the node, and first records `thrown` if it is given. A second call does nothing. */
  close(thrown?: unknown): void;

  /** The `X-Amzn-Trace-Id` header that makes a called service a child of this node. */
  traceHeader(): string;

  /** The document as JSON text, exactly as it is sent. */
  toText(): string;
  /** The document as an object. */
  toJSON(): SegmentDocument & SubsegmentDocument;
}

/** The work that one service does for one request: the root of what this process records for it. */
export interface SegmentNode extends TraceNode {
  trace_id: string;
  parent_id: string | undefined;
  user: string | undefined;
  origin: string | undefined;
  service: ServiceDocument | undefined;

  /** Sets the user that the request was made for; searchable as `user`. */
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

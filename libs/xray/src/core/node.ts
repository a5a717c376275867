import type { AnnotationValue, CauseDocument, HttpDocument } from '../document';
import { formatTraceHeader, newId } from '../document';
import { annotate } from './annotations';
import type { Call } from './call';
import { recordThrown } from './cause';
import type { TraceNode } from './context';
import type { Segment } from './segment';
import type { Subsegment } from './subsegment';

/**
 * What a segment and a subsegment have in common. Fields bear the names of the
 * segment document, methods those of AWS's SDK, so that code written for it reads
 * the same here.
 */
export abstract class Node {
  /** False on a node; true on the marker of an unsampled request. */
  declare readonly notTraced: false;

  /** Epoch seconds; undefined while open. */
  end_time: number | undefined = undefined;
  error = false;
  fault = false;
  throttle = false;
  cause: CauseDocument | string | undefined = undefined;
  annotations: Record<string, AnnotationValue> | undefined = undefined;
  metadata: Record<string, Record<string, unknown>> | undefined = undefined;
  subsegments: Subsegment[] | undefined = undefined;
  /** What the call that this records wants to know about its end. */
  call: Call | undefined = undefined;
  declare http: HttpDocument | undefined;
  declare aws: Record<string, unknown> | undefined;

  /** Made when first asked for: most ids are needed only when the document is written. */
  private lazyId: string | undefined = undefined;

  constructor(
    public name: string,
    /** Epoch seconds. */
    public start_time: number,
  ) {}

  /** The segment this belongs to; a segment is its own root. */
  abstract get root(): Segment;

  get id(): string {
    return (this.lazyId ??= newId());
  }

  /** Whether its id was asked for or given, and so may be known elsewhere. */
  get hasId(): boolean {
    return this.lazyId !== undefined;
  }

  set id(id: string) {
    this.lazyId = id;
  }

  /**
   * Records a value that traces can be searched by.
   *
   * A key with characters that X-Ray refuses is repaired (`my-key` becomes `my_key`);
   * more than 50 in a trace, or a value that is not a string, number or boolean, is
   * left out with a warning. Never throws.
   * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html#api-segmentdocuments-annotations
   */
  addAnnotation(key: string, value: AnnotationValue): void {
    annotate(this as unknown as TraceNode, key, value);
  }

  /** Records any value for display; not searchable. */
  addMetadata(key: string, value: unknown, namespace = 'default'): void {
    const metadata = (this.metadata ??= Object.create(null) as NonNullable<typeof this.metadata>);
    const entries = (metadata[namespace] ??= Object.create(null) as Record<string, unknown>);
    entries[key] = value;
  }

  /** Records what was thrown and sets error, throttle or fault by it. Does not close. */
  addError(thrown: unknown): void {
    recordThrown(this as unknown as TraceNode, thrown);
  }

  addErrorFlag(): void {
    this.error = true;
  }

  addFaultFlag(): void {
    this.fault = true;
  }

  addThrottleFlag(): void {
    this.throttle = true;
  }

  isClosed(): boolean {
    return this.end_time !== undefined;
  }

  /** Closes, recording `thrown` first if given. A second call does nothing. */
  close(thrown?: unknown): void {
    if (this.end_time !== undefined) return;
    if (thrown !== undefined && thrown !== null) this.addError(thrown);
    this.end();
  }

  /** Takes it out of the trace: its work has not begun. */
  abstract detach(): void;

  /**
   * Puts it back as a child of `parent`, starting now; one that has content stays where and
   * when it was. False when it has left the process, and a new node is needed.
   */
  abstract reopen(parent: TraceNode | undefined): boolean;

  /** Stamps the end and hands over what is to be sent. Callers check that it is open. */
  abstract end(): void;

  /** The `X-Amzn-Trace-Id` header that makes a called service a child of this node. */
  traceHeader(): string {
    const { trace_id, extra } = this.root;
    return formatTraceHeader({ root: trace_id, parent: this.id, sampled: true, extra });
  }
}

Object.defineProperty(Node.prototype, 'notTraced', { value: false });

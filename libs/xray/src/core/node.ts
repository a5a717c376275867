import type {
  AnnotationValue,
  CauseDocument,
  HttpDocument,
  LinkDocument,
  SegmentDocument,
  SubsegmentDocument,
} from '../document';
import { formatTraceHeader, newId } from '../document';
import { annotate } from './annotations';
import { recordThrown } from './cause';
import { documentText } from './document-text';
import { textOf } from './foreign-values';
import { newEntries } from './metadata-entries';
import { snapshot } from './safe-metadata';
import { link } from './links';
import type {
  Call,
  RecordedNode,
  RecordedSegment,
  RecordedSubsegment,
  SpanFace,
} from './recorded-node';

/** Base class of segments and subsegments. */
export abstract class Node implements RecordedNode {
  declare readonly notTraced: false;

  end_time: number | undefined = undefined;
  error = false;
  fault = false;
  throttle = false;
  cause: CauseDocument | string | undefined = undefined;
  annotations: Record<string, AnnotationValue> | undefined = undefined;
  metadata: Record<string, Record<string, unknown>> | undefined = undefined;
  subsegments: RecordedSubsegment[] | undefined = undefined;
  hasLeft = false;
  /** How many subsegments of this node have been sent on their own. */
  protected leftBelow = 0;
  call: Call | undefined = undefined;
  declare http: HttpDocument | undefined;
  declare aws: Record<string, unknown> | undefined;
  declare links: LinkDocument[] | undefined;
  declare span: SpanFace | undefined;

  /** Created when first read: most ids are needed only when the document is written. */
  private lazyId: string | undefined = undefined;

  constructor(
    public name: string,
    public start_time: number,
  ) {}

  abstract get root(): RecordedSegment;

  get id(): string {
    return (this.lazyId ??= newId());
  }

  get hasId(): boolean {
    return this.lazyId !== undefined;
  }

  set id(id: string) {
    this.lazyId = id;
  }

  addAnnotation(key: string, value: AnnotationValue): void {
    annotate(this, key, value);
  }

  addMetadata(key: string, value: unknown, namespace = 'default'): void {
    const metadata = (this.metadata ??= newEntries() as NonNullable<typeof this.metadata>);
    const entries = (metadata[textOf(namespace)] ??= newEntries());
    entries[textOf(key)] = snapshot(value, this.root.owner.redact);
  }

  addLink(other: LinkDocument): void {
    link(this, other);
  }

  addError(thrown: unknown): void {
    recordThrown(this, thrown);
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

  close(thrown?: unknown): void {
    if (this.end_time !== undefined) return;
    if (thrown !== undefined && thrown !== null) this.addError(thrown);
    this.end();
  }

  /**
   * Counts a subsegment that was sent on its own. Such subsegments are removed from the list in
   * batches.
   */
  forget(): void {
    const { subsegments } = this;
    if (subsegments === undefined || ++this.leftBelow * 2 < subsegments.length) return;
    this.subsegments = subsegments.filter(({ leftAlone }) => !leftAlone);
    this.leftBelow = 0;
  }

  abstract detach(): void;
  abstract reopen(parent: RecordedNode | undefined): boolean;
  abstract end(at?: number): void;

  traceHeader(): string {
    const { trace_id, extra, owner } = this.root;
    const sampled = owner.sampled !== false;
    return formatTraceHeader({ root: trace_id, parent: this.id, sampled, extra });
  }

  toText(): string {
    return documentText(this);
  }

  toJSON(): SegmentDocument & SubsegmentDocument {
    return JSON.parse(documentText(this)) as SegmentDocument & SubsegmentDocument;
  }
}

Object.defineProperty(Node.prototype, 'notTraced', { value: false });

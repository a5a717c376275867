import { textOf } from '../core/foreign-values';
import {
  SpanStatusCode,
  TraceFlags,
  type Attributes,
  type AttributeValue,
  type Context,
  type Exception,
  type Link,
  type SpanContext,
  type SpanStatus,
  type TimeInput,
} from '@opentelemetry/api';
import { isSampled, type Active } from '../core/context';
import type { RecordedNode } from '../core/recorded-node';
import { w3cTraceId } from '../document';
import { exceptionEvent } from './exception-event';
import { NODE, type BridgeSpan } from './nodes';
import type { SpanData } from './span-data';
import { describeNode, noteAttribute, noteLink } from './span-document';
import { epochSeconds } from './time-input';

/**
 * A segment or subsegment as a span of the OpenTelemetry API. All data set through the API is kept
 * unchanged for OTLP; what the segment document has fields for is also set on the node.
 */
export class NodeSpan implements BridgeSpan {
  context: Context | undefined = undefined;
  private identity: SpanContext | undefined = undefined;

  constructor(
    private readonly node: RecordedNode,
    readonly data: SpanData,
  ) {
    node.span = this;
  }

  get [NODE](): Active {
    return this.node;
  }

  spanContext(): SpanContext {
    const { node } = this;
    return (this.identity ??= {
      traceId: w3cTraceId(node.root.trace_id),
      spanId: node.id,
      traceFlags: isSampled(node) ? TraceFlags.SAMPLED : TraceFlags.NONE,
    });
  }

  isRecording(): boolean {
    return !this.node.isClosed();
  }

  setAttribute(key: string, value: AttributeValue | undefined): this {
    if (this.isRecording() && this.data.setAttribute(key, value) && !this.isOwn) {
      noteAttribute(this.node, key, value);
    }
    return this;
  }

  setAttributes(attributes: Attributes): this {
    const { node, data, isOwn } = this;
    if (!this.isRecording()) return this;
    for (const key of Object.keys(attributes ?? {})) {
      const value = attributes[key];
      if (data.setAttribute(key, value) && !isOwn) noteAttribute(node, key, value);
    }
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (!this.isRecording()) return this;
    const given = isTime(attributesOrTime) ? attributesOrTime : time;
    const attributes = isTime(attributesOrTime) ? {} : { ...attributesOrTime };
    this.data.addEvent({ name, time: epochSeconds(given) ?? this.node.root.now(), attributes });
    return this;
  }

  addLink(link: Link): this {
    if (!this.isRecording()) return this;
    this.data.addLink(link);
    noteLink(this.node, link);
    return this;
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  /** As the API specifies: `OK` is final, and `UNSET` is ignored. */
  setStatus(status: SpanStatus): this {
    const { node, data } = this;
    if (!this.isRecording() || status.code === SpanStatusCode.UNSET) return this;
    if (data.status?.code === SpanStatusCode.OK) return this;
    data.status = { ...status };
    if (status.code === SpanStatusCode.OK) node.error = node.fault = node.throttle = false;
    else if (!node.error) node.fault = true;
    return this;
  }

  updateName(name: string): this {
    if (this.isRecording()) {
      this.node.name = textOf(name);
      if (this.isOwn) this.data.name = textOf(name);
    }
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    if (!this.isRecording()) return;
    const at = epochSeconds(time) ?? this.node.root.now();
    this.data.addEvent({ name: 'exception', time: at, attributes: exceptionEvent(exception) });
    this.node.addError(exception);
    if (this.data.status?.code === SpanStatusCode.OK) this.node.error = this.node.fault = false;
  }

  /** Does nothing for a node that was not opened through the API: its owner closes it. */
  end(time?: TimeInput): void {
    if (!this.isRecording() || !this.isOwn) return;
    describeNode(this.node, this.data);
    this.node.end(epochSeconds(time));
  }

  /** Whether the node was opened through the OpenTelemetry API. */
  private get isOwn(): boolean {
    return this.data.name !== undefined;
  }
}

function isTime(value: Attributes | TimeInput | undefined): value is TimeInput {
  return typeof value === 'number' || Array.isArray(value) || value instanceof Date;
}

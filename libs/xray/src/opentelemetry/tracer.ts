import { textOf } from '../core/foreign-values';
import {
  context as contexts,
  isSpanContextValid,
  SpanKind,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api';
import type { Active } from '../core/context';
import type { RecordedNode } from '../core/recorded-node';
import { runtime } from '../core/runtime';
import { Subsegment } from '../core/subsegment';
import { type TraceHeader, xrayTraceId } from '../document';
import { bindPools } from '../instrumentation/pools';
import { incomingIn, type Incoming } from './incoming';
import { NodeSpan } from './node-span';
import { isBridgeSpan, NODE } from './nodes';
import { overlapOf } from './own-instrumentation';
import { SpanData, type InstrumentationScope } from './span-data';
import { NonRecordingSpan } from './non-recording-span';
import { isSuppressed } from './suppressed';
import { epochSeconds } from './time-input';

const MYSQL2 = '@opentelemetry/instrumentation-mysql2';
/** Its spans have the kind CLIENT, but a load is no call of another service. */
const DATALOADER = '@opentelemetry/instrumentation-dataloader';

type Work<F> = F extends (span: Span) => infer R ? R : never;

/** Opens segments and subsegments for callers of the OpenTelemetry API. */
export class BridgeTracer implements Tracer {
  private readonly overlaps: ReturnType<typeof overlapOf>;

  private bindsPools: boolean;
  private readonly staysInside: boolean;

  constructor(private readonly scope: InstrumentationScope) {
    this.staysInside = scope.name === DATALOADER;
    this.overlaps = overlapOf(scope.name);
    this.bindsPools = scope.name === MYSQL2;
  }

  startSpan(name: string, options: SpanOptions = {}, given: Context = contexts.active()): Span {
    const context = options.root === true ? trace.deleteSpan(given) : given;
    const parent = trace.getSpan(context);
    const active = isBridgeSpan(parent) ? parent[NODE] : undefined;
    const kind = options.kind ?? SpanKind.INTERNAL;
    if (isSuppressed(context)) return new NonRecordingSpan(active);
    // Spans within a call that we record are part of that call.
    if (isBridgeSpan(parent) && parent.isDuplicate === true) return parent;
    if (this.overlaps?.(name, kind) === true) return new NonRecordingSpan(active, true);
    const opened = active ?? this.openRoot(name, kind, options, context, parent);
    if (opened === undefined || opened.notTraced) return new NonRecordingSpan(opened);
    // mysql2 is loaded by now. It may not have been when the application started.
    if (this.bindsPools) {
      this.bindsPools = false;
      bindPools();
    }
    const shown = this.staysInside ? SpanKind.INTERNAL : kind;
    const node = active === undefined ? opened : callUnder(opened, name, shown);
    if (node === undefined) return new NonRecordingSpan(opened, true);
    return this.begin(node, name, shown, options);
  }

  startActiveSpan<F extends (span: Span) => unknown>(name: string, fn: F): Work<F>;
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    fn: F,
  ): Work<F>;
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    context: Context,
    fn: F,
  ): Work<F>;
  startActiveSpan(name: string, ...rest: unknown[]): unknown {
    const fn = rest.at(-1) as (span: Span) => unknown;
    const options = rest.length > 1 ? (rest[0] as SpanOptions) : undefined;
    const context = rest.length > 2 ? (rest[1] as Context) : contexts.active();
    const span = this.startSpan(name, options, context);
    return contexts.with(trace.setSpan(context, span), fn, undefined, span);
  }

  private begin(node: RecordedNode, name: string, kind: SpanKind, options: SpanOptions): Span {
    const start = epochSeconds(options.startTime);
    if (start !== undefined) node.start_time = start;
    const span = new NodeSpan(node, new SpanData(textOf(name), kind, this.scope));
    if (options.attributes) span.setAttributes(options.attributes);
    if (options.links) span.addLinks(options.links);
    return span;
  }

  /**
   * Opens a segment when the parent is not one of our spans: for incoming requests and messages, for
   * a remote parent, and for explicit roots. Any other span, such as the ping of a connection,
   * belongs to no trace.
   */
  private openRoot(
    name: string,
    kind: SpanKind,
    { root, attributes }: SpanOptions,
    context: Context,
    parent: Span | undefined,
  ): Active {
    const spanContext = parent?.spanContext();
    // The span context is invalid within a call that belongs to no trace.
    const remote = spanContext && isSpanContextValid(spanContext) ? spanContext : undefined;
    const header = root === true ? undefined : headerOf(incomingIn(context), remote);
    const isIncoming =
      kind === SpanKind.SERVER || kind === SpanKind.CONSUMER || isBatch(attributes);
    if (!isIncoming && remote === undefined && root !== true) {
      if (kind === SpanKind.INTERNAL) runtime.missing?.(`startSpan "${name}"`);
      return undefined;
    }
    const { recorder, serviceName = name } = runtime;
    const request = { serviceName, method: SpanKind[kind], path: name };
    return recorder?.open(request, header);
  }
}

/**
 * Whether a span covers the handling of a fetched batch of messages. Its kind is CLIENT, since the
 * consumer requested the batch.
 */
function isBatch(attributes: Attributes = {}): boolean {
  const { 'messaging.operation.type': type, 'messaging.batch.message_count': count } = attributes;
  return type === 'receive' && Number(count) > 0;
}

/** Opens a subsegment; undefined for a call within a call that is recorded as a whole. */
function callUnder(parent: RecordedNode, name: string, kind: SpanKind): RecordedNode | undefined {
  const isOutgoing = kind === SpanKind.CLIENT || kind === SpanKind.PRODUCER;
  if (isOutgoing && (parent as Partial<Subsegment>).hidesInnerCalls === true) return undefined;
  const node = new Subsegment(textOf(name), parent);
  if (isOutgoing) node.namespace = 'remote';
  return node;
}

/** The caller's trace: from its headers, or else from its span context. */
function headerOf(
  incoming: Incoming | undefined,
  remote: SpanContext | undefined,
): (TraceHeader & Incoming) | undefined {
  if (remote === undefined) return incoming;
  const root = xrayTraceId(remote.traceId);
  if (incoming?.root === root) return incoming;
  const sampled = (remote.traceFlags & TraceFlags.SAMPLED) !== 0;
  return { ...incoming, root, parent: remote.spanId, sampled };
}

import { decodeOtlp, type OtlpEncoding } from './decode-otlp';
import {
  ExportTraceServiceRequestSchema,
  type Span as SpanMessage,
  Span_SpanKind,
  Status_StatusCode,
} from './otlp_pb';
import { hex, nameOfScope, seconds, toAttributes } from './otlp-values';
import type { Attributes, Span, SpanKind } from './span';

/**
 * Reads the body of an OTLP export of traces.
 *
 * @throws Error if the body is invalid; the message says why.
 */
export function readOtlp(body: Uint8Array, encoding: OtlpEncoding): Span[] {
  const request = decodeOtlp(ExportTraceServiceRequestSchema, body, encoding, 'traces');
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const attributes = toAttributes(resource?.attributes ?? []);
    return scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => toSpan(span, attributes, scope && nameOfScope(scope))),
    );
  });
}

const KINDS: Partial<Record<Span_SpanKind, SpanKind>> = {
  [Span_SpanKind.SERVER]: 'server',
  [Span_SpanKind.CLIENT]: 'client',
  [Span_SpanKind.PRODUCER]: 'producer',
  [Span_SpanKind.CONSUMER]: 'consumer',
};

function toSpan(span: SpanMessage, resource: Attributes, scope: string | undefined): Span {
  const translated: Span = {
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    parentSpanId: hex(span.parentSpanId),
    name: span.name,
    kind: KINDS[span.kind] ?? 'internal',
    start: seconds(span.startTimeUnixNano),
    end: seconds(span.endTimeUnixNano),
    attributes: toAttributes(span.attributes),
    events: span.events.map(({ name, timeUnixNano, attributes }) => ({
      name,
      time: seconds(timeUnixNano),
      attributes: toAttributes(attributes),
    })),
    links: span.links.map(({ traceId, spanId, attributes }) => ({
      traceId: hex(traceId),
      spanId: hex(spanId),
      attributes: toAttributes(attributes),
    })),
    failed: span.status?.code === Status_StatusCode.ERROR,
    statusMessage: span.status?.message ?? '',
    resource,
  };
  if (scope !== undefined) translated.scope = scope;
  return translated;
}

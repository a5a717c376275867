import { fromBinary, fromJson, type JsonValue } from '@bufbuild/protobuf';
import {
  type AnyValue,
  type ExportTraceServiceRequest,
  ExportTraceServiceRequestSchema,
  type KeyValue,
  type Span as SpanMessage,
  Span_SpanKind,
  Status_StatusCode,
} from './otlp_pb';
import type { Attributes, AttributeValue, Span, SpanKind } from './span';

export type OtlpEncoding = 'json' | 'protobuf';

/**
 * Reads the body of an OTLP/HTTP export of traces.
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp
 *
 * @throws Error saying what is wrong with the body.
 */
export function readOtlp(body: Uint8Array, encoding: OtlpEncoding): Span[] {
  const request =
    encoding === 'protobuf' ? fromBinary(ExportTraceServiceRequestSchema, body) : fromText(body);
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const attributes = toAttributes(resource?.attributes ?? []);
    return scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => toSpan(span, attributes, scope && nameOfScope(scope))),
    );
  });
}

function fromText(body: Uint8Array): ExportTraceServiceRequest {
  const json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as JsonValue;
  return fromJson(ExportTraceServiceRequestSchema, withBase64Ids(json), {
    ignoreUnknownFields: true,
  });
}

const ID_KEYS = new Set([
  'traceId',
  'spanId',
  'parentSpanId',
  'trace_id',
  'span_id',
  'parent_span_id',
]);

/** OTLP's JSON has ids in hexadecimal, where JSON of protobuf has bytes in base64. Only ids that stand in spans. */
function withBase64Ids(value: JsonValue, depth = 0): JsonValue {
  // resourceSpans → scopeSpans → spans → links: ids stand no deeper, and attributes may be as deep as they like.
  if (depth > 8 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => withBase64Ids(each, depth + 1));
  const copy: Record<string, JsonValue> = {};
  for (const [key, each] of Object.entries(value)) {
    if (key === 'attributes' || key === '__proto__') {
      if (key === 'attributes') copy[key] = each;
    } else if (ID_KEYS.has(key) && typeof each === 'string') {
      copy[key] = isBase64Id(each) ? each : Buffer.from(each, 'hex').toString('base64');
    } else {
      copy[key] = withBase64Ids(each, depth + 1);
    }
  }
  return copy;
}

/** Some exporters write ids as JSON of protobuf has bytes: 16 or 8 of them in base64, which ends with `=`. */
function isBase64Id(id: string): boolean {
  return /^(?:[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{11}=)$/.test(id);
}

const KINDS: Partial<Record<Span_SpanKind, SpanKind>> = {
  [Span_SpanKind.SERVER]: 'server',
  [Span_SpanKind.CLIENT]: 'client',
  [Span_SpanKind.PRODUCER]: 'producer',
  [Span_SpanKind.CONSUMER]: 'consumer',
};

function nameOfScope({ name, version }: { name: string; version: string }): string | undefined {
  return name === '' ? undefined : version === '' ? name : `${name} ${version}`;
}

function toSpan(span: SpanMessage, resource: Attributes, scope: string | undefined): Span {
  return {
    ...(scope !== undefined && { scope }),
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
}

/** All zeros mean that there is none. */
function hex(bytes: Uint8Array): string {
  const digits = Buffer.from(bytes).toString('hex');
  return /^0*$/.test(digits) ? '' : digits;
}

/** Whole microseconds: a double cannot carry nanoseconds since 1970. */
function seconds(nanoseconds: bigint): number {
  return Number(nanoseconds / 1000n) / 1e6;
}

function toAttributes(pairs: KeyValue[]): Attributes {
  const attributes: Attributes = new Map();
  for (const { key, value } of pairs) {
    const plain = value && toValue(value);
    if (plain !== undefined && key !== '') attributes.set(key, plain);
  }
  return attributes;
}

/** A number where it is as good as the bigint. */
function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function toValue({ value }: AnyValue): AttributeValue | undefined {
  switch (value.case) {
    case 'stringValue':
    case 'boolValue':
      return value.value;
    case 'doubleValue':
      return Number.isFinite(value.value) ? value.value : String(value.value);
    case 'intValue':
      return exact(value.value);
    case 'bytesValue':
      return Buffer.from(value.value).toString('base64');
    case 'arrayValue':
      return value.value.values.map(toValue).filter((each) => each !== undefined);
    case 'kvlistValue':
      return Object.fromEntries(toAttributes(value.value.values));
    default:
      return undefined;
  }
}

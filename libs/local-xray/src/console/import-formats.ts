import { readJson } from '@nestjs-xray/document';

/** Imported data: segment documents, or spans in the form of an OTLP export. */
export interface Imported {
  documents?: unknown[];
  resourceSpans?: unknown[];
}

export interface Fields {
  [key: string]: unknown;
}

/**
 * Parses the output of other tools. Undefined for any other format:
 * - `aws xray batch-get-traces`: `{ Traces: [{ Segments: [{ Document }] }] }`, or one trace of it
 * - the body of a PutTraceSegments: `{ TraceSegmentDocuments }`
 * - OTLP/JSON: `{ resourceSpans }`
 * - Tempo's API, and the file that Grafana exports: `{ batches }`, or `{ trace: { resourceSpans }
 *   }`
 * - Jaeger's JSON, as its page exports it: `{ data: [{ traceID, spans, processes }] }`
 */
export function readForeign(body: unknown): Imported | undefined {
  if (!isFields(body)) return undefined;
  if (Array.isArray(body.Traces)) return { documents: body.Traces.flatMap(documentsOfAws) };
  if (Array.isArray(body.Segments)) return { documents: documentsOfAws(body) };
  if (Array.isArray(body.TraceSegmentDocuments)) {
    return { documents: body.TraceSegmentDocuments.map(documentOf) };
  }
  const resourceSpans = spansOf(body) ?? (isFields(body.trace) ? spansOf(body.trace) : undefined);
  if (resourceSpans !== undefined) return { resourceSpans };
  const data = Array.isArray(body.data) ? body.data : [body];
  if (data.length > 0 && data.every(isJaeger)) return { resourceSpans: data.flatMap(fromJaeger) };
  return undefined;
}

function spansOf({ resourceSpans, batches }: Fields): unknown[] | undefined {
  return [resourceSpans, batches].find((each) => Array.isArray(each));
}

function documentsOfAws(trace: unknown): unknown[] {
  const segments = isFields(trace) ? trace.Segments : undefined;
  if (!Array.isArray(segments)) return [];
  return segments.flatMap((segment: unknown) => {
    const text = isFields(segment) ? segment.Document : undefined;
    return typeof text === 'string' ? [documentOf(text)] : [];
  });
}

function documentOf(text: unknown): unknown {
  try {
    return readJson(String(text));
  } catch {
    // Passed on unchanged; it is then rejected with the position of the JSON error.
    return text;
  }
}

interface JaegerTrace extends Fields {
  spans: JaegerSpan[];
  processes: Record<string, { serviceName?: unknown; tags?: unknown }>;
}

interface JaegerSpan extends Fields {
  references?: unknown;
}

function isJaeger(trace: unknown): trace is JaegerTrace {
  return isFields(trace) && Array.isArray(trace.spans) && isFields(trace.processes);
}

/** https://www.jaegertracing.io/docs/latest/apis/: times in microseconds, ids in hexadecimal. */
function fromJaeger({ spans, processes }: JaegerTrace): unknown[] {
  return spans.filter(isFields).map((span) => {
    const process = processes[String(span.processID)] ?? {};
    const service = {
      key: 'service.name',
      value: { stringValue: text(process.serviceName) },
    };
    return {
      resource: { attributes: [service, ...attributes(process.tags)] },
      scopeSpans: [{ spans: [spanOf(span)] }],
    };
  });
}

export const KINDS: Record<string, number> = {
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
};

function spanOf(span: JaegerSpan): object {
  const start = Number(span.startTime) || 0;
  const tags = list(span.tags);
  const tag = (key: string) => tags.find((each) => each.key === key)?.value;
  const references = list(span.references);
  const parent = references.find(({ refType }) => refType === 'CHILD_OF');
  const failed = tag('error') === true || tag('otel.status_code') === 'ERROR';
  return {
    traceId: padded(span.traceID, 32),
    spanId: padded(span.spanID, 16),
    ...(parent && { parentSpanId: padded(parent.spanID, 16) }),
    name: text(span.operationName),
    kind: KINDS[String(tag('span.kind'))] ?? 1,
    startTimeUnixNano: nanoseconds(start),
    endTimeUnixNano: nanoseconds(start + (Number(span.duration) || 0)),
    attributes: attributes(tags.filter(({ key }) => !TAKEN.has(String(key)))),
    events: list(span.logs).map(({ timestamp, fields }) => ({
      timeUnixNano: nanoseconds(Number(timestamp) || 0),
      name: text(list(fields).find(({ key }) => key === 'event')?.value) || 'log',
      attributes: attributes(fields),
    })),
    links: references
      .filter(({ refType }) => refType === 'FOLLOWS_FROM')
      .map(({ traceID, spanID }) => ({ traceId: padded(traceID, 32), spanId: padded(spanID, 16) })),
    status: failed ? { code: 2, message: text(tag('otel.status_description')) } : {},
  };
}

/** Tags for which an OTLP span has separate fields. */
const TAKEN = new Set(['span.kind', 'otel.status_code', 'otel.status_description']);

/** Converts microseconds to OTLP's nanoseconds; 0 for a time that is not finite. */
export function nanoseconds(micros: number): string {
  return Number.isFinite(micros) ? String(BigInt(Math.round(micros)) * 1000n) : '0';
}

/** Pads Jaeger's 64-bit ids, and ids without their leading zeros. */
export function padded(id: unknown, length: number): string {
  return text(id).padStart(length, '0');
}

export function attributes(tags: unknown): object[] {
  return list(tags).map(({ key, value }) => ({ key: String(key), value: valueOf(value) }));
}

function valueOf(value: unknown): object {
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return { intValue: String(value) };
  if (typeof value === 'number') return { doubleValue: value };
  return { stringValue: typeof value === 'string' ? value : JSON.stringify(value ?? '') };
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function list(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

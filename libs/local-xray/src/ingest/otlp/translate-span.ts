import {
  compact,
  isAwsCall,
  newId,
  readHttp,
  readSql,
  SIGNALS_NAMES,
  type SegmentDocument,
  type SubsegmentDocument,
  textOf,
  xrayTraceId,
} from '@nestjs-xray/document';
import { type AttributeIndex, attributeIndex } from './indexed-attributes';
import { resourceFacts } from './resource-facts';
import { segmentName } from './segment-name';
import type { Span } from './span';
import { translateAttributes } from './translate-attributes';
import { translateAws } from './translate-aws';
import { translateCause, translateStatus } from './translate-cause';

export type Translated = SegmentDocument | SubsegmentDocument;

const NONE = attributeIndex([]);

/**
 * Translates a span as the OpenTelemetry Collector's X-Ray exporter does: spans of kind server or consumer
 * and spans without a parent become segments, all others subsegments sent on their own. What X-Ray has no field
 * for is kept as metadata: the namespace `otel` has the span's name and kind, its scope and its events.
 *
 * A span marked `aws.span.kind: LOCAL_ROOT` is the segment of its service, whatever its kind. If it is also a call, a
 * segment is created for the service and the call becomes its child.
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/awsxrayexporter
 */
export function translateSpan(span: Span, index: AttributeIndex = NONE): Translated[] {
  if (span.attributes.get('aws.span.kind') !== 'LOCAL_ROOT') {
    const begins = span.kind === 'server' || span.kind === 'consumer' || span.parentSpanId === '';
    return [translate(span, begins, index)];
  }
  if (span.kind === 'server' || span.kind === 'internal') return [translate(span, true, index)];
  return serviceAndCall(span, index);
}

/** The scope of spans from our own emitter. Its attributes for Application Signals repeat other fields. */
const OURS = 'nestjs-xray';

function translate(span: Span, asSegment: boolean, index: AttributeIndex): Translated {
  const resource = resourceFacts(span.resource);
  const rest = new Map(span.attributes);
  const http = readHttp(span.attributes, span.kind, rest);
  const cause = translateCause(span, rest);
  const aws = translateAws(span, rest, resource.aws);
  const sql = readSql(span.name, span.attributes, rest);
  if (span.scope === OURS) for (const name of Object.values(SIGNALS_NAMES)) rest.delete(name);
  const { user, annotations, metadata } = translateAttributes(
    rest,
    asSegment ? resource.metadata : [],
    index,
  );
  metadata.otel = otelOf(span);
  const { version } = resource;
  const { error, fault, throttle } = translateStatus(span);
  // No spread here: V8 adds the properties after a spread one by one, which takes several times as long.
  return compact({
    trace_id: span.traceId === '' ? undefined : xrayTraceId(span.traceId),
    id: span.spanId,
    parent_id: span.parentSpanId || undefined,
    type: asSegment ? undefined : 'subsegment',
    namespace: asSegment ? undefined : namespaceOf(span),
    origin: asSegment ? resource.origin : undefined,
    service: asSegment && version ? { version } : undefined,
    user: asSegment ? user : undefined,
    name: segmentName(span),
    start_time: span.start,
    // SDKs export only spans that have ended. A span without an end is marked as in progress.
    end_time: span.end > 0 ? span.end : undefined,
    in_progress: span.end > 0 ? undefined : true,
    error,
    fault,
    throttle,
    cause,
    http,
    aws,
    sql,
    annotations,
    metadata,
    links: linksOf(span),
  }) as Translated;
}

/** The parts of a span that X-Ray has no field for. */
function otelOf({ name, kind, scope, events, statusMessage }: Span): Record<string, unknown> {
  // Exceptions become the document's cause.
  const others = events.filter((event) => event.name !== 'exception');
  const otel: Record<string, unknown> = { name, kind };
  if (scope) otel.scope = scope;
  if (statusMessage !== '') otel.status_message = statusMessage;
  if (others.length === 0) return otel;
  otel.events = others.map(({ name, time, attributes }) => ({
    name,
    time,
    ...(attributes.size > 0 && { attributes: Object.fromEntries(attributes) }),
  }));
  return otel;
}

function namespaceOf(span: Span): string | undefined {
  if (isAwsCall(span.attributes)) return 'aws';
  const remote =
    span.kind === 'client' ||
    span.kind === 'producer' ||
    (span.kind !== 'internal' && span.attributes.has('aws.remote.service'));
  return remote ? 'remote' : undefined;
}

function linksOf(span: Span): SegmentDocument['links'] {
  const links = span.links.filter(({ traceId, spanId }) => traceId !== '' && spanId !== '');
  if (links.length === 0) return undefined;
  return links.map(({ traceId, spanId, attributes }) => ({
    trace_id: xrayTraceId(traceId),
    id: spanId,
    ...(attributes.size > 0 && { attributes: Object.fromEntries(attributes) }),
  }));
}

function serviceAndCall(span: Span, index: AttributeIndex): Translated[] {
  const serviceId = newId();
  const call = translate({ ...span, parentSpanId: serviceId }, false, index) as SubsegmentDocument;
  const consumes = span.kind === 'consumer';
  call.namespace ??= 'remote';
  if (consumes) delete (call as SegmentDocument).links;
  const attributes = new Map(span.attributes);
  for (const key of [
    'aws.remote.service',
    'aws.remote.operation',
    'remoteTarget',
    'K8s.RemoteNamespace',
  ]) {
    attributes.delete(key);
  }
  const service = translate(
    { ...span, spanId: serviceId, attributes },
    true,
    index,
  ) as SegmentDocument;
  service.name = textOf(span.attributes, ['aws.local.service']) ?? service.name;
  delete service.http;
  delete (service as SubsegmentDocument).sql;
  if (!consumes) delete service.links;
  return [call, service];
}

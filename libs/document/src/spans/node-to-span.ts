import { INDEXED_KEYS, METADATA_PREFIX, USER_NAMES } from '../conventions/attribute-names';
import { writeJson } from '../exact-json';
import { w3cTraceId } from '../ids';
import type {
  LinkDocument,
  NodeDocument,
  SegmentDocument,
  SubsegmentDocument,
} from '../segment-document';
import { exceptionEvents } from './exception-events';
import { logEvents } from './log-events';
import { keyValues, SpanKind, StatusCode, type OtlpSpan } from './otlp-span';
import {
  awsAttributes,
  databaseAttributes,
  httpClientAttributes,
  httpServerAttributes,
  messagingAttributes,
} from './span-attributes';

type AnyDocument = SegmentDocument & SubsegmentDocument;

/**
 * Converts a closed segment or subsegment, without its subsegments, to a span that follows the
 * semantic conventions for HTTP, RPC, databases, messaging and exceptions.
 * @see https://opentelemetry.io/docs/specs/semconv/
 */
export function spanOf(
  traceId: string,
  node: AnyDocument,
  parentSpanId: string | undefined,
  isSegment: boolean,
): OtlpSpan {
  const leaves = node.namespace === 'remote' || node.namespace === 'aws';
  const messaging = messagingAttributes(node, isSegment);
  const span: OtlpSpan = {
    traceId,
    spanId: node.id,
    name: spanName(node, isSegment),
    kind: kindOf(isSegment, leaves, messaging !== undefined),
    startTimeUnixNano: nanoseconds(node.start_time),
    endTimeUnixNano: nanoseconds(node.end_time!),
    attributes: keyValues({
      ...(isSegment ? httpServerAttributes(node) : httpClientAttributes(node)),
      ...(node.sql && databaseAttributes(node)),
      ...(node.namespace === 'aws' && awsAttributes(node)),
      ...messaging,
      // The name on the service map; without it, the Collector uses the operation's name.
      'peer.service': leaves ? node.name : undefined,
      [USER_NAMES[0]]: node.user,
      'xray.status': toldStatus(node),
      ...recordedAttributes(node),
    }),
  };
  if (parentSpanId !== undefined) span.parentSpanId = parentSpanId;
  if (node.links) span.links = node.links.map(linkOf);
  const events = [...logEvents(node), ...exceptionEvents(node)];
  if (events.length > 0) span.events = events;
  // For a server's 4xx, which is the caller's error, the conventions leave the status unset.
  if (node.fault || (node.error && !(isSegment && node.http))) {
    span.status = { code: StatusCode.error };
  }
  return span;
}

function kindOf(isSegment: boolean, leaves: boolean, isJob: boolean) {
  if (isSegment) return isJob ? SpanKind.consumer : SpanKind.server;
  if (leaves) return isJob ? SpanKind.producer : SpanKind.client;
  return SpanKind.internal;
}

/**
 * X-Ray distinguishes the caller's error from the service's fault; OpenTelemetry does so only by an
 * HTTP status. Local X-Ray reads this attribute; other receivers may ignore it.
 */
function toldStatus({ http, throttle, error, fault }: AnyDocument): string | undefined {
  if (http?.response?.status !== undefined || fault) return undefined;
  return throttle ? 'throttle' : error ? 'error' : undefined;
}

/** `GET /carts/:id` for a request, `GET` if no route matched; for other nodes, the node's name. */
function spanName(node: AnyDocument, isSegment: boolean): string {
  const method = node.http?.request?.method;
  if (isSegment) {
    const route = node.annotations?.http_route;
    if (method === undefined) return node.name;
    return typeof route === 'string' ? `${method} ${route}` : method;
  }
  if (node.sql) return node.sql.sanitized_query?.trim().split(/\s+/, 1)[0] ?? node.name;
  if (node.namespace === 'aws') {
    const operation = node.aws?.operation;
    return typeof operation === 'string' ? `${node.name}.${operation}` : node.name;
  }
  return node.namespace === 'remote' && method !== undefined ? method : node.name;
}

/**
 * Annotations become attributes, listed in `aws.xray.annotations` so that X-Ray indexes them. Each
 * metadata namespace becomes an attribute with JSON. AWS's collector expects both.
 */
function recordedAttributes(node: NodeDocument): Record<string, unknown> {
  const attributes: Record<string, unknown> = { ...node.annotations };
  if (node.annotations) attributes[INDEXED_KEYS] = Object.keys(node.annotations);
  for (const [namespace, values] of Object.entries(node.metadata ?? {})) {
    attributes[METADATA_PREFIX + namespace] = writeJson(values);
  }
  return attributes;
}

function linkOf({ trace_id, id, attributes = {} }: LinkDocument) {
  return { traceId: w3cTraceId(trace_id), spanId: id, attributes: keyValues(attributes) };
}

/** Converts epoch seconds to nanoseconds, rounded to microseconds: the precision of a double. */
function nanoseconds(seconds: number): string {
  return `${Math.round(seconds * 1e6)}000`;
}

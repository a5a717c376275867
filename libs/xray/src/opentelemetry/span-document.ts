import { SpanKind, SpanStatusCode, type Link } from '@opentelemetry/api';
import type { RecordedNode, RecordedSubsegment } from '../core/recorded-node';
import {
  HTTP_NAMES,
  INDEXED_KEYS,
  isAwsCall,
  isHttp,
  readAwsCall,
  readCallee,
  readFailure,
  readHttp,
  readSql,
  readStatus,
  SQL_NAMES,
  SQL_SYSTEMS,
  textOf,
  USER_NAMES,
  type AnnotationValue,
  type SpanAttributes,
  type SpanKindName,
  xrayTraceId,
} from '../document';
import { outgoingPolicy } from '../core/context';
import { addErrorMessage } from '../core/remote-error';
import { sanitiseMySql, sanitiseSql } from '../instrumentation/outgoing/sanitise-sql';
import type { SpanData } from './span-data';

const KINDS: Record<SpanKind, SpanKindName> = {
  [SpanKind.INTERNAL]: 'internal',
  [SpanKind.SERVER]: 'server',
  [SpanKind.CLIENT]: 'client',
  [SpanKind.PRODUCER]: 'producer',
  [SpanKind.CONSUMER]: 'consumer',
};

/** Translates the attributes of an ending span into fields of the segment document. */
export function describeNode(node: RecordedNode, data: SpanData): void {
  const { attributes } = data;
  const kind = KINDS[data.kind ?? SpanKind.INTERNAL];
  const system = textOf(attributes, SQL_NAMES.database_type);
  const inSql = SQL_SYSTEMS.has(system);
  const aws = isAwsCall(attributes);
  const http = isHttp(attributes);
  if (inSql) hideLiterals(node, data, system);
  // If no attribute has a field of its own, nothing is removed from the map: no copy is needed.
  const rest: Map<string, unknown> = http || aws || inSql ? new Map(attributes) : attributes;
  const block = http ? readHttp(attributes, kind, rest) : undefined;
  if (block !== undefined) node.http = block;
  if (node.root !== node) {
    const call = node as RecordedSubsegment;
    if (system !== undefined && containsDatabaseCall(call)) describeOrm(call, data, rest);
    else describeCall(call, data, kind, rest, inSql, aws);
  }
  const status = http ? readStatus(attributes) : undefined;
  if (status !== undefined || data.status !== undefined) {
    describeStatus(node, data, KINDS[data.kind ?? SpanKind.INTERNAL], status);
  }
  const indexed = attributes.get(INDEXED_KEYS);
  for (const [key, value] of rest) noteAttribute(node, key, value, indexed);
  describeSpan(node, data, kind);
}

function describeCall(
  node: RecordedSubsegment,
  { attributes, name = node.name }: SpanData,
  kind: SpanKindName,
  rest: Map<string, unknown>,
  inSql: boolean,
  aws: boolean,
): void {
  const sql = inSql ? readSql(name, attributes, rest) : undefined;
  if (sql !== undefined) node.sql = sql;
  if (aws) node.aws = readAwsCall(attributes, rest);
  if (!aws && kind !== 'client' && kind !== 'producer') return;
  node.namespace = aws ? 'aws' : 'remote';
  node.name = readCallee(attributes) ?? name;
}

/** Makes a database call a step of the application: the call within it is the one to the database. */
function describeOrm(node: RecordedSubsegment, data: SpanData, rest: Map<string, unknown>): void {
  node.namespace = undefined;
  data.kind = SpanKind.INTERNAL;
  for (const name of ABOUT_CALLEE) {
    data.attributes.delete(name);
    rest.delete(name);
  }
}

/** The attributes that mark a span as a call, in X-Ray and for receivers of OTLP. */
const ABOUT_CALLEE = [
  ...Object.values(SQL_NAMES).flat(),
  ...HTTP_NAMES.peerName,
  ...HTTP_NAMES.peerPort,
];

const isDatabase = (attributes: SpanAttributes) =>
  textOf(attributes, SQL_NAMES.database_type) !== undefined;

/**
 * Whether a subsegment of the node already records the database call: an ORM and its driver may each
 * create a span for one query. The driver's span is the call.
 */
function containsDatabaseCall({ subsegments }: RecordedNode): boolean {
  if (subsegments === undefined) return false;
  return subsegments.some((each) => {
    if (each.namespace !== 'remote') return containsDatabaseCall(each);
    return each.sql !== undefined || (each.span && isDatabase(each.span.data.attributes)) === true;
  });
}

/** Sets the flags from the response's status: X-Ray distinguishes errors (4xx) from faults (5xx). */
function describeStatus(node: RecordedNode, data: SpanData, kind: SpanKindName, status = 0): void {
  if (data.status?.code === SpanStatusCode.OK || status < 400) {
    if (data.status?.code !== SpanStatusCode.ERROR || node.cause !== undefined) return;
    const failure = readFailure(data.status.message, data.attributes);
    if (failure && !node.error)
      addErrorMessage(node, failure, kind === 'client' || kind === 'producer');
    return;
  }
  node.fault = status >= 500;
  node.error = status < 500;
  node.throttle = status === 429;
}

/** Removes literals from SQL, since they may contain secrets: neither emitter may send them. */
function hideLiterals(node: RecordedNode, { attributes }: SpanData, system?: string): void {
  const inMySql = system === 'mysql' || system === 'mariadb';
  const withText = outgoingPolicy(node)?.sqlText !== false;
  for (const name of SQL_NAMES.sanitized_query) {
    const text = attributes.get(name);
    if (!withText) attributes.delete(name);
    else if (typeof text === 'string') {
      attributes.set(name, inMySql ? sanitiseMySql(text) : sanitiseSql(text));
    }
  }
}

/** Records as metadata what the segment document has no field for. */
function describeSpan(node: RecordedNode, data: SpanData, kind: SpanKindName): void {
  const { name, scope } = data;
  if (name !== undefined && name !== node.name) node.addMetadata('name', name, 'otel');
  if (kind === 'producer' || kind === 'consumer') node.addMetadata('kind', kind, 'otel');
  if (scope !== undefined) node.addMetadata('scope', scope.name, 'otel');
  const events = data.events?.filter((event) => event.name !== 'exception');
  if (events !== undefined && events.length > 0) node.addMetadata('events', events, 'otel');
}

/** Records an attribute without a field of its own: as an annotation if indexed, else as metadata. */
export function noteAttribute(
  node: RecordedNode,
  key: string,
  value: unknown,
  indexed?: unknown,
): void {
  if (key === INDEXED_KEYS) return;
  if ((USER_NAMES as readonly string[]).includes(key)) return node.root.setUser(value as string);
  const index =
    (Array.isArray(indexed) && indexed.includes(key)) || node.root.owner.indexes?.(key) === true;
  if (index && typeof value !== 'object') node.addAnnotation(key, value as AnnotationValue);
  else node.addMetadata(key, value);
}

export function noteLink(node: RecordedNode, { context, attributes }: Link): void {
  node.addLink({
    trace_id: xrayTraceId(context.traceId),
    id: context.spanId,
    ...(attributes && Object.keys(attributes).length > 0 && { attributes: { ...attributes } }),
  });
}

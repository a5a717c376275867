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
import { sanitiseSql } from '../instrumentation/outgoing/sanitise-sql';
import type { SpanData } from './span-data';

const KINDS: Record<SpanKind, SpanKindName> = {
  [SpanKind.INTERNAL]: 'internal',
  [SpanKind.SERVER]: 'server',
  [SpanKind.CLIENT]: 'client',
  [SpanKind.PRODUCER]: 'producer',
  [SpanKind.CONSUMER]: 'consumer',
};

/** What the attributes of a span that is about to end say in terms of the segment document. */
export function describeNode(node: RecordedNode, data: SpanData): void {
  const kind = KINDS[data.kind ?? SpanKind.INTERNAL];
  hideLiterals(node, data);
  const { attributes } = data;
  // What has no fields of its own is metadata as it stands, and needs no copy.
  const rest: Map<string, unknown> = hasFields(attributes) ? new Map(attributes) : attributes;
  const http = readHttp(attributes, kind, rest);
  if (http !== undefined) node.http = http;
  if (node.root !== node) describeCall(node as RecordedSubsegment, data, kind, rest);
  describeStatus(node, data, KINDS[data.kind ?? SpanKind.INTERNAL]);
  const indexed = attributes.get(INDEXED_KEYS);
  for (const [key, value] of rest) noteAttribute(node, key, value, indexed);
  describeSpan(node, data, kind);
}

/** Whether the segment document has fields for some of these. */
const hasFields = (attributes: SpanAttributes) =>
  isHttp(attributes) ||
  isAwsCall(attributes) ||
  SQL_SYSTEMS.has(textOf(attributes, SQL_NAMES.database_type));

function describeCall(
  node: RecordedSubsegment,
  data: SpanData,
  kind: SpanKindName,
  rest: Map<string, unknown>,
): void {
  const { attributes, name = node.name } = data;
  const aws = isAwsCall(attributes);
  if (isDatabase(attributes) && containsDatabaseCall(node)) {
    node.namespace = undefined;
    data.kind = SpanKind.INTERNAL;
    for (const name of ABOUT_CALLEE) {
      data.attributes.delete(name);
      rest.delete(name);
    }
    return;
  }
  const sql = readSql(name, attributes, rest);
  if (sql !== undefined) node.sql = sql;
  if (aws) node.aws = readAwsCall(attributes, rest);
  if (!aws && kind !== 'client' && kind !== 'producer') return;
  node.namespace = aws ? 'aws' : 'remote';
  node.name = readCallee(attributes) ?? name;
}

/** What makes a call of a span, for X-Ray and for whoever gets it by OTLP. */
const ABOUT_CALLEE = [
  ...Object.values(SQL_NAMES).flat(),
  ...HTTP_NAMES.peerName,
  ...HTTP_NAMES.peerPort,
];

const isDatabase = (attributes: SpanAttributes) =>
  textOf(attributes, SQL_NAMES.database_type) !== undefined;

/**
 * Whether the call of the database is recorded inside of a node: by the driver, where an ORM has a
 * span for its query too. It is one call, and the ORM's span is what leads to it.
 */
function containsDatabaseCall({ subsegments = [] }: RecordedNode): boolean {
  return subsegments.some((each) => {
    if (each.namespace !== 'remote') return containsDatabaseCall(each);
    return each.sql !== undefined || (each.span && isDatabase(each.span.data.attributes)) === true;
  });
}

/** An answer's status tells whose fault it was; X-Ray keeps the caller's errors apart. */
function describeStatus(node: RecordedNode, data: SpanData, kind: SpanKindName): void {
  const status = readStatus(data.attributes) ?? 0;
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

/** Literals in SQL are what secrets are in: they leave the process by no road. */
function hideLiterals(node: RecordedNode, { attributes }: SpanData): void {
  const system = textOf(attributes, SQL_NAMES.database_type);
  if (!SQL_SYSTEMS.has(system)) return;
  const inMySql = system === 'mysql' || system === 'mariadb';
  const withText = outgoingPolicy(node)?.sqlText !== false;
  for (const name of SQL_NAMES.sanitized_query) {
    const text = attributes.get(name);
    if (!withText) attributes.delete(name);
    else if (typeof text === 'string') {
      attributes.set(name, sanitiseSql(inMySql ? text.replace(MYSQL_TEXT, '?') : text));
    }
  }
}

/** MySQL takes text in either kind of quotes, with backslashes in it; its names stand in backticks. */
const MYSQL_TEXT = /'(?:[^'\\]|\\[\s\S]|'')*'?|"(?:[^"\\]|\\[\s\S]|"")*"?/g;

/** What the segment document has no field for. */
function describeSpan(node: RecordedNode, data: SpanData, kind: SpanKindName): void {
  const note = (key: string, value: unknown) => node.addMetadata(key, value, 'otel');
  if (data.name !== undefined && data.name !== node.name) note('name', data.name);
  if (kind === 'producer' || kind === 'consumer') note('kind', kind);
  if (data.scope !== undefined) note('scope', data.scope.name);
  const events = data.events?.filter(({ name }) => name !== 'exception');
  if (events !== undefined && events.length > 0) note('events', events);
}

/** An attribute that has no field of its own: an annotation where it is to be indexed, else metadata. */
export function noteAttribute(
  node: RecordedNode,
  key: string,
  value: unknown,
  indexed: unknown = [],
): void {
  if (key === INDEXED_KEYS) return;
  if ((USER_NAMES as readonly string[]).includes(key)) return node.root.setUser(String(value));
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

import {
  type KeyValue,
  keyValues,
  type OtlpSpan,
  type SegmentDocument,
  SIGNALS_NAMES,
  SpanKind,
  SQL_NAMES,
  type SubsegmentDocument,
} from '../../document';
import type { SegmentNode } from '../../core/trace-node';

type AnyDocument = SegmentDocument & SubsegmentDocument;

/** The process that emits the spans, as Application Signals groups them. */
export interface LocalService {
  service: string;
  environment: string;
  /** The operation of the segment: `GET /carts/:id`. */
  operation: string;
}

const UNKNOWN = 'UnknownRemoteOperation';

/**
 * The attributes by which AWS's Application Signals identifies services and their dependencies, as
 * set by AWS's distribution of OpenTelemetry for JavaScript. Spans within the process have none.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Application-Signals.html
 */
export function signalsAttributes(
  span: OtlpSpan,
  node: AnyDocument,
  isSegment: boolean,
  local: LocalService,
): KeyValue[] {
  const calls = span.kind === SpanKind.client || span.kind === SpanKind.producer;
  if (!isSegment && !calls) return [];
  const values = valuesOf(span);
  return keyValues(signals(span, node, isSegment, local, values)).filter(
    ({ key }) => !values.has(key),
  );
}

/** The attributes of a segment's or a call's metrics: the same, with those that were set by hand. */
export function metricAttributes(
  span: OtlpSpan,
  node: AnyDocument,
  isSegment: boolean,
  local: LocalService,
): Record<string, unknown> {
  const values = valuesOf(span);
  const attributes = signals(span, node, isSegment, local, values);
  for (const key of Object.keys(attributes)) {
    const value = values.get(key) ?? attributes[key];
    if (value === undefined) delete attributes[key];
    else attributes[key] = value;
  }
  if (isSegment) attributes[SIGNALS_NAMES.spanKind] = 'LOCAL_ROOT';
  return attributes;
}

function signals(
  { kind }: OtlpSpan,
  node: AnyDocument,
  isSegment: boolean,
  local: LocalService,
  values: Values,
): Record<string, unknown> {
  return {
    [SIGNALS_NAMES.localService]: local.service,
    [SIGNALS_NAMES.localOperation]: local.operation,
    [SIGNALS_NAMES.localEnvironment]: local.environment,
    [SIGNALS_NAMES.spanKind]: spanKind(kind, isSegment),
    ...(!isSegment && remoteAttributes(values, node)),
  };
}

/** The operation of a segment. Like the operations of calls, it must have few different values. */
export function localOperation({ name, http, annotations, metadata }: Asked): string {
  const { method, url } = http?.request ?? {};
  if (method !== undefined) return `${method} ${annotations?.http_route ?? firstOfPath(url)}`;
  const consumes = metadata?.nest?.job !== undefined || metadata?.otel?.kind === 'consumer';
  // The name that AWS's distribution uses for work that no request started.
  if (consumes) return 'InternalOperation';
  return String(annotations?.rpc_pattern ?? annotations?.ws_event ?? name);
}

/** A segment or its document. */
interface Asked {
  name: string;
  http?: SegmentNode['http'];
  annotations?: SegmentNode['annotations'];
  metadata?: SegmentNode['metadata'];
}

/**
 * The environment as the CloudWatch agent names it: that of the deployment, or else where the
 * process runs.
 */
export function localEnvironment(resource: Record<string, unknown>): string {
  const text = (key: string): string | undefined => {
    const value = resource[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const deployment = text('deployment.environment.name') ?? text('deployment.environment');
  if (deployment !== undefined) return deployment;
  switch (resource['cloud.platform']) {
    case 'aws_ecs':
      return `ecs:${text('aws.ecs.cluster.arn')?.split('/').at(-1) ?? 'default'}`;
    case 'aws_eks':
      return `eks:${text('k8s.cluster.name') ?? 'default'}`;
    case 'aws_ec2':
      return 'ec2:default';
    case 'aws_lambda':
      return 'lambda:default';
    default:
      return 'generic:default';
  }
}

/**
 * A consumer's segment is not marked as the root: AWS's collector would turn it into two segments.
 */
function spanKind(kind: SpanKind, isSegment: boolean): string {
  if (isSegment && (kind === SpanKind.server || kind === SpanKind.internal)) return 'LOCAL_ROOT';
  return kind === SpanKind.consumer
    ? 'CONSUMER'
    : kind === SpanKind.producer
      ? 'PRODUCER'
      : 'CLIENT';
}

function remoteAttributes(values: Values, node: AnyDocument): Record<string, unknown> {
  const resource = node.namespace === 'aws' ? awsResource(node) : databaseResource(values);
  return {
    [SIGNALS_NAMES.remoteService]: node.namespace === 'aws' ? `AWS::${node.name}` : node.name,
    [SIGNALS_NAMES.remoteOperation]: remoteOperation(values, node),
    [SIGNALS_NAMES.remoteResourceType]: resource?.type,
    [SIGNALS_NAMES.remoteResource]: resource?.id,
    [SIGNALS_NAMES.remoteDbUser]: values.get(SQL_NAMES.user[0]),
  };
}

/**
 * Metrics are grouped by this value, so it must have few different values: an operation's name,
 * never an address.
 */
function remoteOperation(values: Values, { aws, metadata, http }: AnyDocument): string {
  const { pattern } = (metadata?.nest?.rpc ?? {}) as { pattern?: string };
  const operation =
    aws?.operation ??
    pattern ??
    values.get('rpc.method') ??
    values.get('db.operation.name') ??
    values.get('db.operation') ??
    statementVerb(values) ??
    values.get('messaging.operation.name') ??
    values.get('messaging.operation') ??
    values.get('gen_ai.operation.name');
  if (typeof operation === 'string' && operation !== '') return operation;
  const { method, url } = http?.request ?? {};
  return method === undefined ? UNKNOWN : `${method} ${firstOfPath(url)}`;
}

function statementVerb(values: Values): string | undefined {
  const text = values.get(SQL_NAMES.sanitized_query[0]) ?? values.get(SQL_NAMES.sanitized_query[1]);
  return typeof text === 'string' ? /^\s*([a-z_]+)\b/i.exec(text)?.[1]?.toUpperCase() : undefined;
}

function firstOfPath(url = ''): string {
  return URL.canParse(url) ? `/${new URL(url).pathname.split('/')[1]}` : '/';
}

interface Resource {
  type: string;
  id: string;
}

/** `name|host|port`, with separators inside a part escaped. */
function databaseResource(values: Values): Resource | undefined {
  const system = values.get(SQL_NAMES.database_type[0]) ?? values.get(SQL_NAMES.database_type[1]);
  const host = values.get('server.address') ?? values.get('net.peer.name');
  if (system === undefined || host === undefined) return undefined;
  const name = values.get(SQL_NAMES.database[0]) ?? values.get(SQL_NAMES.database[1]);
  const port = values.get('server.port') ?? values.get('net.peer.port');
  const parts = [name, host, port].filter((part) => part !== undefined);
  const escape = (part: unknown) => String(part).replace(/[\^|]/g, '^$&');
  return { type: 'DB::Connection', id: parts.map(escape).join('|') };
}

/** The type of the called AWS resource, by the first field that is present. */
const AWS_RESOURCES: readonly (readonly [field: string, type: string])[] = [
  ['queue_url', 'AWS::SQS::Queue'],
  ['table_name', 'AWS::DynamoDB::Table'],
  ['topic_arn', 'AWS::SNS::Topic'],
  ['function_arn', 'AWS::Lambda::Function'],
  ['bucket_name', 'AWS::S3::Bucket'],
];

function awsResource({ aws = {} }: AnyDocument): Resource | undefined {
  for (const [field, type] of AWS_RESOURCES) {
    const value = aws[field];
    // An address and an ARN both end with the name.
    if (typeof value === 'string') return { type, id: value.split(/[/:]/).at(-1)! };
  }
  return undefined;
}

type Values = ReadonlyMap<string, unknown>;

function valuesOf({ attributes }: OtlpSpan): Values {
  return new Map(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

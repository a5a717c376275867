import { AWS_NAMES, HTTP_NAMES, SQL_NAMES } from '../conventions/attribute-names';
import type { ExceptionDocument, SegmentDocument, SubsegmentDocument } from '../segment-document';

type AnyDocument = SegmentDocument & SubsegmentDocument;
type Attributes = Record<string, unknown>;

/** https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server */
export function httpServerAttributes({ http, annotations, ...node }: AnyDocument): Attributes {
  if (!http) return {};
  const { request = {}, response = {} } = http;
  const url = parseUrl(request.url);
  return {
    [HTTP_NAMES.method[0]]: request.method,
    [HTTP_NAMES.route[0]]: annotations?.http_route,
    [HTTP_NAMES.scheme[0]]: url?.protocol.slice(0, -1),
    [HTTP_NAMES.path[0]]: url?.pathname,
    [HTTP_NAMES.query[0]]: url?.search.slice(1) || undefined,
    [HTTP_NAMES.serverName[0]]: url?.hostname,
    [HTTP_NAMES.serverPort[0]]: portOf(url),
    [HTTP_NAMES.user_agent[0]]: request.user_agent,
    // The conventions expect the client's own address; the document says where it was read from.
    [HTTP_NAMES[request.x_forwarded_for ? 'forwardedFor' : 'client_ip'][0]]: request.client_ip,
    [HTTP_NAMES.status[0]]: response.status,
    [HTTP_NAMES.content_length[0]]: response.content_length,
    'error.type': errorType({ http, ...node }),
  };
}

/** https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client */
export function httpClientAttributes(node: AnyDocument): Attributes {
  const { request, response } = node.http ?? {};
  const url = parseUrl(request?.url);
  return {
    [HTTP_NAMES.method[0]]: request?.method,
    [HTTP_NAMES.url[0]]: request?.url,
    [HTTP_NAMES.peerName[0]]: url?.hostname,
    [HTTP_NAMES.peerPort[0]]: portOf(url),
    [HTTP_NAMES.status[0]]: response?.status,
    [HTTP_NAMES.content_length[0]]: response?.content_length,
    'error.type': errorType(node),
  };
}

/** https://opentelemetry.io/docs/specs/semconv/database/database-spans/ */
export function databaseAttributes({ name, sql = {} }: AnyDocument): Attributes {
  const url = parseUrl(sql.url);
  return {
    ...underAll(SQL_NAMES.database_type, sql.database_type?.toLowerCase()),
    ...underAll(SQL_NAMES.sanitized_query, sql.sanitized_query),
    [SQL_NAMES.database[0]]: name.split('@', 1)[0],
    [SQL_NAMES.user[0]]: sql.user,
    [SQL_NAMES.connection_string[0]]: sql.url ?? sql.connection_string,
    [HTTP_NAMES.peerName[0]]: url?.hostname || name.split('@')[1],
    [HTTP_NAMES.peerPort[0]]: portOf(url),
  };
}

/** AWS's collector reads only the older names. */
function underAll(names: readonly string[], value: unknown): Attributes {
  return Object.fromEntries(names.map((name) => [name, value]));
}

/** https://opentelemetry.io/docs/specs/semconv/cloud-providers/aws-sdk/ */
export function awsAttributes({ name, aws = {} }: AnyDocument): Attributes {
  const tables = aws.table_names ?? (aws.table_name === undefined ? undefined : [aws.table_name]);
  return {
    'rpc.system': 'aws-api',
    [AWS_NAMES.service[0]]: name,
    [AWS_NAMES.operation[0]]: aws.operation,
    [AWS_NAMES.region[0]]: aws.region,
    'cloud.region': aws.region,
    [AWS_NAMES.request_id[0]]: aws.request_id,
    [AWS_NAMES.queue_url[0]]: aws.queue_url,
    'aws.sqs.queue.url': aws.queue_url,
    [AWS_NAMES.table_names[0]]: tables,
    [AWS_NAMES.table_name[0]]: aws.table_name,
    [AWS_NAMES.topic_arn[0]]: aws.topic_arn,
    [AWS_NAMES.function_arn[0]]: aws.function_arn,
    [AWS_NAMES.bucket_name[0]]: aws.bucket_name,
    [AWS_NAMES.key[0]]: aws.key,
    [HTTP_NAMES.retries[0]]: aws.retries || undefined,
  };
}

/** The recorded facts about a queued job; undefined for other nodes. */
function queueJobOf({ metadata }: AnyDocument): Attributes | undefined {
  const job = metadata?.nest?.job as Attributes | undefined;
  return typeof job === 'object' && typeof job?.queue === 'string' ? job : undefined;
}

/** Jobs are messages: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/ */
export function messagingAttributes(node: AnyDocument, isSegment: boolean): Attributes | undefined {
  const job = queueJobOf(node);
  if (job === undefined) return undefined;
  return {
    'messaging.system': job.system,
    'messaging.destination.name': job.queue,
    'messaging.operation.type': isSegment ? 'process' : 'send',
    'messaging.operation.name': isSegment ? 'process' : 'add',
    'messaging.message.id': job.id,
    'messaging.batch.message_count': job.jobs,
  };
}

/** The resource of the process: https://opentelemetry.io/docs/specs/semconv/resource/ */
export function resourceAttributes({
  name,
  service,
  origin,
  aws = {},
}: SegmentDocument): Attributes {
  const ec2 = (aws.ec2 ?? {}) as Attributes;
  const ecs = (aws.ecs ?? {}) as Attributes;
  const eks = (aws.eks ?? {}) as Attributes;
  const platform = origin && PLATFORMS[origin.split('::').slice(0, 2).join('::')];
  return {
    'service.name': name,
    'service.version': service?.version,
    'process.runtime.name': service?.runtime === 'node' ? 'nodejs' : service?.runtime,
    'process.runtime.version': service?.runtime_version?.replace(/^v/, ''),
    'telemetry.sdk.name': 'nestjs-xray',
    'telemetry.sdk.language': 'nodejs',
    'cloud.provider': platform && 'aws',
    'cloud.platform': platform,
    'cloud.availability_zone': ec2.availability_zone,
    'host.id': ec2.instance_id,
    'host.type': ec2.instance_size,
    'host.image.id': ec2.ami_id,
    'container.id': ecs.container_id ?? eks.container_id,
    'container.name': ecs.container,
    'aws.ecs.container.arn': ecs.container_arn,
    'aws.ecs.task.arn': ecs.task_arn,
    'aws.ecs.task.family': ecs.task_family,
    'aws.ecs.cluster.arn': ecs.cluster_arn,
    'aws.ecs.launchtype': ecs.launch_type,
    'k8s.cluster.name': eks.cluster_name,
    'k8s.pod.name': eks.pod,
  };
}

const PLATFORMS: Record<string, string> = {
  'AWS::EC2': 'aws_ec2',
  'AWS::ECS': 'aws_ecs',
  'AWS::EKS': 'aws_eks',
  'AWS::ElasticBeanstalk': 'aws_elastic_beanstalk',
  'AWS::AppRunner': 'aws_app_runner',
  'AWS::Lambda': 'aws_lambda',
};

/** The class of the exception, or else the status, as the conventions require. */
function errorType({ cause, fault, error, http }: AnyDocument): string | undefined {
  if (!fault && !error) return undefined;
  const exceptions =
    typeof cause === 'object' ? (cause.exceptions as ExceptionDocument[] | undefined) : undefined;
  const exception = exceptions?.[0];
  if (exception?.type !== undefined) return exception.type;
  const status = http?.response?.status;
  return status === undefined ? '_OTHER' : String(status);
}

function parseUrl(url: string | undefined): URL | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url) : undefined;
}

function portOf(url: URL | undefined): number | undefined {
  if (!url) return undefined;
  return url.port === '' ? DEFAULT_PORTS[url.protocol] : Number(url.port);
}

const DEFAULT_PORTS: Record<string, number> = { 'http:': 80, 'https:': 443 };

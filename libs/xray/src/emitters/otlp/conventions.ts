import type { SegmentDocument, SubsegmentDocument } from '../../document';

type AnyDocument = SegmentDocument & SubsegmentDocument;
type Attributes = Record<string, unknown>;

/** https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server */
export function httpServerAttributes({ http, annotations, ...node }: AnyDocument): Attributes {
  if (!http) return {};
  const { request = {}, response = {} } = http;
  const url = parseUrl(request.url);
  return {
    'http.request.method': request.method,
    'http.route': annotations?.http_route,
    'url.scheme': url?.protocol.slice(0, -1),
    'url.path': url?.pathname,
    'url.query': url?.search.slice(1) || undefined,
    'server.address': url?.hostname,
    'server.port': portOf(url),
    'user_agent.original': request.user_agent,
    // The conventions want the client's own address; X-Ray's document tells where it was read.
    [request.x_forwarded_for ? 'client.address' : 'network.peer.address']: request.client_ip,
    'http.response.status_code': response.status,
    'http.response.body.size': response.content_length,
    'error.type': errorType({ http, ...node }),
  };
}

/** https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client */
export function httpClientAttributes(node: AnyDocument): Attributes {
  const { request, response } = node.http ?? {};
  const url = parseUrl(request?.url);
  return {
    'http.request.method': request?.method,
    'url.full': request?.url,
    'server.address': url?.hostname,
    'server.port': portOf(url),
    'http.response.status_code': response?.status,
    'http.response.body.size': response?.content_length,
    'error.type': errorType(node),
  };
}

/** https://opentelemetry.io/docs/specs/semconv/database/database-spans/ */
export function databaseAttributes({ name, sql = {} }: AnyDocument): Attributes {
  const url = parseUrl(sql.url);
  const system = sql.database_type?.toLowerCase();
  return {
    'db.system.name': system,
    // AWS's collector knows the conventions' older name only.
    'db.system': system,
    'db.namespace': name.split('@', 1)[0],
    'db.query.text': sql.sanitized_query,
    'db.statement': sql.sanitized_query,
    'db.user': sql.user,
    'db.connection_string': sql.url ?? sql.connection_string,
    'server.address': url?.hostname || name.split('@')[1],
    'server.port': portOf(url),
  };
}

/** https://opentelemetry.io/docs/specs/semconv/cloud-providers/aws-sdk/ */
export function awsAttributes({ name, aws = {} }: AnyDocument): Attributes {
  const tables = aws.table_names ?? (aws.table_name === undefined ? undefined : [aws.table_name]);
  return {
    'rpc.system': 'aws-api',
    'rpc.service': name,
    'rpc.method': aws.operation,
    'aws.region': aws.region,
    'cloud.region': aws.region,
    'aws.request_id': aws.request_id,
    'aws.queue_url': aws.queue_url,
    'aws.sqs.queue.url': aws.queue_url,
    'aws.dynamodb.table_names': tables,
    'aws.table_name': aws.table_name,
    'aws.sns.topic.arn': aws.topic_arn,
    'aws.lambda.invoked_arn': aws.function_arn,
    'aws.s3.bucket': aws.bucket_name,
    'aws.s3.key': aws.key,
    'http.request.resend_count': aws.retries || undefined,
  };
}

/** Where it runs: https://opentelemetry.io/docs/specs/semconv/resource/ */
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

/** The exception's class where there is one, else the status: what the conventions ask for. */
function errorType({ cause, fault, error, http }: AnyDocument): string | undefined {
  if (!fault && !error) return undefined;
  const exception = typeof cause === 'object' ? cause.exceptions[0] : undefined;
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

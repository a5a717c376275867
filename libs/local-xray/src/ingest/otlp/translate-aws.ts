import { type Attributes, compact, integer, type Span, text } from './span';

const ORIGINS: Record<string, string> = {
  aws_app_runner: 'AWS::AppRunner::Service',
  aws_eks: 'AWS::EKS::Container',
  aws_elastic_beanstalk: 'AWS::ElasticBeanstalk::Environment',
  aws_ecs: 'AWS::ECS::Container',
  aws_ec2: 'AWS::EC2::Instance',
};
const ECS_LAUNCH_TYPES: Record<string, string> = {
  ec2: 'AWS::ECS::EC2',
  fargate: 'AWS::ECS::Fargate',
};

/** The kind of AWS resource that the code ran on; undefined outside of AWS. */
export function translateOrigin(resource: Attributes): string | undefined {
  if ((text(resource, 'cloud.provider') ?? 'aws') !== 'aws') return undefined;
  const platform = text(resource, 'cloud.platform') ?? '';
  const launchType = text(resource, 'aws.ecs.launchtype')?.toLowerCase() ?? '';
  return (platform === 'aws_ecs' && ECS_LAUNCH_TYPES[launchType]) || ORIGINS[platform];
}

/** Attributes of a call that end up in `aws`, in the order in which they are asked. */
const CALL = {
  operation: ['aws.operation', 'rpc.method'],
  account_id: ['aws.account_id'],
  region: ['aws.region'],
  request_id: ['aws.request_id', 'aws.requestId'],
  queue_url: ['messaging.url', 'aws.queue_url', 'aws.queue.url', 'aws.sqs.queue.url'],
  table_name: ['aws.table_name', 'aws.table.name'],
} as const;

/** The `aws` of a segment or subsegment; takes the attributes it is made from out of `rest`. */
export function translateAws(span: Span, rest: Attributes): Record<string, unknown> | undefined {
  const { resource } = span;
  const call: Record<string, string | undefined> = {};
  for (const [key, names] of Object.entries(CALL)) {
    call[key] = text(rest, ...names);
    for (const name of names) rest.delete(name);
  }
  const provider = text(resource, 'cloud.provider');
  if (provider !== undefined && provider !== 'aws') return undefined;
  call.account_id ??= text(resource, 'cloud.account.id');
  return compact({
    ...call,
    ...tables(span.attributes, call.table_name),
    ...place(resource),
    xray: sdk(resource),
  });
}

function tables(attributes: Attributes, name: string | undefined): object {
  const names = attributes.get('aws.dynamodb.table_names');
  const list = Array.isArray(names) ? names : names === undefined ? [] : [names];
  if (list.length > 1) return { table_name: undefined, table_names: list };
  return { table_name: list[0] ?? name };
}

/** Where it ran. */
function place(resource: Attributes): object {
  const platform = text(resource, 'cloud.platform');
  const zone = text(resource, 'cloud.availability_zone');
  const host = text(resource, 'host.id');
  const cluster = text(resource, 'k8s.cluster.name');
  const container_id = text(resource, 'container.id');
  return {
    ec2:
      platform === 'aws_ec2' || host
        ? compact({
            instance_id: host,
            availability_zone: zone,
            instance_size: text(resource, 'host.type'),
            ami_id: text(resource, 'host.image.id'),
          })
        : undefined,
    ecs:
      platform === 'aws_ecs'
        ? compact({
            container: text(resource, 'container.name'),
            container_id,
            availability_zone: zone,
            container_arn: text(resource, 'aws.ecs.container.arn'),
            cluster_arn: text(resource, 'aws.ecs.cluster.arn'),
            task_arn: text(resource, 'aws.ecs.task.arn'),
            task_family: text(resource, 'aws.ecs.task.family'),
            launch_type: text(resource, 'aws.ecs.launchtype'),
          })
        : undefined,
    elastic_beanstalk:
      platform === 'aws_elastic_beanstalk' && resource.has('service.instance.id')
        ? compact({
            environment: text(resource, 'service.namespace'),
            deployment_id: integer(resource, 'service.instance.id') ?? 0,
            version_label: text(resource, 'service.version'),
          })
        : undefined,
    eks:
      platform === 'aws_eks' || cluster
        ? compact({ cluster_name: cluster, pod: text(resource, 'k8s.pod.name'), container_id })
        : undefined,
    cloudwatch_logs: logs(resource),
  };
}

function logs(resource: Attributes): object[] | undefined {
  const arns = list(resource, 'aws.log.group.arns');
  if (arns.length > 0) return arns.map((arn) => ({ arn, log_group: arn.split(':')[6] ?? arn }));
  const names = list(resource, 'aws.log.group.names');
  return names.length > 0 ? names.map((log_group) => ({ log_group })) : undefined;
}

/** A list, or names joined by `&` as in OTEL_RESOURCE_ATTRIBUTES. */
function list(attributes: Attributes, key: string): string[] {
  const value = attributes.get(key);
  const all = typeof value === 'string' ? value.split('&') : Array.isArray(value) ? value : [];
  return all.filter((each) => typeof each === 'string' && each !== '') as string[];
}

function sdk(resource: Attributes): object | undefined {
  const name = text(resource, 'telemetry.sdk.name');
  const language = text(resource, 'telemetry.sdk.language');
  return compact({
    sdk: name && language ? `${name} for ${language}` : name,
    sdk_version: text(resource, 'telemetry.sdk.version'),
    auto_instrumentation:
      text(resource, 'telemetry.auto.version', 'telemetry.distro.version') !== undefined,
  });
}

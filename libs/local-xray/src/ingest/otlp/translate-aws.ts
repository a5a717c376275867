import { compact, integerOf, readAwsCall, textOf } from '@nestjs-xray/document';
import type { Attributes, Span } from './span';

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

/** The kind of AWS resource that the code ran on. */
export function originOf(resource: Attributes): string | undefined {
  const platform = textOf(resource, ['cloud.platform']) ?? '';
  const launchType = textOf(resource, ['aws.ecs.launchtype'])?.toLowerCase() ?? '';
  return (platform === 'aws_ecs' && ECS_LAUNCH_TYPES[launchType]) || ORIGINS[platform];
}

/** The `aws` fields that all documents of one resource share. */
export interface ResourceAws {
  account_id: string | undefined;
  place: object;
  xray: object | undefined;
}

/** The `aws` block of a document. Removes the attributes that it uses from `rest`. Undefined outside AWS. */
export function translateAws(
  span: Span,
  rest: Attributes,
  aws: ResourceAws | undefined,
): Record<string, unknown> | undefined {
  const call = readAwsCall(span.attributes, rest);
  if (!aws) return undefined;
  const { account_id, place, xray } = aws;
  return compact({ account_id, ...call, ...place, xray });
}

/** The `aws` fields that describe where the code ran. */
export function placeOf(resource: Attributes): object {
  const platform = textOf(resource, ['cloud.platform']);
  const zone = textOf(resource, ['cloud.availability_zone']);
  const host = textOf(resource, ['host.id']);
  const cluster = textOf(resource, ['k8s.cluster.name']);
  const container_id = textOf(resource, ['container.id']);
  const place = {
    ec2:
      platform === 'aws_ec2' || host
        ? compact({
            instance_id: host,
            availability_zone: zone,
            instance_size: textOf(resource, ['host.type']),
            ami_id: textOf(resource, ['host.image.id']),
          })
        : undefined,
    ecs:
      platform === 'aws_ecs'
        ? compact({
            container: textOf(resource, ['container.name']),
            container_id,
            availability_zone: zone,
            container_arn: textOf(resource, ['aws.ecs.container.arn']),
            cluster_arn: textOf(resource, ['aws.ecs.cluster.arn']),
            task_arn: textOf(resource, ['aws.ecs.task.arn']),
            task_family: textOf(resource, ['aws.ecs.task.family']),
            launch_type: textOf(resource, ['aws.ecs.launchtype']),
          })
        : undefined,
    elastic_beanstalk:
      platform === 'aws_elastic_beanstalk' && resource.has('service.instance.id')
        ? compact({
            environment: textOf(resource, ['service.namespace']),
            deployment_id: integerOf(resource, ['service.instance.id']) ?? 0,
            version_label: textOf(resource, ['service.version']),
          })
        : undefined,
    eks:
      platform === 'aws_eks' || cluster
        ? compact({ cluster_name: cluster, pod: textOf(resource, ['k8s.pod.name']), container_id })
        : undefined,
    cloudwatch_logs: logs(resource),
  };
  return compact(place) ?? {};
}

function logs(resource: Attributes): object[] | undefined {
  const arns = list(resource, 'aws.log.group.arns');
  if (arns.length > 0) return arns.map((arn) => ({ arn, log_group: arn.split(':')[6] ?? arn }));
  const names = list(resource, 'aws.log.group.names');
  return names.length > 0 ? names.map((log_group) => ({ log_group })) : undefined;
}

/** Accepts a list, or names joined by `&` as in OTEL_RESOURCE_ATTRIBUTES. */
function list(attributes: Attributes, key: string): string[] {
  const value = attributes.get(key);
  const all = typeof value === 'string' ? value.split('&') : Array.isArray(value) ? value : [];
  return all.filter((each) => typeof each === 'string' && each !== '') as string[];
}

/** The SDK that created the spans. */
export function sdkOf(resource: Attributes): object | undefined {
  const name = textOf(resource, ['telemetry.sdk.name']);
  const language = textOf(resource, ['telemetry.sdk.language']);
  return compact({
    sdk: name && language ? `${name} for ${language}` : name,
    sdk_version: textOf(resource, ['telemetry.sdk.version']),
    auto_instrumentation:
      textOf(resource, ['telemetry.auto.version', 'telemetry.distro.version']) !== undefined,
  });
}

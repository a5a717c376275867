import { hostname } from 'node:os';
import { askJson, known, type Plugin } from './plugin';

type Metadata = Record<string, unknown>;

/**
 * Queries the task metadata endpoint, version 4. ECS sets its address in the container's
 * environment.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html
 */
export const ecs: Plugin = {
  name: 'ecs',
  async describe() {
    const address = process.env.ECS_CONTAINER_METADATA_URI_V4;
    if (!address) return undefined;
    const [container, task] = (await Promise.all([
      askJson(address),
      askJson(`${address}/task`),
    ])) as [Metadata, Metadata];
    return {
      origin: 'AWS::ECS::Container',
      aws: {
        ecs: known({
          container: hostname(),
          container_id: container.DockerId,
          container_arn: container.ContainerARN,
          task_arn: task.TaskARN,
          task_family: task.Family,
          cluster_arn: task.Cluster,
          launch_type: container.LaunchType ?? task.LaunchType,
          availability_zone: task.AvailabilityZone,
        }),
        ...known({ cloudwatch_logs: logs(container) }),
      },
    };
  },
};

/**
 * The log group that the awslogs driver writes to, so that the console can link from a trace to its
 * log.
 */
function logs({ LogDriver, LogOptions, ContainerARN }: Metadata): object[] | undefined {
  const options = (LogOptions ?? {}) as Record<string, string | undefined>;
  const group = options['awslogs-group'];
  if (LogDriver !== 'awslogs' || !group) return undefined;
  const account = typeof ContainerARN === 'string' ? ContainerARN.split(':')[4] : undefined;
  const region = options['awslogs-region'];
  const arn = account && region && `arn:aws:logs:${region}:${account}:log-group:${group}`;
  return [{ log_group: group, ...(arn && { arn }) }];
}

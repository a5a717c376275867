import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { hostPort } from '../net/host';
import { askJson, known, type Plugin } from './plugin';

/** Where Kubernetes and the kernel describe a container. Tests use other places. */
export interface EksSources {
  /** Folder with `token` and `ca.crt` of the pod's service account. */
  serviceAccount: string;
  cgroup: string;
  /** `host:port` of the cluster's API. */
  api: string | undefined;
}

function defaults(): EksSources {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = process.env;
  return {
    serviceAccount: '/var/run/secrets/kubernetes.io/serviceaccount',
    cgroup: '/proc/self/cgroup',
    api: host && hostPort(host, port),
  };
}

const CLUSTER_INFO = '/api/v1/namespaces/amazon-cloudwatch/configmaps/cluster-info';

/**
 * Records the pod, its container and the cluster's name. Container Insights stores that name in the
 * `cluster-info` map; the service account needs permission to read it.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-sdk-java-configuration.html
 */
export function createEks(sources: () => EksSources = defaults): Plugin {
  return {
    name: 'eks',
    async describe() {
      const { api, cgroup, serviceAccount } = sources();
      if (!api) return undefined;
      const [cluster_name, container_id] = await Promise.all([
        clusterName(api, serviceAccount).catch(() => undefined),
        containerId(cgroup).catch(() => undefined),
      ]);
      return {
        origin: 'AWS::EKS::Container',
        aws: { eks: known({ cluster_name, container_id, pod: hostname() }) },
      };
    },
  };
}

async function clusterName(api: string, serviceAccount: string): Promise<string | undefined> {
  const [token, ca] = await Promise.all([
    readFile(join(serviceAccount, 'token'), 'utf8'),
    readFile(join(serviceAccount, 'ca.crt'), 'utf8'),
  ]);
  const headers = { authorization: `Bearer ${token.trim()}` };
  const answer = await askJson(`https://${api}${CLUSTER_INFO}`, { headers, ca });
  const { data } = answer as { data?: Record<string, string> };
  return data?.['cluster.name'];
}

/** 64 hexadecimal digits; the text around them depends on the container runtime. */
async function containerId(cgroup: string): Promise<string | undefined> {
  return /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/.exec(await readFile(cgroup, 'utf8'))?.[0];
}

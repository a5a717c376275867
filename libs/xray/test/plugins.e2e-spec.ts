import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { Segment, XrayModule, type XrayOptions } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { createBeanstalk } from '../src/plugins/beanstalk.plugin';
import { createEks } from '../src/plugins/eks.plugin';

const servers: Server[] = [];
const saved = { ...process.env };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nestjs-xray-'));
});
afterEach(() => {
  process.env = { ...saved };
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true });
});

async function serve(answer: RequestListener, tls?: { key: Buffer; cert: Buffer }) {
  const server = (tls ? createTlsServer(tls, answer) : createServer(answer)).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

class Job {
  @Segment('job')
  run(): void {}
}

/** Runs segments until one bears an origin, or a warning was logged; hands back the last. */
async function segmentWith(plugins: XrayOptions['plugins'], logger?: XrayOptions['logger']) {
  const emitter = new MemoryEmitter();
  const warnings: string[] = [];
  const module = await Test.createTestingModule({
    imports: [
      XrayModule.forRoot({
        serviceName: 'shop',
        emitter,
        plugins,
        logger: logger ?? { warn: (message) => warnings.push(message) },
      }),
    ],
  }).compile();
  await module.init();
  try {
    do {
      await new Promise((done) => setImmediate(done));
      new Job().run();
    } while (emitter.documents.at(-1)!.origin === undefined && warnings.length === 0);
  } finally {
    await module.close();
  }
  return { document: emitter.documents.at(-1)!, warnings };
}

describe('the ec2 plugin', () => {
  it('queries IMDSv2 with a token', async () => {
    const port = await serve((request, response) => {
      if (request.method === 'PUT' && request.url === '/latest/api/token') {
        return response.end('secret-token');
      }
      const allowed = request.headers['x-aws-ec2-metadata-token'] === 'secret-token';
      if (!allowed) return response.writeHead(401).end();
      return response.end(
        JSON.stringify({
          instanceId: 'i-0abc',
          availabilityZone: 'eu-west-1a',
          instanceType: 't3.micro',
          imageId: 'ami-1',
          accountId: '123456789012',
        }),
      );
    });
    process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT = `http://127.0.0.1:${port}`;
    const { document } = await segmentWith(['ec2']);
    expect(document.origin).toBe('AWS::EC2::Instance');
    expect(document.aws).toEqual({
      account_id: '123456789012',
      ec2: {
        instance_id: 'i-0abc',
        availability_zone: 'eu-west-1a',
        instance_size: 't3.micro',
        ami_id: 'ami-1',
      },
    });
  });

  it('gives up on a service that does not answer, logs it, and sends segments without the information', async () => {
    const port = await serve(() => undefined);
    process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT = `http://127.0.0.1:${port}`;
    const { document, warnings } = await segmentWith(['ec2']);
    expect(document.origin).toBeUndefined();
    expect(warnings).toEqual([
      expect.stringContaining('The X-Ray plugin "ec2" could not find out'),
    ]);
  });
});

describe('the ecs plugin', () => {
  it('queries the task metadata endpoint, version 4', async () => {
    const arn = 'arn:aws:ecs:eu-west-1:123456789012:container/c/t/x';
    const port = await serve((request, response) => {
      const task = {
        Cluster: 'cruddur',
        TaskARN: 'arn:aws:ecs:eu-west-1:123456789012:task/c/t',
        Family: 'backend-nest',
        AvailabilityZone: 'eu-west-1b',
        LaunchType: 'FARGATE',
      };
      const container = {
        DockerId: 'abc',
        ContainerARN: arn,
        LogDriver: 'awslogs',
        LogOptions: { 'awslogs-group': 'cruddur', 'awslogs-region': 'eu-west-1' },
      };
      response.end(JSON.stringify(request.url === '/v4/abc/task' ? task : container));
    });
    process.env.ECS_CONTAINER_METADATA_URI_V4 = `http://127.0.0.1:${port}/v4/abc`;
    const { document } = await segmentWith(['ecs']);
    expect(document.origin).toBe('AWS::ECS::Container');
    expect(document.aws).toEqual({
      ecs: {
        container: hostname(),
        container_id: 'abc',
        container_arn: arn,
        task_arn: 'arn:aws:ecs:eu-west-1:123456789012:task/c/t',
        task_family: 'backend-nest',
        cluster_arn: 'cruddur',
        launch_type: 'FARGATE',
        availability_zone: 'eu-west-1b',
      },
      cloudwatch_logs: [
        { log_group: 'cruddur', arn: 'arn:aws:logs:eu-west-1:123456789012:log-group:cruddur' },
      ],
    });
  });
});

describe('the eks plugin', () => {
  it("queries the cluster's API with the pod's service account", async () => {
    execFileSync(
      'openssl',
      `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=api
       -addext subjectAltName=IP:127.0.0.1 -keyout ${folder}/key -out ${folder}/ca.crt`.split(
        /\s+/,
      ),
      { stdio: 'ignore' },
    );
    writeFileSync(join(folder, 'token'), 'pod-token\n');
    const id = 'ab'.repeat(32);
    writeFileSync(join(folder, 'cgroup'), `11:memory:/kubepods/pod1/cri-${id}.scope\n`);
    const port = await serve(
      (request, response) => {
        if (request.headers.authorization !== 'Bearer pod-token') response.writeHead(403);
        response.end(JSON.stringify({ data: { 'cluster.name': 'cruddur' } }));
      },
      { key: readFileSync(join(folder, 'key')), cert: readFileSync(join(folder, 'ca.crt')) },
    );
    const eks = createEks(() => ({
      serviceAccount: folder,
      cgroup: join(folder, 'cgroup'),
      api: `127.0.0.1:${port}`,
    }));
    const { document } = await segmentWith([eks]);
    expect(document.origin).toBe('AWS::EKS::Container');
    expect(document.aws).toEqual({
      eks: { cluster_name: 'cruddur', container_id: id, pod: hostname() },
    });
  });
});

describe('the elastic-beanstalk plugin', () => {
  it('reads the file that the environment creates', async () => {
    const file = join(folder, 'environment.conf');
    writeFileSync(
      file,
      '{"environment_name":"cruddur-env","version_label":"v7","deployment_id":32}',
    );
    const { document } = await segmentWith([createBeanstalk(file)]);
    expect(document.origin).toBe('AWS::ElasticBeanstalk::Environment');
    expect(document.aws).toEqual({
      elastic_beanstalk: {
        environment_name: 'cruddur-env',
        version_label: 'v7',
        deployment_id: 32,
      },
    });
  });
});

describe('plugins', () => {
  it('are rejected at startup if the name is unknown', async () => {
    await expect(segmentWith(['ec3' as 'ec2'])).rejects.toThrow(
      'There is no X-Ray plugin "ec3". Use ec2, ecs, eks, elastic-beanstalk',
    );
  });

  it('work if one of them hangs, or fails and the logger throws too', async () => {
    const place = { origin: 'AWS::AppRunner::Service', aws: {} };
    const knows = { name: 'apprunner', describe: async () => place };
    const hangs = { name: 'hangs', describe: () => new Promise<never>(() => undefined) };
    const fails = { name: 'fails', describe: () => Promise.reject(new Error('kaput')) };
    const logger = {
      warn: () => {
        throw new Error('no log');
      },
    };
    const { document } = await segmentWith([knows, hangs, fails], logger);
    expect(document.origin).toBe('AWS::AppRunner::Service');
  });
});

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { load } from 'js-yaml';

const run = promisify(execFile);
const ROOT = resolve('.');
const COMPOSE = join(ROOT, 'docker/docker-compose.yml');
const TOOL = '/usr/bin/docker-compose';

interface Service {
  image: string;
  read_only?: boolean;
  ports?: string[];
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: object;
  profiles?: string[];
  command?: string[];
}

const describeWithCompose =
  existsSync(TOOL) || process.env['CI'] === 'true'
    ? describe
    : (((name: string, body: () => void) =>
        describe.skip(
          `${name} (skipped: no ${TOOL}; apt-get install docker-compose)`,
          body,
        )) as unknown as jest.Describe);

describeWithCompose('docker/docker-compose.yml', () => {
  /** What docker-compose makes of the file: it refuses one that is wrong. */
  async function services(...profiles: string[]): Promise<Record<string, Service>> {
    const env = { PATH: process.env['PATH'] };
    const flags = profiles.flatMap((profile) => ['--profile', profile]);
    const { stdout } = await run(TOOL, ['-f', COMPOSE, ...flags, 'config'], { env });
    return parse(stdout).services;
  }

  it('brings Cruddur, notifications, PostgreSQL 17 and local X-Ray, each when the one before is healthy', async () => {
    const { cruddur, notifications, postgres, 'local-xray': xray } = await services();

    expect(Object.keys(cruddur!.depends_on!).sort()).toEqual([
      'local-xray',
      'notifications',
      'postgres',
    ]);
    for (const { condition } of Object.values(cruddur!.depends_on!)) {
      expect(condition).toBe('service_healthy');
    }
    expect(postgres!.image).toMatch(/^postgres:17\./);
    for (const service of [cruddur, notifications, postgres, xray]) {
      expect(service).toMatchObject({ read_only: true, healthcheck: expect.any(Object) });
      expect(service).not.toHaveProperty('profiles');
      for (const port of service!.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });

  it("adds AWS's daemon with --profile aws, with the settings of the article", async () => {
    const { 'xray-daemon': daemon } = await services('aws');

    expect(daemon).toMatchObject({
      profiles: ['aws'],
      image: expect.stringMatching(/^amazon\/aws-xray-daemon:\d/),
      command: ['-o', '-b', 'xray-daemon:2000'],
      environment: { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
    });
  });

  it('adds Jaeger with --profile jaeger', async () => {
    const { jaeger } = await services('jaeger');

    expect(jaeger).toMatchObject({
      profiles: ['jaeger'],
      image: expect.stringMatching(/^jaegertracing\/jaeger:\d/),
    });
  });

  it('pins every image', async () => {
    const all = await services('aws', 'jaeger');
    for (const { image } of Object.values(all)) expect(image).toMatch(/:(local|\d+\.\d+.*)$/);
    const dockerfile = readFileSync(join(ROOT, 'docker/Dockerfile'), 'utf8');
    expect(dockerfile).toMatch(/^ARG NODE_IMAGE=node:\d+\.\d+\.\d+-\w+-slim$/m);
    expect(dockerfile).not.toMatch(/^# syntax/m);
  });
});

describe('docker/healthy.mjs', () => {
  const check = (url: string) =>
    run(process.execPath, [join(ROOT, 'docker/healthy.mjs'), url]).then(
      () => 0,
      ({ code }: { code: number }) => code,
    );

  it('fails where nothing answers', async () => {
    expect(await check('tcp://127.0.0.1:1')).toBe(1);
    expect(await check('http://127.0.0.1:1/')).toBe(1);
  });
});

/** docker-compose 1 prints YAML only. */
function parse(yaml: string): { services: Record<string, Service> } {
  return load(yaml) as { services: Record<string, Service> };
}

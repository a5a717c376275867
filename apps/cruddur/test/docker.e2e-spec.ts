import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

  it('starts Cruddur, notifications, PostgreSQL 17 and local X-Ray, each when the previous one is healthy', async () => {
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

/** Exit code of the health check. */
const check = (url: string) =>
  run(process.execPath, [join(ROOT, 'docker/healthy.mjs'), url]).then(
    () => 0,
    ({ code }: { code: number }) => code,
  );

describe('the image of local X-Ray', () => {
  const dockerfile = readFileSync(join(ROOT, 'docker/Dockerfile'), 'utf8');
  const stages = dockerfile.split(/^FROM \S+ AS /m);
  const stage = (name: string) => stages.find((text) => text.startsWith(`${name}\n`))!;
  const [, major] = /^ARG NODE_IMAGE=node:(\d+)/m.exec(dockerfile)!;

  it('starts only from what is copied into it, on its version of Node, and is healthy', async () => {
    const image = mkdtempSync(join(tmpdir(), 'local-xray-image-'));
    const node = (await run('npx', ['--yes', `node@${major}`, '-p', 'process.execPath'])).stdout;
    for (const name of ['runtime', 'local-xray']) {
      for (const [, sources, target] of stage(name).matchAll(/^COPY (.+) (\S+)$/gm)) {
        const paths = sources!.split(' ').filter((path) => !path.startsWith('--'));
        for (const path of paths) {
          const from = join(ROOT, path.replace(/^\/app\//, ''));
          const inside = target!.endsWith('/') ? join(target!, path.split('/').pop()!) : target!;
          cpSync(from, join(image, inside), { recursive: true });
        }
      }
    }
    const [command, ...args] = JSON.parse(/^CMD (.+)$/m.exec(stage('local-xray'))![1]!) as string[];
    expect(command).toBe('node');

    const child = spawn(node.trim(), args, {
      cwd: image,
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'production',
        XRAY_LOCAL_ADDRESS: '127.0.0.1:0',
        XRAY_LOCAL_DB: join(image, 'xray.db'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    try {
      const url = await new Promise<string>((settle, reject) => {
        for (const stream of [child.stdout, child.stderr]) {
          stream.on('data', (chunk: Buffer) => {
            said += chunk.toString();
            const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
            if (found !== undefined) settle(found);
          });
        }
        child.once('exit', (code) => reject(new Error(`It ended with ${code}: ${said}`)));
      });
      expect(await check(`${url}/health`)).toBe(0);
      expect((await fetch(`${url}/traces`)).headers.get('content-type')).toMatch(/^text\/html/);
    } finally {
      child.removeAllListeners('exit');
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      rmSync(image, { recursive: true, force: true });
    }
  }, 120_000);
});

describe('docker/healthy.mjs', () => {
  it('fails if nothing answers', async () => {
    expect(await check('tcp://127.0.0.1:1')).toBe(1);
    expect(await check('http://127.0.0.1:1/')).toBe(1);
  });
});

/** docker-compose 1 prints YAML only. */
function parse(yaml: string): { services: Record<string, Service> } {
  return load(yaml) as { services: Record<string, Service> };
}

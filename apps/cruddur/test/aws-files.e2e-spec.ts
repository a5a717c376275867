import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { load } from 'js-yaml';

const ROOT = resolve('.');
const AWS = '/usr/bin/aws';
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const json = (path: string) => JSON.parse(read(path));
const files = (folder: string) =>
  readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`);

const tasks = files('aws/task-definitions');

describe('the files in aws/', () => {
  it.each(files('aws/policies'))('%s allows named actions only', (path) => {
    for (const { Action, Effect } of json(path).Statement) {
      expect(Effect).toBe('Allow');
      for (const action of [Action].flat()) expect(action).toMatch(/^[a-z]+:[A-Za-z]+$/);
    }
  });

  it.each(tasks)(
    '%s pins its images, keeps secrets out and root file systems read-only',
    (path) => {
      const { containerDefinitions } = json(path);
      for (const container of containerDefinitions) {
        expect(container.image).toMatch(/:(v?\d+\.\d+\.\d+(b\d+)?|<VERSION>)$/);
        for (const variable of container.environment ?? []) {
          expect(variable.name).not.toMatch(/KEY|TOKEN|PASSWORD|DATABASE_URL/);
        }
        if (container.image.includes('/cruddur:')) {
          expect(container).toMatchObject({ user: 'node', readonlyRootFilesystem: true });
        }
      }
    },
  );

  it.each(tasks)(
    '%s sends to its sidecar and follows the sampling rules that it fetches',
    (path) => {
      const [sidecar, ...services] = json(path).containerDefinitions;
      for (const { dependsOn, environment } of services) {
        expect(dependsOn).toContainEqual({ containerName: sidecar.name, condition: 'START' });
        expect(environment).toContainEqual({
          name: 'AWS_XRAY_DAEMON_ADDRESS',
          value: '127.0.0.1:2000',
        });
        expect(environment).toContainEqual({ name: 'CRUDDUR_SAMPLING', value: 'central' });
      }
    },
  );

  it('have sidecars that listen where the services send', () => {
    const { traces } = json('aws/sidecars/cloudwatch-agent.json');
    expect(traces.traces_collected.otlp.http_endpoint).toBe('127.0.0.1:4318');
    expect(traces.traces_collected.xray.tcp_proxy.bind_address).toBe('127.0.0.1:2000');

    const collector = load(read('aws/sidecars/otel-collector.yaml')) as any;
    expect(collector.receivers.otlp.protocols.http.endpoint).toBe('127.0.0.1:4318');
    expect(collector.extensions.awsproxy.endpoint).toBe('127.0.0.1:2000');
    expect(collector.service.extensions).toContain('awsproxy');
    const { receivers, processors, exporters } = collector.service.pipelines.traces;
    expect(Object.keys(collector.receivers)).toEqual(receivers);
    expect(Object.keys(collector.processors)).toEqual(processors);
    expect(Object.keys(collector.exporters)).toEqual(exporters);
  });
});

// The AWS CLI checks what it is given against the service's model before it asks anybody.
const withCli = existsSync(AWS) || process.env['CI'] ? describe : describe.skip;
withCli('what AWS takes', () => {
  it.each(tasks)('%s is a task definition', (path) =>
    accepted('ecs', 'register-task-definition', '--cli-input-json', `file://${path}`),
  );

  // create-sampling-rule is left out: the CLI rejects the sample answer that it makes up itself.
  // aws-setup.e2e-spec.ts creates the rule for real.
  it.each([
    ['xray', 'create-group', 'aws/json/group.json'],
    [
      'apprunner',
      'create-observability-configuration',
      'aws/json/observability-configuration.json',
    ],
  ])('are accepted: %s %s takes %s', (service, command, path) =>
    accepted(service, command, '--cli-input-json', `file://${path}`),
  );

  it('are accepted: logs put-resource-policy takes the policy of Transaction Search', () =>
    accepted(
      ...['logs', 'put-resource-policy', '--policy-name', 'TransactionSearchXRayAccess'],
      ...['--policy-document', 'file://aws/policies/transaction-search.json'],
    ));

  it('would be rejected with a name that is not in the model', async () => {
    await expect(
      accepted('ecs', 'register-task-definition', '--cli-input-json', '{"familly":"shop"}'),
    ).rejects.toThrow('familly');
  });
});

/** Fails with what the CLI says unless it accepts the parameters; sends nothing. */
function accepted(...args: string[]): Promise<void> {
  const env = {
    PATH: process.env['PATH'],
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_DEFAULT_REGION: 'us-east-1',
  };
  return new Promise((settle, fail) => {
    execFile(
      AWS,
      [...args, '--generate-cli-skeleton', 'output'],
      { cwd: ROOT, env },
      (problem, out, err) => {
        if (!problem && out.trimStart().startsWith('{')) settle();
        else fail(new Error(`${out}${err}` || (problem?.message ?? 'no answer')));
      },
    );
  });
}

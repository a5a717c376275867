import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startLocalXray, type LocalXray } from 'local-xray';

const ROOT = resolve('.');
const read = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

describe('npm run aws:setup', () => {
  let xray: LocalXray;
  let url: string;

  beforeAll(async () => {
    xray = await startLocalXray({ address: '127.0.0.1:0', database: ':memory:' });
    url = `http://${xray.address}`;
  });
  afterAll(() => xray?.close());

  it('creates the group and the rule, and changes nothing the second time', async () => {
    expect(await setUp('--endpoint-url', url)).toEqual({
      code: 0,
      said: [
        'Group Cruddur: created, service("backend-nest").',
        'Sampling rule Cruddur: created, 5 a second, then 10 % of backend-nest.',
        '',
      ].join('\n'),
    });
    expect(await setUp('--endpoint-url', url)).toEqual({
      code: 0,
      said: 'Group Cruddur: unchanged.\nSampling rule Cruddur: unchanged.\n',
    });
    expect((await api('Groups')).Groups).toContainEqual(
      expect.objectContaining(read('aws/json/group.json')),
    );
  });

  it('restores what somebody changed to what the files say', async () => {
    await setUp('--endpoint-url', url);
    await api('UpdateGroup', { GroupName: 'Cruddur', FilterExpression: 'fault' });
    await api('UpdateSamplingRule', {
      SamplingRuleUpdate: { RuleName: 'Cruddur', FixedRate: 1 },
    });

    const { said } = await setUp('--endpoint-url', url);

    expect(said).toContain('Group Cruddur: updated');
    expect(said).toContain('Sampling rule Cruddur: updated');
    const { SamplingRuleRecords } = await api('GetSamplingRules');
    const rules = SamplingRuleRecords.map(({ SamplingRule }: any) => SamplingRule);
    expect(rules).toContainEqual(expect.objectContaining(read('aws/json/xray.json').SamplingRule));
  });

  it('says what to do if nothing answers', async () => {
    const { code, said } = await setUp('--endpoint-url', 'http://127.0.0.1:1');

    expect(code).toBe(1);
    expect(said).toContain('Cannot set up X-Ray at http://127.0.0.1:1');
    expect(said).toContain('npm run local-xray');
  });

  async function api(operation: string, body: object = {}): Promise<any> {
    const answer = await fetch(`${url}/${operation}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
    return answer.json();
  }
});

function setUp(...args: string[]): Promise<{ code: number; said: string }> {
  const env = { PATH: process.env['PATH'] };
  return new Promise((settle) => {
    execFile(
      process.execPath,
      ['scripts/aws-setup.mjs', ...args],
      { cwd: ROOT, env },
      (error, out, err) => settle({ code: Number(error?.code ?? 0), said: out + err }),
    );
  });
}

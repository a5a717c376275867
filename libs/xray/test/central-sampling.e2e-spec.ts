import { startLocalXray } from 'local-xray';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CentralSampler } from '../src/sampling/central.sampler';
import { tracing } from './tracing';

const request = (path = '/', serviceName = 'shop') => ({ serviceName, method: 'GET', path });
const rule = (RuleName: string, rest: object = {}) => ({
  SamplingRule: {
    RuleName,
    RuleARN: `arn:aws:xray:eu-west-1:1:sampling-rule/${RuleName}`,
    Priority: 100,
    FixedRate: 0,
    ReservoirSize: 5,
    ServiceName: '*',
    ServiceType: '*',
    Host: '*',
    HTTPMethod: '*',
    URLPath: '*',
    ResourceARN: '*',
    Version: 1,
    Attributes: {},
    ...rest,
  },
});

/** A daemon that answers as it is told, and keeps what it was asked. */
async function daemon() {
  const asked: { operation: string; question: any }[] = [];
  const told = {
    rules: [rule('all')] as object[],
    furtherPages: [] as object[][],
    targets: {} as object,
    status: 200,
    raw: undefined as string | undefined,
  };
  const server = createServer((incoming, answer) => {
    let body = '';
    incoming.on('data', (chunk) => (body += String(chunk)));
    incoming.on('end', () => {
      const operation = incoming.url!.slice(1);
      const question = JSON.parse(body);
      asked.push({ operation, question });
      answer.statusCode = told.status;
      const pages = [told.rules, ...told.furtherPages];
      const page = Number(question.NextToken ?? 0);
      const NextToken = page + 1 < pages.length ? String(page + 1) : undefined;
      const rules = { SamplingRuleRecords: pages[page], NextToken };
      answer.end(
        told.raw ?? JSON.stringify(operation === 'GetSamplingRules' ? rules : told.targets),
      );
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    told,
    address: { host: '127.0.0.1', port },
    close: () => new Promise((done) => server.close(done)),
  };
}

describe('centralized sampling', () => {
  let xray: Awaited<ReturnType<typeof daemon>>;
  const warnings: string[] = [];
  const clock = Object.assign(() => clock.now, { now: 1_800_000_000 });
  let random = 0.99;
  let sampler: CentralSampler;

  beforeAll(async () => {
    xray = await daemon();
  });
  afterAll(() => xray.close());
  beforeEach(() => {
    xray.asked.length = 0;
    xray.told.rules = [rule('all')];
    xray.told.furtherPages = [];
    xray.told.targets = {};
    xray.told.status = 200;
    xray.told.raw = undefined;
    warnings.length = 0;
    clock.now = 1_800_000_000;
    random = 0.99;
    sampler = new CentralSampler({
      daemon: xray.address,
      logger: { warn: (message) => void warnings.push(message) },
      clock,
      random: () => random,
    });
  });
  const decide = (times: number, path?: string) =>
    Array.from({ length: times }, () => sampler.decide(request(path)).sampled);

  it('records 1 request per second and 5 % of the others until rules are known', async () => {
    expect(decide(3)).toEqual([true, false, false]);
    random = 0.04;
    expect(decide(1)).toEqual([true]);
    await sampler.tick();
    expect(sampler.decide(request()).ruleName).toBe('all');
  });

  it('borrows one request per second while it has no quota, then applies the rate', async () => {
    await sampler.tick();
    expect(decide(3)).toEqual([true, false, false]);
    clock.now += 1;
    expect(decide(2)).toEqual([true, false]);
  });

  it('borrows nothing from a rule without a reservoir', async () => {
    xray.told.rules = [rule('none', { ReservoirSize: 0 })];
    await sampler.tick();
    expect(decide(2)).toEqual([false, false]);
  });

  it('reports its counts and uses its quota until the TTL, in seconds', async () => {
    await sampler.tick();
    decide(3);
    xray.told.targets = {
      SamplingTargetDocuments: [
        {
          RuleName: 'all',
          FixedRate: 0,
          ReservoirQuota: 3,
          ReservoirQuotaTTL: clock.now + 10 + 20,
          Interval: 10,
        },
      ],
      LastRuleModification: clock.now - 1_000,
      UnprocessedStatistics: [],
    };
    clock.now += 10;
    await sampler.tick();
    expect(xray.asked.at(-1)).toEqual({
      operation: 'SamplingTargets',
      question: {
        SamplingStatisticsDocuments: [
          {
            RuleName: 'all',
            ClientID: expect.stringMatching(/^[0-9a-f]{24}$/),
            Timestamp: clock.now,
            RequestCount: 3,
            SampledCount: 1,
            BorrowCount: 1,
          },
        ],
      },
    });
    expect(decide(5)).toEqual([true, true, true, false, false]);
    clock.now += 19;
    expect(decide(5)).toEqual([true, true, true, false, false]);
    clock.now += 1;
    expect(decide(3)).toEqual([true, false, false]);
    await sampler.tick();
    expect(xray.asked.at(-1)!.question.SamplingStatisticsDocuments).toMatchObject([
      { RuleName: 'all', RequestCount: 13, SampledCount: 7, BorrowCount: 1 },
    ]);
  });

  it('reports as often as X-Ray asks for', async () => {
    await sampler.tick();
    xray.told.targets = { SamplingTargetDocuments: [{ RuleName: 'all', Interval: 30 }] };
    const reports = () => xray.asked.filter(({ operation }) => operation === 'SamplingTargets');
    for (const [seconds, count] of [
      [10, 1],
      [29, 1],
      [1, 2],
    ] as const) {
      decide(1);
      clock.now += seconds;
      await sampler.tick();
      expect(reports()).toHaveLength(count);
    }
  });

  it('reports 25 rules at a time, the maximum of X-Ray', async () => {
    xray.told.rules = Array.from({ length: 26 }, (_, n) => rule(`r${n}`, { URLPath: `/${n}` }));
    await sampler.tick();
    for (let n = 0; n < 26; n++) decide(1, `/${n}`);
    clock.now += 10;
    await sampler.tick();
    clock.now += 1;
    await sampler.tick();
    const reports = xray.asked.slice(1).map(({ question }) => question.SamplingStatisticsDocuments);
    expect(reports.map(({ length }: unknown[]) => length)).toEqual([25, 1]);
    expect(new Set(reports.flat().map(({ RuleName }: any) => RuleName)).size).toBe(26);
  });

  it('keeps counts that could not be delivered for the next report', async () => {
    await sampler.tick();
    decide(4);
    clock.now += 10;
    xray.told.status = 500;
    await sampler.tick();
    expect(warnings).toEqual([expect.stringContaining('it answered 500')]);
    xray.told.status = 200;
    decide(1);
    clock.now += 10;
    await sampler.tick();
    expect(xray.asked.at(-1)!.question.SamplingStatisticsDocuments[0]).toMatchObject({
      RequestCount: 5,
    });
  });

  it('fetches rules every five minutes, and at once if they have changed', async () => {
    await sampler.tick();
    const count = () =>
      xray.asked.filter(({ operation }) => operation === 'GetSamplingRules').length;
    clock.now += 299;
    await sampler.tick();
    expect(count()).toBe(1);
    clock.now += 1;
    await sampler.tick();
    expect(count()).toBe(2);
    decide(1);
    clock.now += 10;
    xray.told.rules = [rule('new')];
    xray.told.targets = { SamplingTargetDocuments: [], LastRuleModification: clock.now - 1 };
    await sampler.tick();
    expect(count()).toBe(3);
    expect(sampler.decide(request()).ruleName).toBe('new');
  });

  it('reports what was counted before new rules came, together with the new ones', async () => {
    await sampler.tick();
    decide(3);
    xray.told.rules = [rule('all', { FixedRate: 1 })];
    clock.now += 300;
    await sampler.tick();
    const [report] = xray.asked.filter(({ operation }) => operation === 'SamplingTargets');
    expect(report!.question.SamplingStatisticsDocuments).toMatchObject([
      { RuleName: 'all', RequestCount: 3, SampledCount: 1, BorrowCount: 1 },
    ]);
    expect(decide(2)).toEqual([true, true]);
  });

  it('tries rules by priority, then by name, and matches service, host, method and path', async () => {
    xray.told.rules = [
      rule('z', { Priority: 1, URLPath: '/z?', HTTPMethod: 'get' }),
      rule('b', { Priority: 2, ServiceName: 'sh*' }),
      rule('a', { Priority: 2, ServiceName: 'other' }),
      rule('d', { Priority: 3, URLPath: '/same' }),
      rule('c', { Priority: 3, URLPath: '/same' }),
      rule('Default', { Priority: 10_000 }),
    ];
    await sampler.tick();
    const name = (path: string, service?: string) =>
      sampler.decide(request(path, service)).ruleName;
    const names = [name('/z1'), name('/z'), name('/', 'other'), name('/same', 'x'), name('/', 'x')];
    expect(names).toEqual(['z', 'b', 'a', 'c', 'Default']);
  });

  it('reads all pages of rules', async () => {
    xray.told.rules = [rule('a', { URLPath: '/a' })];
    xray.told.furtherPages = [[rule('b', { URLPath: '/b' })], [rule('c', { URLPath: '/c' })]];
    await sampler.tick();
    const names = ['/a', '/b', '/c'].map((path) => sampler.decide(request(path)).ruleName);
    expect(names).toEqual(['a', 'b', 'c']);
    expect(xray.asked).toHaveLength(3);
  });

  it.each([
    ['attributes', { Attributes: { a: 'b' } }],
    ['a resource', { ResourceARN: 'arn:aws:ecs:x' }],
    ['another type of service', { ServiceType: 'AWS::Lambda::Function' }],
  ])('ignores rules with %s', async (_what, rest) => {
    xray.told.rules = [rule('special', rest), rule('Default', { Priority: 10_000 })];
    await sampler.tick();
    expect(sampler.decide(request()).ruleName).toBe('Default');
  });

  it('follows rules for an hour after the daemon has gone, and no longer', async () => {
    await sampler.tick();
    xray.told.status = 503;
    clock.now += 3_599;
    await sampler.tick();
    expect(sampler.decide(request()).ruleName).toBe('all');
    clock.now += 2;
    await sampler.tick();
    expect(sampler.decide(request()).ruleName).toBeUndefined();
    expect(warnings).toHaveLength(1);
  });

  it.each([['{'], ['null'], ['[]'], ['{"SamplingRuleRecords":[null,{"SamplingRule":7}]}']])(
    'continues after the answer %s',
    async (raw) => {
      xray.told.raw = raw;
      await sampler.tick();
      expect(decide(2)).toEqual([true, false]);
    },
  );
});

describe('centralized sampling by local X-Ray', () => {
  it('records the rule on the segment, and reports to local X-Ray', async () => {
    const server = await startLocalXray({ address: '127.0.0.1:0', database: ':memory:' });
    const post = (operation: string, body: object) =>
      fetch(`http://${server.address}/${operation}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const { RuleARN: _arn, ...SamplingRule } = rule('shop', { FixedRate: 1 }).SamplingRule;
    expect((await post('CreateSamplingRule', { SamplingRule })).status).toBe(200);
    const app = await tracing({
      serviceName: 'shop',
      sampling: 'central',
      daemonAddress: server.address,
    });
    let named: unknown;
    const deadline = Date.now() + 10_000;
    while (named !== 'shop' && Date.now() < deadline) {
      const { segment } = await app.request(() => undefined, {}, 'if sampled');
      named = (segment?.aws?.xray as { rule_name?: string } | undefined)?.rule_name;
    }
    expect(named).toBe('shop');
    await app.close();
    await server.close();
  });
});

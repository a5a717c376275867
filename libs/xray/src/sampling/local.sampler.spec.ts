import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSampler } from './create-sampler';
import { LocalSampler } from './local.sampler';
import { checkRules, SamplingRulesError, type SamplingRules } from './rules-document';

/** A clock that is set by hand, in epoch seconds. */
const handClock = () => {
  const clock = Object.assign(() => clock.now, { now: 1_000 });
  return clock;
};
const request = (path: string, method = 'GET', host = 'shop.example') => ({
  serviceName: 'shop',
  method,
  host,
  path,
});
const rules: SamplingRules = {
  version: 2,
  rules: [
    {
      description: 'health',
      host: '*',
      http_method: '*',
      url_path: '/health*',
      fixed_target: 0,
      rate: 0,
    },
    {
      description: 'orders',
      host: '*.example',
      http_method: 'POST',
      url_path: '/orders/?',
      fixed_target: 2,
      rate: 0.5,
    },
  ],
  default: { fixed_target: 1, rate: 0 },
};

describe('local sampling rules', () => {
  it('apply the first rule that matches host, method and path', () => {
    const sampler = new LocalSampler(rules, handClock(), () => 0.99);
    expect(sampler.decide(request('/health/live'))).toEqual({ sampled: false, ruleName: 'health' });
    expect(sampler.decide(request('/orders/7', 'POST')).ruleName).toBe('orders');
    expect(sampler.decide(request('/orders/7', 'GET')).ruleName).toBeUndefined();
    expect(sampler.decide(request('/orders/77', 'POST')).ruleName).toBeUndefined();
    expect(sampler.decide(request('/orders/7', 'POST', 'evil')).ruleName).toBeUndefined();
  });

  it('record fixed_target requests per second and the rate of the others', () => {
    const clock = handClock();
    const random = inTurn([0.4, 0.6]);
    const sampler = new LocalSampler(rules, clock, random);
    const decide = () => sampler.decide(request('/orders/7', 'POST')).sampled;
    expect([decide(), decide(), decide(), decide()]).toEqual([true, true, true, false]);
    clock.now += 0.9;
    expect([decide(), decide()]).toEqual([true, false]);
    clock.now += 0.1;
    expect([decide(), decide(), decide(), decide()]).toEqual([true, true, true, false]);
    clock.now -= 3_600;
    expect(decide()).toBe(true);
  });

  it('match unknown properties of a request', () => {
    const sampler = new LocalSampler(rules, handClock());
    expect(sampler.decide({ serviceName: 'job' }).ruleName).toBe('health');
    const withoutHost = { serviceName: 'job', method: 'POST', path: '/orders/1' };
    expect(sampler.decide(withoutHost).ruleName).toBe('orders');
    const withoutMethod = { serviceName: 'job', host: 'shop.example', path: '/orders/1' };
    expect(sampler.decide(withoutMethod).ruleName).toBe('orders');
  });

  it('are also read in version 1, and from a file', () => {
    const old = {
      version: 1,
      rules: [
        { service_name: 'a.*', http_method: '*', url_path: '*', fixed_target: 0, rate: 1 },
        { service_name: '*', http_method: '*', url_path: '*', fixed_target: 0, rate: 0 },
      ],
      default: { fixed_target: 0, rate: 0 },
    };
    const file = join(tmpdir(), `rules-${process.pid}.json`);
    writeFileSync(file, JSON.stringify(old));
    const sampler = createSampler({ file }, {} as never);
    expect(sampler.decide(request('/', 'GET', 'a.b')).sampled).toBe(true);
    expect(sampler.decide(request('/', 'GET', 'b.a')).sampled).toBe(false);
  });

  it.each([
    ['nothing', null, 'not an object'],
    ['another version', { version: 3, default: { fixed_target: 1, rate: 1 } }, 'version is 3'],
    ['no default', { version: 2 }, 'no "default"'],
    ['a rate over 1', { version: 2, default: { fixed_target: 1, rate: 5 } }, 'default.rate'],
    [
      'an unknown key',
      { ...rules, rules: [{ ...rules.rules![0], hots: '*' }] },
      'rules[0] has an unknown key, "hots"',
    ],
    [
      'a key of the other version',
      { ...rules, version: 1 },
      'rules[0].service_name is not a string',
    ],
  ])('are rejected with %s, naming the position', (_what, value, why) => {
    expect(() => checkRules(value, 'in x.json')).toThrow(SamplingRulesError);
    expect(() => checkRules(value, 'in x.json')).toThrow(why);
  });

  it('name the file that cannot be read', () => {
    expect(() => createSampler({ file: '/nowhere.json' }, {} as never)).toThrow('/nowhere.json');
  });
});

describe('a sampling function', () => {
  it('decides by the request; if it throws, the request is recorded', () => {
    const sampler = createSampler(({ path }) => {
      if (path === '/x') throw new Error('broken');
      return path === '/a';
    }, {} as never);
    expect(['/a', '/b', '/x'].map((path) => sampler.decide(request(path)).sampled)).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe('a sampling rate', () => {
  it('is the share of requests that are recorded', () => {
    const sampler = createSampler(0.25, {} as never);
    const sampled = Array.from({ length: 10_000 }, () => sampler.decide(request('/')).sampled);
    const share = sampled.filter(Boolean).length / 10_000;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.3);
    expect(createSampler(1, {} as never).decide(request('/')).sampled).toBe(true);
    expect(createSampler(0, {} as never).decide(request('/')).sampled).toBe(false);
  });
});

function inTurn(values: number[]): () => number {
  let at = 0;
  return () => values[at++ % values.length]!;
}

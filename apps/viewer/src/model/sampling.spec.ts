import type { SamplingRuleRow } from 'local-xray/console-api';
import { conditions, matches, ruleFor } from './sampling';

const rule = (
  name: string,
  priority: number,
  more: Partial<SamplingRuleRow> = {},
): SamplingRuleRow => ({
  name,
  priority,
  fixedRate: 0.05,
  reservoirSize: 1,
  serviceName: '*',
  serviceType: '*',
  host: '*',
  httpMethod: '*',
  urlPath: '*',
  resourceArn: '*',
  attributes: {},
  modifiedAt: 0,
  requests: 0,
  sampled: 0,
  borrowed: 0,
  clients: 0,
  ...more,
});

describe('ruleFor', () => {
  const rules = [
    rule('Default', 10_000),
    rule('writes', 100, { httpMethod: 'POST', urlPath: '/api/*' }),
    rule('health', 1, { urlPath: '/health' }),
    rule('also writes', 100, { httpMethod: 'POST' }),
  ];

  it.each([
    [{ method: 'GET', path: '/health' }, 'health'],
    [{ method: 'GET', path: '/api/activities' }, 'Default'],
    [{ method: 'POST', path: '/api/activities' }, 'also writes'],
    [{}, 'health'],
  ])('returns the first rule that matches %o', (request, name) => {
    expect(ruleFor(rules, request)!.name).toBe(name);
  });

  it('returns nothing without rules', () => {
    expect(ruleFor([], { path: '/' })).toBeUndefined();
  });
});

describe('matches', () => {
  it.each([
    ['*', 'anything', true],
    ['/api/*', '/api/activities/7', true],
    ['/api/*', '/health', false],
    ['*.example.com', 'api.example.com', true],
    ['/user/?', '/user/7', true],
    ['/user/?', '/user/77', false],
    ['GET', 'get', true],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'aXbYbZ', false],
    ['', 'x', false],
    ['*?', '', true],
    ['/literal*', '/literal', true],
    ['a.c', 'abc', false],
  ])('%s and %s: %s', (pattern, value, expected) => {
    expect(matches(pattern, value)).toBe(expected);
  });

  it('is fast for a pattern that is made to be slow', () => {
    expect(matches(`${'*a'.repeat(60)}b`, 'a'.repeat(5_000))).toBe(false);
  });
});

describe('conditions', () => {
  it('describe only what the rule requires', () => {
    expect(conditions(rule('Default', 10_000))).toBe('every request');
    expect(
      conditions(
        rule('x', 1, {
          httpMethod: 'POST',
          urlPath: '/api/*',
          serviceName: 'backend-*',
          attributes: { tier: 'gold' },
        }),
      ),
    ).toBe('POST /api/*, service backend-*, tier = gold');
  });
});

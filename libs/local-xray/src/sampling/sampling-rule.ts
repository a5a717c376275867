import type { Input } from '../http/input';
import { invalidRequest } from '../http/xray.error';

/** A rule as the API returns it: https://docs.aws.amazon.com/xray/latest/api/API_SamplingRule.html */
export interface SamplingRule {
  RuleName: string;
  RuleARN: string;
  ResourceARN: string;
  Priority: number;
  FixedRate: number;
  ReservoirSize: number;
  ServiceName: string;
  ServiceType: string;
  Host: string;
  HTTPMethod: string;
  URLPath: string;
  Version: number;
  /** Never absent: Node's SDK ignores a rule without them. */
  Attributes: Record<string, string>;
  SamplingRateBoost?: { MaxRate: number; CooldownWindowMinutes: number };
}

export interface SamplingRuleRecord {
  SamplingRule: SamplingRule;
  /** Epoch seconds. */
  CreatedAt: number;
  ModifiedAt: number;
}

/** The members of a rule in CreateSamplingRule and UpdateSamplingRule. */
const MATCHERS = [
  ['ServiceName', 64],
  ['ServiceType', 64],
  ['Host', 64],
  ['HTTPMethod', 10],
  ['URLPath', 128],
] as const;

/** Reads the rule of CreateSamplingRule. @throws XrayError that names the invalid member. */
export function readRule(input: Input): Omit<SamplingRule, 'RuleARN'> {
  const name = input.string('RuleName');
  if (name === undefined) throw invalidRequest('SamplingRule.RuleName is required.');
  if (name.length < 1 || name.length > 32) {
    throw invalidRequest('SamplingRule.RuleName must have 1 to 32 characters.');
  }
  const matchers = MATCHERS.map(([key, max]) => [key, input.requiredString(key, { min: 0, max })]);
  if (input.requiredNumber('Version', { integer: true }) !== 1) {
    throw invalidRequest('SamplingRule.Version must be 1.');
  }
  return {
    RuleName: name,
    ResourceARN: input.requiredString('ResourceARN', { max: 500 }),
    Priority: input.requiredNumber('Priority', { min: 1, max: 9999, integer: true }),
    FixedRate: input.requiredNumber('FixedRate', { min: 0, max: 1 }),
    ReservoirSize: input.requiredNumber('ReservoirSize', { min: 0, integer: true }),
    ...(Object.fromEntries(matchers) as Record<(typeof MATCHERS)[number][0], string>),
    Version: 1,
    Attributes: readAttributes(input) ?? {},
    ...boost(input),
  };
}

/** Reads the members that UpdateSamplingRule changes. */
export function readUpdate(input: Input): Partial<SamplingRule> {
  const update: Partial<SamplingRule> = { ...boost(input) };
  const set = <K extends keyof SamplingRule>(key: K, value: SamplingRule[K] | undefined) => {
    if (value !== undefined) update[key] = value;
  };
  set('ResourceARN', input.string('ResourceARN', { max: 500 }));
  set('Priority', input.number('Priority', { min: 1, max: 9999, integer: true }));
  set('FixedRate', input.number('FixedRate', { min: 0, max: 1 }));
  set('ReservoirSize', input.number('ReservoirSize', { min: 0, integer: true }));
  for (const [key, max] of MATCHERS) set(key, input.string(key, { max }));
  set('Attributes', readAttributes(input));
  return update;
}

function readAttributes(input: Input): Record<string, string> | undefined {
  const attributes = input.stringMap('Attributes', 5);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key.length > 32 || value.length > 32) {
      throw invalidRequest(
        'SamplingRule.Attributes may have keys and values of at most 32 characters.',
      );
    }
  }
  return attributes;
}

function boost(input: Input): Pick<SamplingRule, 'SamplingRateBoost'> {
  const given = input.object('SamplingRateBoost');
  if (!given) return {};
  const MaxRate = given.requiredNumber('MaxRate', { min: 0, max: 1 });
  const CooldownWindowMinutes = given.requiredNumber('CooldownWindowMinutes', {
    min: 1,
    integer: true,
  });
  return { SamplingRateBoost: { MaxRate, CooldownWindowMinutes } };
}

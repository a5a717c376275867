import { XrayConfigurationError } from '../xray.errors';

/** Sampling rules in the file format of AWS's SDKs, version 1 or 2. */
export interface SamplingRules {
  version: 1 | 2;
  /** Tried in this order. */
  rules?: LocalRule[];
  /** Applies when no rule matches. */
  default: { fixed_target: number; rate: number };
}

export interface LocalRule {
  /** Recorded on the segment as the rule's name. */
  description?: string;
  /** Version 2: glob for the Host header. */
  host?: string;
  /** Version 1: same as `host`. */
  service_name?: string;
  http_method: string;
  /** Glob for the path, without the query string. */
  url_path: string;
  /** Requests to record in each second before `rate` applies. */
  fixed_target: number;
  /** Share of the other requests, 0 to 1. */
  rate: number;
}

/** The rules are invalid. Thrown at startup; names the invalid part. */
export class SamplingRulesError extends XrayConfigurationError {
  constructor(source: string, why: string) {
    super(
      `Cannot use the sampling rules ${source}: ${why}. Write them as described at ` +
        'https://docs.aws.amazon.com/xray/latest/devguide/xray-sdk-nodejs-configuration.html#xray-sdk-nodejs-configuration-sampling',
    );
    this.name = 'SamplingRulesError';
  }
}

/**
 * Checks rules as strictly as AWS's SDK does: an unknown key is an error.
 *
 * @throws SamplingRulesError naming the rule and the key.
 */
export function checkRules(value: unknown, source: string): SamplingRules {
  const refuse = (why: string): never => {
    throw new SamplingRulesError(source, why);
  };
  if (!isObject(value)) return refuse('they are not an object');
  const { version, rules = [], default: fallback } = value;
  if (version !== 1 && version !== 2) {
    return refuse(`version is ${JSON.stringify(version)}, not 1 or 2`);
  }
  if (!isObject(fallback)) return refuse('there is no "default" with fixed_target and rate');
  checkKeys(fallback, 'default', [], refuse);
  if (!Array.isArray(rules)) return refuse('"rules" is not a list');
  rules.forEach((rule: unknown, at) => {
    const name = `rules[${at}]`;
    if (!isObject(rule)) return refuse(`${name} is not an object`);
    const host = version === 1 ? 'service_name' : 'host';
    checkKeys(rule, name, [host, 'http_method', 'url_path'], refuse);
  });
  return value as unknown as SamplingRules;
}

type Fields = Record<string, unknown>;

function checkKeys(
  fields: Fields,
  name: string,
  texts: string[],
  refuse: (why: string) => never,
): void {
  for (const key of texts) {
    if (typeof fields[key] !== 'string') refuse(`${name}.${key} is not a string`);
  }
  const { fixed_target, rate } = fields;
  if (!Number.isInteger(fixed_target) || (fixed_target as number) < 0) {
    refuse(`${name}.fixed_target is not a whole number from 0 up`);
  }
  if (typeof rate !== 'number' || !(rate >= 0 && rate <= 1)) {
    refuse(`${name}.rate is not a number from 0 to 1`);
  }
  const known = new Set([
    ...texts,
    'fixed_target',
    'rate',
    ...(texts.length ? ['description'] : []),
  ]);
  for (const key of Object.keys(fields)) {
    if (!known.has(key)) refuse(`${name} has an unknown key, "${key}"`);
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

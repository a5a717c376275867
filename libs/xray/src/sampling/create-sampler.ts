import { readFileSync } from 'node:fs';
import type { Sampler, SamplingRequest } from '../core/sampler';
import type { RecorderLogger } from '../core/warn-once';
import type { Address } from '../net/daemon-address';
import { CentralSampler } from './central.sampler';
import { LocalSampler } from './local.sampler';
import { checkRules, SamplingRulesError, type SamplingRules } from './rules-document';

/** See the `sampling` option. */
export type Sampling =
  number | ((request: SamplingRequest) => boolean) | SamplingRules | { file: string } | 'central';

/**
 * Creates the sampler that `sampling` describes.
 *
 * @throws SamplingRulesError when the rules cannot be read or are invalid.
 */
export function createSampler(
  sampling: Sampling,
  central: { daemon: () => Address; logger: RecorderLogger; serviceType: () => string | undefined },
): Sampler {
  if (sampling === 'central') {
    return new CentralSampler({ ...central, daemon: central.daemon() });
  }
  if (typeof sampling === 'function') {
    return { decide: (request) => ({ sampled: askFunction(sampling, request) }) };
  }
  if (typeof sampling === 'number') {
    const decision = { sampled: true };
    if (sampling >= 1) return { decide: () => decision };
    return { decide: () => ({ sampled: Math.random() < sampling }) };
  }
  if ('file' in sampling) return new LocalSampler(readRules(sampling));
  return new LocalSampler(checkRules(sampling, 'in the sampling option'));
}

/** If the function throws, the request is recorded. */
function askFunction(decide: (request: SamplingRequest) => boolean, request: SamplingRequest) {
  try {
    return decide(request);
  } catch {
    return true;
  }
}

function readRules({ file, ...others }: { file: string }): SamplingRules {
  if (typeof file !== 'string' || file === '') {
    throw new SamplingRulesError('in the sampling option', '"file" is not the path of a file');
  }
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw new SamplingRulesError(
      'in the sampling option',
      `"${other}" cannot be combined with "file"`,
    );
  }
  let rules: unknown;
  try {
    rules = JSON.parse(readFileSync(file, 'utf8'));
  } catch (problem) {
    throw new SamplingRulesError(`in ${file}`, (problem as Error).message);
  }
  return checkRules(rules, `in ${file}`);
}

import type { Sampler, SamplingRequest } from '../core/sampler';
import { Reservoir } from './reservoir';
import { ruleMatcher } from './rule-match';
import type { SamplingRules } from './rules-document';
import { systemClock, type Clock } from './sampling-clock';

/** The default of AWS's SDKs: the first request of each second, and 5 % of the others. */
export const DEFAULT_RULES: SamplingRules = {
  version: 2,
  default: { fixed_target: 1, rate: 0.05 },
};

/** Samples by rules that are known at startup. */
export class LocalSampler implements Sampler {
  private readonly rules: {
    matches: (request: SamplingRequest) => boolean;
    name: string | undefined;
    target: number;
    rate: number;
    reservoir: Reservoir;
  }[];

  constructor(
    { rules = [], default: fallback }: SamplingRules,
    clock: Clock = systemClock,
    private readonly random: () => number = Math.random,
  ) {
    this.rules = [...rules, { ...fallback, description: undefined }].map((rule) => {
      const { description, fixed_target, rate } = rule;
      const { host, service_name, http_method, url_path } = rule as Partial<(typeof rules)[number]>;
      return {
        matches: ruleMatcher({ host: host ?? service_name, method: http_method, path: url_path }),
        name: description,
        target: fixed_target,
        rate,
        reservoir: new Reservoir(clock),
      };
    });
  }

  decide(request: SamplingRequest): { sampled: boolean; ruleName?: string } {
    // The default rule is last and matches everything.
    const rule = this.rules.find(({ matches }) => matches(request))!;
    const sampled = rule.reservoir.take(rule.target) || this.random() < rule.rate;
    return { sampled, ruleName: rule.name };
  }
}

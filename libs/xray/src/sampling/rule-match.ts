import { globMatcher } from '../core/glob';
import type { SamplingRequest } from '../core/sampler';

/** The globs of a rule. A missing glob matches everything. */
export interface RulePatterns {
  service?: string;
  host?: string;
  method?: string;
  path?: string;
}

/**
 * Returns a test for whether a rule applies to a request. Properties of a request that are unknown
 * match.
 */
export function ruleMatcher(patterns: RulePatterns): (request: SamplingRequest) => boolean {
  const { service = '*', host = '*', method = '*', path = '*' } = patterns;
  const [isService, isHost, isMethod, isPath] = [service, host, method, path].map(globMatcher) as [
    Match,
    Match,
    Match,
    Match,
  ];
  return (request) =>
    isService(request.serviceName) &&
    (request.host === undefined || isHost(request.host)) &&
    (request.method === undefined || isMethod(request.method)) &&
    (request.path === undefined || isPath(request.path));
}

type Match = (text: string) => boolean;

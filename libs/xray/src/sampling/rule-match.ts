import { globMatcher } from '../core/glob';
import type { SamplingRequest } from '../core/sampler';

/** Globs of a rule; a part that is left out matches all. */
export interface RulePatterns {
  service?: string;
  host?: string;
  method?: string;
  path?: string;
}

/** Tells whether a rule is for a request. What is not known of a request matches. */
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

import type { SamplingRuleRow } from 'local-xray/console-api';

/** The properties of a request that rules are matched against. Omitted ones match everything. */
export interface SampledRequest {
  service?: string;
  method?: string;
  host?: string;
  path?: string;
}

/**
 * The rule that applies to the request: the first that matches, in the order of priority, then name.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html
 */
export function ruleFor(
  rules: readonly SamplingRuleRow[],
  request: SampledRequest,
): SamplingRuleRow | undefined {
  return [...rules]
    .sort((a, b) => a.priority - b.priority || (a.name < b.name ? -1 : 1))
    .find(
      (rule) =>
        matches(rule.serviceName, request.service) &&
        matches(rule.httpMethod, request.method) &&
        matches(rule.host, request.host) &&
        matches(rule.urlPath, request.path),
    );
}

/** `*` stands for any characters and `?` for one; letters of either case are the same. */
export function matches(pattern: string, value: string | undefined): boolean {
  if (value === undefined || value === '') return true;
  const text = value.toLowerCase();
  const wanted = pattern.toLowerCase();
  // Backtracks only to the last star, so that no pattern takes long.
  let at = 0;
  let star = -1;
  let resume = 0;
  let next = 0;
  while (at < text.length) {
    if (
      next < wanted.length &&
      (wanted[next] === '?' || wanted[next] === text[at]) &&
      wanted[next] !== '*'
    ) {
      at++;
      next++;
    } else if (wanted[next] === '*') {
      star = next++;
      resume = at;
    } else if (star >= 0) {
      next = star + 1;
      at = ++resume;
    } else return false;
  }
  while (wanted[next] === '*') next++;
  return next === wanted.length;
}

/** Describes the conditions of a rule, without wildcards that match everything: `POST /api/*, service backend-*`. */
export function conditions(rule: SamplingRuleRow): string {
  const open = (value: string): boolean => value === '*' || value === '';
  const request = [rule.httpMethod, rule.urlPath].filter((value) => !open(value)).join(' ');
  const parts = [
    request,
    !open(rule.serviceName) && `service ${rule.serviceName}`,
    !open(rule.serviceType) && `type ${rule.serviceType}`,
    !open(rule.host) && `host ${rule.host}`,
    !open(rule.resourceArn) && rule.resourceArn,
    ...Object.entries(rule.attributes).map(([key, value]) => `${key} = ${value}`),
  ].filter(Boolean);
  return parts.length ? parts.join(', ') : 'every request';
}

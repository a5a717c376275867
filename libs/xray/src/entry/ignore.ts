import { globMatcher } from '../core/glob';
import type { IgnoreRule } from '../xray.options';

type Predicate = (request: { method: string; path: string }) => boolean;

/**
 * Combines all rules into one predicate. Undefined if there are none. A rule that throws ignores
 * nothing.
 */
export function ignoreMatcher(rules: IgnoreRule | IgnoreRule[] = []): Predicate | undefined {
  const predicates = (Array.isArray(rules) ? rules : [rules]).map((rule): Predicate => {
    if (typeof rule === 'function') return rule;
    const matches = globMatcher(rule);
    return ({ path }) => matches(path);
  });
  if (predicates.length === 0) return undefined;
  return (request) =>
    predicates.some((predicate) => {
      try {
        return predicate(request);
      } catch {
        return false;
      }
    });
}

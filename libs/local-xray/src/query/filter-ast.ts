/** A filter expression, parsed. What compares to nothing (`op` absent) asks whether there is a value. */
export type Filter =
  | { kind: 'and' | 'or'; items: Filter[] }
  | { kind: 'not'; item: Filter }
  | { kind: 'boolean'; keyword: BooleanKeyword; is: boolean }
  | { kind: 'number'; keyword: NumberKeyword; op?: NumberOp; value?: number }
  | { kind: 'text'; keyword: TextKeyword; op?: TextOp; value?: string }
  | { kind: 'annotation'; key: string; op?: NumberOp | TextOp; value?: string | number | boolean }
  | { kind: 'group'; by: 'name' | 'arn'; is: boolean; value: string }
  | { kind: 'service'; target: Target; where?: Filter }
  | { kind: 'edge'; from: Target; to: Target; where?: Filter }
  | { kind: 'rootcause'; of: CauseOf; part: CausePart; where?: Filter }
  | { kind: 'rootcause.json'; value: unknown[] };

/** What a node has to be; no member at all means any node. */
export interface Target {
  name?: string;
  type?: string;
  account?: string;
}

export type NumberOp = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type TextOp = '=' | '!=' | 'CONTAINS' | 'BEGINSWITH' | 'ENDSWITH';
export type CauseOf = 'fault' | 'error' | 'responsetime';
export type CausePart = 'service' | 'entity' | 'exception';

export const BOOLEAN_KEYWORDS = [
  'ok',
  'error',
  'throttle',
  'fault',
  'partial',
  'inferred',
  'first',
  'last',
  'remote',
  'root',
] as const;
export const NUMBER_KEYWORDS = [
  'responsetime',
  'duration',
  'http.status',
  'index',
  'coverage',
] as const;
/**
 * An extension of ours that X-Ray does not know: what traces have in common, as the console's pages
 * count it. Each names the kind of its facets, see aggregates/facets.ts.
 */
export const FACET_KEYWORDS = { route: 1, hint: 2, statement: 3, exception: 4 } as const;
export type FacetKeyword = keyof typeof FACET_KEYWORDS;

export function isFacet(keyword: string): keyword is FacetKeyword {
  return Object.hasOwn(FACET_KEYWORDS, keyword);
}

export const TEXT_KEYWORDS = [
  'http.url',
  'http.method',
  'http.useragent',
  'http.clientip',
  'user',
  'name',
  'type',
  'message',
  'availabilityzone',
  'instance.id',
  'resource.arn',
  'route',
  'hint',
  'statement',
  'exception',
] as const;

export type BooleanKeyword = (typeof BOOLEAN_KEYWORDS)[number];
export type NumberKeyword = (typeof NUMBER_KEYWORDS)[number];
export type TextKeyword = (typeof TEXT_KEYWORDS)[number];
export type Keyword = BooleanKeyword | NumberKeyword | TextKeyword;

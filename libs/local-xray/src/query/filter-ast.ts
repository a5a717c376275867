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
] as const;

export type BooleanKeyword = (typeof BOOLEAN_KEYWORDS)[number];
export type NumberKeyword = (typeof NUMBER_KEYWORDS)[number];
export type TextKeyword = (typeof TEXT_KEYWORDS)[number];
export type Keyword = BooleanKeyword | NumberKeyword | TextKeyword;

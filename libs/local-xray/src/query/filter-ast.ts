/**
 * A parsed filter expression. A condition without `op` asks whether there is a value, or, for a
 * boolean annotation, whether it is true. `keyword` is one of filter-keywords.ts.
 */
export type Filter =
  | { kind: 'and' | 'or'; items: Filter[] }
  | { kind: 'not'; item: Filter }
  | { kind: 'boolean'; keyword: string; is: boolean }
  | { kind: 'number'; keyword: string; op?: NumberOp; value?: number }
  | { kind: 'text'; keyword: string; op?: TextOp; value?: string }
  | { kind: 'annotation'; key: string; op?: NumberOp | TextOp; value?: string | number | boolean }
  | { kind: 'group'; by: 'name' | 'arn'; is: boolean; value: string }
  | { kind: 'service'; target: Target; where?: Filter }
  | { kind: 'edge'; from: Target; to: Target; where?: Filter }
  | { kind: 'rootcause'; of: CauseOf; part: CausePart; where?: Filter }
  | { kind: 'rootcause.json'; value: unknown[] };

/** Properties that a node must have. Without any, every node matches. */
export interface Target {
  name?: string;
  type?: string;
  account?: string;
}

export type NumberOp = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type TextOp = '=' | '!=' | 'CONTAINS' | 'BEGINSWITH' | 'ENDSWITH';
export type CauseOf = 'fault' | 'error' | 'responsetime';
export type CausePart = 'service' | 'entity' | 'exception';

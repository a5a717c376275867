import type { Filter, NumberOp, TextOp } from './filter-ast';

/** Whether a filter matches. Undefined if the data read so far does not decide it. */
export type Verdict = boolean | undefined;

/** A filter that does not combine other filters. */
export type Leaf = Exclude<Filter, { kind: 'and' | 'or' | 'not' | 'group' }>;

/**
 * Evaluates a filter from its leaves with three-valued logic: an unknown leaf matters only if the
 * result depends on it.
 */
export function decide(filter: Filter, leaf: (leaf: Leaf) => Verdict): Verdict {
  switch (filter.kind) {
    case 'and':
      return every(filter.items, (item) => decide(item, leaf));
    case 'or':
      return not(every(filter.items, (item) => not(decide(item, leaf))));
    case 'not':
      return not(decide(filter.item, leaf));
    case 'group':
      throw new Error('Groups must be resolved before a filter is evaluated');
    default:
      return leaf(filter);
  }
}

/** Whether the test holds for at least one item. */
export function some<T>(items: Iterable<T>, test: (item: T) => Verdict): Verdict {
  let verdict: Verdict = false;
  for (const item of items) {
    const each = test(item);
    if (each) return true;
    if (each === undefined) verdict = undefined;
  }
  return verdict;
}

function every<T>(items: Iterable<T>, test: (item: T) => Verdict): Verdict {
  return not(some(items, (item) => not(test(item))));
}

function not(verdict: Verdict): Verdict {
  return verdict === undefined ? undefined : !verdict;
}

/** Compares a number. Without an operator, tests whether there is one. */
export function compareNumber(
  actual: number | null | undefined,
  op?: NumberOp | TextOp,
  value = 0,
): boolean {
  if (actual === null || actual === undefined || Number.isNaN(actual)) return false;
  switch (op) {
    case undefined:
      return true;
    case '=':
      return actual === value;
    case '!=':
      return actual !== value;
    case '<':
      return actual < value;
    case '<=':
      return actual <= value;
    case '>':
      return actual > value;
    case '>=':
      return actual >= value;
    default:
      return false;
  }
}

/** Compares a text, case-sensitively. Without an operator, tests whether there is one. */
export function compareText(
  actual: string | null | undefined,
  op?: NumberOp | TextOp,
  value = '',
): boolean {
  if (actual === null || actual === undefined) return false;
  switch (op) {
    case undefined:
      return true;
    case '=':
      return actual === value;
    case '!=':
      return actual !== value;
    case 'CONTAINS':
      return actual.includes(value);
    case 'BEGINSWITH':
      return actual.startsWith(value);
    case 'ENDSWITH':
      return actual.endsWith(value);
    default:
      return false;
  }
}

/**
 * Values of different types are never equal, and only numbers are less or greater. Without an
 * operator, a boolean is its own value, as in AWS X-Ray, and anything else is true.
 */
export function compareAnnotation(
  actual: string | number | boolean,
  op?: NumberOp | TextOp,
  value?: string | number | boolean,
): boolean {
  if (op === undefined || value === undefined) return actual !== false;
  if (op === '=' || op === '!=') return (actual === value) === (op === '=');
  if (typeof actual === 'number' && typeof value === 'number')
    return compareNumber(actual, op, value);
  if (typeof actual === 'string' && typeof value === 'string')
    return compareText(actual, op, value);
  return false;
}

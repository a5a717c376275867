import type { Filter, NumberOp, TextOp } from './filter-ast';

/** Whether a filter holds; undefined when what is at hand does not tell. */
export type Verdict = boolean | undefined;

/** A filter that is not made of other filters of the same level. */
export type Leaf = Exclude<Filter, { kind: 'and' | 'or' | 'not' | 'group' }>;

/** Works a filter out from its leaves, by three-valued logic: what is not known stays so only where it matters. */
export function decide(filter: Filter, leaf: (leaf: Leaf) => Verdict): Verdict {
  switch (filter.kind) {
    case 'and':
      return every(filter.items, (item) => decide(item, leaf));
    case 'or':
      return not(every(filter.items, (item) => not(decide(item, leaf))));
    case 'not':
      return not(decide(filter.item, leaf));
    case 'group':
      throw new Error('Groups have to be resolved before a filter is worked out');
    default:
      return leaf(filter);
  }
}

/** Whether it holds for at least one. */
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

/** Whether a number compares as wanted; without an operator, whether there is one. */
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

/** Whether a text compares as wanted, in the case it is written in; without an operator, whether there is one. */
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
 * Values of different types never equal each other, and only numbers are less or greater. Without an operator a
 * boolean is its own value, as AWS has it, and anything else is true.
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

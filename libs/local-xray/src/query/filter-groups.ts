import type { Filter } from './filter-ast';
import { FilterSyntaxError } from './filter-error';
import { parseFilter } from './filter-parser';

/**
 * Returns a group's filter expression. Undefined if there is no such group, `''` if the group has
 * no filter and contains every trace.
 */
export type GroupExpression = (by: 'name' | 'arn', value: string) => string | undefined;

/** Limits groups that refer to several groups each, whose number would grow exponentially. */
const MAX_GROUPS = 100;

/**
 * Replaces `group.name` and `group.arn` with the filters of the groups.
 *
 * @throws FilterSyntaxError when a group does not exist, refers to itself, or has an invalid
 *   expression.
 */
export function resolveGroups(filter: Filter, expressionOf: GroupExpression): Filter {
  return new GroupResolver(expressionOf).resolve(filter, []);
}

class GroupResolver {
  private resolved = 0;

  constructor(private readonly expressionOf: GroupExpression) {}

  resolve(filter: Filter, within: string[]): Filter {
    switch (filter.kind) {
      case 'and':
      case 'or':
        return { kind: filter.kind, items: filter.items.map((item) => this.resolve(item, within)) };
      case 'not':
        return { kind: 'not', item: this.resolve(filter.item, within) };
      case 'group': {
        const item = this.group(filter, within);
        return filter.is ? item : { kind: 'not', item };
      }
      default:
        return filter;
    }
  }

  private group({ by, value }: Extract<Filter, { kind: 'group' }>, within: string[]): Filter {
    const chain = [...within, value];
    if (within.includes(value)) {
      throw problem(
        `The filter expression of group "${value}" refers to itself: ${chain.join(' → ')}`,
      );
    }
    if (++this.resolved > MAX_GROUPS) {
      throw problem(
        `The expression refers to groups more than ${MAX_GROUPS} times, through other groups`,
      );
    }
    const expression = this.expressionOf(by, value);
    if (expression === undefined) throw problem(`There is no group whose ${by} is "${value}"`);
    if (expression.trim() === '') return { kind: 'and', items: [] };
    let filter: Filter;
    try {
      filter = parseFilter(expression);
    } catch (error) {
      throw problem(
        `The filter expression of group "${value}" is wrong: ${(error as Error).message}`,
      );
    }
    return this.resolve(filter, chain);
  }
}

function problem(message: string): FilterSyntaxError {
  return new FilterSyntaxError(message, 0, 0, []);
}

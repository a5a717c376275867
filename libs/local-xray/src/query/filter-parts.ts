import { FilterSyntaxError } from './filter-error';
import { parseFilter } from './filter-parser';
import { printFilter } from './filter-print';

/**
 * The conditions of an expression that are joined by AND. A single condition is returned alone; an
 * invalid expression has none.
 */
export function partsOf(expression: string): string[] {
  try {
    const filter = parseFilter(expression);
    return filter.kind === 'and' ? filter.items.map(printFilter) : [expression.trim()];
  } catch (error) {
    if (error instanceof FilterSyntaxError) return [];
    throw error;
  }
}

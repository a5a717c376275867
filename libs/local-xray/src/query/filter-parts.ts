import { FilterSyntaxError } from './filter-error';
import { parseFilter } from './filter-parser';
import { printFilter } from './filter-print';

/** The conditions that AND joins in an expression; the expression itself when it is one, none when it is wrong. */
export function partsOf(expression: string): string[] {
  try {
    const filter = parseFilter(expression);
    return filter.kind === 'and' ? filter.items.map(printFilter) : [expression.trim()];
  } catch (error) {
    if (error instanceof FilterSyntaxError) return [];
    throw error;
  }
}

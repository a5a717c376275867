import type { Differences, DifferentValue } from 'local-xray/console-api';

/** An attribute, and its value that differs most. */
export interface DifferenceRow extends DifferentValue {
  attribute: string;
  /** Whether the selection has it more often, not the others. */
  here: boolean;
}

/** The value that differs most of each attribute: one that the selection has more often, if there is any. */
export function rowsOf(data: Differences | undefined): DifferenceRow[] {
  if (!data) return [];
  const { a, b } = data;
  return data.attributes.flatMap(({ name, values }) => {
    const more = values.find(
      (each) => each.a / Math.max(1, a.looked) > each.b / Math.max(1, b.looked),
    );
    const value = more ?? values[0];
    return value ? [{ attribute: name, here: more !== undefined, ...value }] : [];
  });
}

import type { Differences, DifferentValue } from 'local-xray/console-api';

/** An attribute, and its value that differs most. */
export interface DifferenceRow extends DifferentValue {
  attribute: string;
  /** Whether it is more frequent in the selection than in the other traces. */
  here: boolean;
}

/** For each attribute the value that differs most, preferably one that is more frequent in the selection. */
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

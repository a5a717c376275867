import type { Completions } from '../console-api';

type Value = Completions['values'][number];

const MAX_VALUES = 50;

/** The values that start with `prefix`, ignoring case, most frequent first. */
export function best(values: Value[], prefix: string): Value[] {
  const wanted = prefix.toLowerCase();
  return values
    .filter(({ value }) => String(value).toLowerCase().startsWith(wanted))
    .sort((a, b) => b.count - a.count || (String(a.value) < String(b.value) ? -1 : 1))
    .slice(0, MAX_VALUES);
}

import { invalidRequest } from './xray.error';

/** A number from the query string. */
export function numberOf(query: Record<string, unknown>, key: string, missing: number): number {
  const text = query[key];
  if (text === undefined || text === '') return missing;
  const value = Number(text);
  if (!Number.isFinite(value)) throw invalidRequest(`${key} must be a number.`);
  return value;
}

/** A text from the query string; empty when it is missing. */
export function textOf(query: Record<string, unknown>, key: string): string {
  const text = query[key] ?? '';
  if (typeof text !== 'string') throw invalidRequest(`${key} may be given once only.`);
  return text;
}

/** A value from the query string that must be one of a list. */
export function oneOf<Value extends string>(
  key: string,
  value: string,
  values: readonly Value[],
): Value {
  const found = values.find((each) => each === value);
  if (found === undefined) throw invalidRequest(`${key} must be one of ${values.join(', ')}.`);
  return found;
}

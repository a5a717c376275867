/** Attributes of a span or a resource by name. */
export type SpanAttributes = ReadonlyMap<string, unknown>;

export type SpanKindName = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

type Names = readonly string[];

/** The first of these attributes that is a non-empty string. */
export function textOf(attributes: SpanAttributes, names: Names): string | undefined {
  for (const name of names) {
    const value = attributes.get(name);
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

/** The first of these attributes that is an integer, as a number or a string. */
export function integerOf(attributes: SpanAttributes, names: Names): number | undefined {
  for (const name of names) {
    const value = attributes.get(name);
    const number = typeof value === 'string' && value !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number)) return number;
  }
  return undefined;
}

/** Removes undefined members; returns undefined when none is left. */
export function compact<T extends object>(fields: T): T | undefined {
  const present: Record<string, unknown> = {};
  let any = false;
  for (const key in fields) {
    if (fields[key] === undefined) continue;
    present[key] = fields[key];
    any = true;
  }
  return any ? (present as T) : undefined;
}

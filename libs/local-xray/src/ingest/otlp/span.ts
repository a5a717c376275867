/** An attribute as plain data; bytes are base64. */
export type AttributeValue =
  string | number | boolean | AttributeValue[] | { [key: string]: AttributeValue };

export type Attributes = Map<string, AttributeValue>;

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** A span of OTLP with what the translation needs of it. */
export interface Span {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** 16 hexadecimal digits. */
  spanId: string;
  /** Empty for the first span of a trace. */
  parentSpanId: string;
  name: string;
  kind: SpanKind;
  /** Epoch seconds. */
  start: number;
  end: number;
  attributes: Attributes;
  events: { name: string; time: number; attributes: Attributes }[];
  links: { traceId: string; spanId: string; attributes: Attributes }[];
  failed: boolean;
  statusMessage: string;
  resource: Attributes;
}

/** The first of these attributes that is a string and not empty: names changed between versions of the conventions. */
export function text(attributes: Attributes, ...keys: string[]): string | undefined {
  for (const key of keys) {
    const value = attributes.get(key);
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

/** The first of these attributes that is a whole number, or one in a string. */
export function integer(attributes: Attributes, ...keys: string[]): number | undefined {
  for (const key of keys) {
    const value = attributes.get(key);
    const number = typeof value === 'string' && value !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number)) return number;
  }
  return undefined;
}

/** Leaves out members that are undefined; undefined when none is left. */
export function compact<T extends object>(fields: T): T | undefined {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return entries.length > 0 ? (Object.fromEntries(entries) as T) : undefined;
}

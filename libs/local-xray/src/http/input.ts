import { isUtf8 } from 'node:buffer';
import { readJson } from '@nestjs-xray/document';
import { findJsonFault } from '../ingest/document/json-fault';
import { invalidRequest } from './xray.error';

/** @throws XrayError with the position of the first character that is not valid JSON. */
export function parseJson(body: Buffer | undefined): unknown {
  const text = utf8Text(body, 'The body');
  try {
    return readJson(text);
  } catch {
    throw notJson('The body', text);
  }
}

/** @param what is in the error of bytes that are no text, before `is not UTF-8` */
export function utf8Text(body: Buffer | undefined, what: string): string {
  if (!Buffer.isBuffer(body) || !isUtf8(body)) throw invalidRequest(`${what} is not UTF-8.`);
  return body.toString('utf8');
}

/** The error for `text`, in which JSON was expected. */
export function notJson(what: string, text: string): Error {
  const fault = findJsonFault(text);
  return invalidRequest(
    `${what} is not JSON: expected ${fault?.expected} at character ${fault?.position}.`,
  );
}

/** The body of a request, read field by field; each wrong one is named in an InvalidRequestException. */
export class Input {
  private constructor(
    private readonly fields: Record<string, unknown>,
    private readonly path = '',
  ) {}

  /** @param body the raw bytes; may be empty for an operation without input. */
  static parse(body: unknown): Input {
    if (!Buffer.isBuffer(body) || body.length === 0) return new Input({});
    return Input.of(parseJson(body), '');
  }

  static of(value: unknown, path: string): Input {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw invalidRequest(`${path || 'The body'} must be an object.`);
    }
    return new Input(value as Record<string, unknown>, path && `${path}.`);
  }

  /** Null and absent are the same. */
  raw(key: string): unknown {
    return Object.hasOwn(this.fields, key) ? (this.fields[key] ?? undefined) : undefined;
  }

  has(key: string): boolean {
    return this.raw(key) !== undefined;
  }

  string(key: string, rule: { max?: number; min?: number } = {}): string | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') throw this.wrong(key, 'must be a string');
    if (value.length < (rule.min ?? 0))
      throw this.wrong(key, `must have at least ${rule.min} characters`);
    if (rule.max !== undefined && value.length > rule.max) {
      throw this.wrong(key, `must have at most ${rule.max} characters`);
    }
    return value;
  }

  requiredString(key: string, rule: { max?: number; min?: number } = {}): string {
    return this.required(key, this.string(key, { min: 1, ...rule }));
  }

  number(
    key: string,
    rule: { min?: number; max?: number; integer?: boolean } = {},
  ): number | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw this.wrong(key, 'must be a number');
    if (rule.integer && !Number.isInteger(value)) throw this.wrong(key, 'must be a whole number');
    if (rule.min !== undefined && value < rule.min)
      throw this.wrong(key, `must be at least ${rule.min}`);
    if (rule.max !== undefined && value > rule.max)
      throw this.wrong(key, `must be at most ${rule.max}`);
    return value;
  }

  requiredNumber(
    key: string,
    rule: { min?: number; max?: number; integer?: boolean } = {},
  ): number {
    return this.required(key, this.number(key, rule));
  }

  boolean(key: string): boolean | undefined {
    const value = this.raw(key);
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.wrong(key, 'must be true or false');
  }

  /** Epoch seconds; AWS's SDKs write a fraction. */
  requiredTime(key: string): number {
    return this.requiredNumber(key, { min: 0, max: 1e11 });
  }

  oneOf<T extends string>(key: string, allowed: readonly T[]): T | undefined {
    const value = this.string(key);
    if (value === undefined) return undefined;
    const found = allowed.find((each) => each === value);
    if (!found) throw this.wrong(key, `must be one of ${allowed.join(', ')}`);
    return found;
  }

  array(key: string, max = Infinity): unknown[] | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw this.wrong(key, 'must be an array');
    if (value.length > max) throw this.wrong(key, `must have at most ${max} members`);
    return value as unknown[];
  }

  strings(key: string, max?: number): string[] | undefined {
    return this.array(key, max)?.map((each) => {
      if (typeof each !== 'string') throw this.wrong(key, 'must hold strings only');
      return each;
    });
  }

  requiredStrings(key: string, max?: number): string[] {
    return this.required(key, this.strings(key, max));
  }

  object(key: string): Input | undefined {
    const value = this.raw(key);
    return value === undefined ? undefined : Input.of(value, this.path + key);
  }

  requiredObject(key: string): Input {
    return this.required(key, this.object(key));
  }

  objects(key: string, max?: number): Input[] | undefined {
    return this.array(key, max)?.map((each, at) => Input.of(each, `${this.path}${key}[${at}]`));
  }

  /** Values by name, each a string. */
  stringMap(key: string, max?: number): Record<string, string> | undefined {
    const fields = this.object(key)?.fields;
    if (!fields) return undefined;
    const entries = Object.entries(fields);
    if (max !== undefined && entries.length > max)
      throw this.wrong(key, `must have at most ${max} members`);
    if (entries.some(([, value]) => typeof value !== 'string'))
      throw this.wrong(key, 'must hold strings only');
    return fields as Record<string, string>;
  }

  wrong(key: string, why: string): Error {
    return invalidRequest(`${this.path}${key} ${why}.`);
  }

  private required<T>(key: string, value: T | undefined): T {
    if (value === undefined) throw this.wrong(key, 'is required');
    return value;
  }
}

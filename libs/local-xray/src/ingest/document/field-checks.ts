import { isId, writeJson } from '@nestjs-xray/document';
import { type DocumentFaultCode, kindOf, shown } from './document-fault';

/** Thrown by the checks and caught by the parser, which turns it into a DocumentFault. */
export class Refused extends Error {
  constructor(
    readonly code: DocumentFaultCode,
    readonly field: string,
    readonly why: string,
  ) {
    super(why);
  }
}

export type Fields = Record<string, unknown>;

/** The type of a scalar field. */
export type Scalar = 'text' | 'boolean' | 'integer';

/** How many repairs of one document are listed. */
const MAX_REPAIRS = 20;

/**
 * Checks of single fields; `at` is the path of the object, with its dot.
 *
 * A field of a wrong type is converted or left out, and a repair is recorded. In strict mode, throws {@link Refused}.
 */
export class FieldChecks {
  /** Whether something was repaired, so that the original text is no longer valid. */
  protected changed = false;
  /** What was converted or left out, for people to read. */
  protected readonly repairs: string[] = [];

  constructor(private readonly convert: boolean) {}

  /** Treats null like an absent field, because some clients write unknown values as null. */
  protected present(fields: Fields, key: string): unknown {
    const value = fields[key];
    if (value !== null) return value;
    delete fields[key];
    this.changed = true;
    return undefined;
  }

  protected scalars(fields: Fields, kinds: readonly (readonly [string, Scalar])[], at: string) {
    for (const [key, kind] of kinds) {
      const value = fields[key];
      if (value !== undefined) this.scalar(fields, key, kind, at);
    }
  }

  protected object(value: unknown, field: string): Fields {
    if (isObject(value)) return value;
    throw new Refused('InvalidSegment', field, `must be an object, not ${kindOf(value)}`);
  }

  protected optionalObject(fields: Fields, key: string, at: string): Fields | undefined {
    const value = this.present(fields, key);
    if (value === undefined || isObject(value)) return value;
    this.put(fields, key, at, `must be an object, not ${kindOf(value)}`, undefined);
    return undefined;
  }

  /** The objects in an array. Other elements are left out. */
  protected objects(fields: Fields, key: string, at: string): Fields[] | undefined {
    let value = this.present(fields, key);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) {
      value = arrayOf(value);
      this.put(fields, key, at, `must be an array, not ${kindOf(fields[key])}`, value);
      if (value === undefined) return undefined;
    }
    const all = value as unknown[];
    const wrong = all.findIndex((each) => !isObject(each));
    if (wrong < 0) return all as Fields[];
    const why = `must be an object, not ${kindOf(all[wrong])}`;
    const objects = all.filter(isObject);
    this.put(fields, key, at, why, objects, `${key}[${wrong}]`);
    return objects;
  }

  /** The strings in an array. Other elements are converted to text. */
  protected texts(fields: Fields, key: string, at: string): void {
    const value = this.present(fields, key);
    if (value === undefined) return;
    if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return;
    const texts = Array.isArray(value)
      ? value.map(textOf).filter((each) => each !== undefined)
      : [];
    const put = texts.length > 0 ? texts : undefined;
    this.put(fields, key, at, `must be an array of strings, not ${kindOf(value)}`, put);
  }

  /** Checks epoch seconds: after 1970 and before the year 5138, so that sums cannot overflow. */
  protected time(fields: Fields, key: string, at: string, required: boolean): void {
    const value = this.present(fields, key);
    if (value === undefined && !required) return;
    if (isTime(value)) return;
    const why = `must be epoch seconds, not ${shown(value)}`;
    const time = secondsOf(value);
    if (required && time === undefined) throw new Refused('InvalidSegment', at + key, why);
    this.put(fields, key, at, why, time);
  }

  /** Checks an id of 16 hexadecimal digits and converts it to lower case, because ids are compared. */
  protected identifier(fields: Fields, key: string, at: string, required: boolean): void {
    const value = this.present(fields, key);
    if (value === undefined && !required) return;
    if (isId(value)) return this.lower(fields, key, value);
    const why = `must be 16 hexadecimal digits, not ${shown(value)}`;
    const code = key !== 'id' ? 'InvalidSegment' : value === undefined ? 'MissingId' : 'InvalidId';
    const id = idIn(value);
    if (required && id === undefined) throw new Refused(code, at + key, why);
    this.put(fields, key, at, why, id, key, code);
  }

  protected lower(fields: Fields, key: string, value: string): void {
    const lower = value.toLowerCase();
    if (lower === value) return;
    fields[key] = lower;
    this.changed = true;
  }

  /** Replaces a wrong value by `value`, or removes the field if it is undefined. Throws in strict mode. */
  protected put(
    fields: Fields,
    key: string,
    at: string,
    why: string,
    value: unknown,
    name = key,
    code: DocumentFaultCode = 'InvalidSegment',
  ): void {
    const field = at + name;
    if (!this.convert) throw new Refused(code, field, why);
    if (value === undefined) delete fields[key];
    else fields[key] = value;
    this.addRepair(
      `${field}: ${why}; ${value === undefined ? 'left out' : `taken as ${shown(value)}`}`,
    );
  }

  protected addRepair(repair: string): void {
    this.changed = true;
    if (this.repairs.length < MAX_REPAIRS) this.repairs.push(repair);
  }

  private scalar(fields: Fields, key: string, kind: Scalar, at: string): void {
    const value = this.present(fields, key);
    if (value === undefined) return;
    switch (kind) {
      case 'text':
        if (typeof value === 'string') return;
        return this.put(fields, key, at, `must be a string, not ${shown(value)}`, textOf(value));
      case 'boolean':
        if (typeof value === 'boolean') return;
        return this.put(
          fields,
          key,
          at,
          `must be a boolean, not ${shown(value)}`,
          booleanOf(value),
        );
      case 'integer': {
        if (Number.isSafeInteger(value)) return;
        // Some tracers write numbers as text.
        if (typeof value === 'string' && /^-?\d{1,15}$/.test(value)) {
          fields[key] = Number(value);
          this.changed = true;
          return;
        }
        const why = `must be a whole number, not ${shown(value)}`;
        return this.put(fields, key, at, why, undefined);
      }
    }
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The year 5138. */
const LATEST_TIME = 1e11;

function isTime(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value < LATEST_TIME;
}

/** `2026-11-28T02:23:28.210Z`, also with a space instead of the T, or without a time zone, which means UTC. */
const ISO_TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/i;

/** Accepts times that are often sent by mistake: text, ISO 8601, milliseconds, microseconds, nanoseconds. */
function secondsOf(value: unknown): number | undefined {
  let time: number | undefined;
  if (typeof value === 'number' || typeof value === 'bigint') time = Number(value);
  else if (typeof value === 'string') {
    const text = value.trim();
    const iso = ISO_TIME.exec(text);
    if (iso) time = Date.parse(text.replace(' ', 'T') + (iso[1] === undefined ? 'Z' : '')) / 1000;
    else if (text !== '') time = Number(text);
  }
  if (time === undefined) return undefined;
  // The ranges of the units do not overlap for times after 1973.
  for (let unit = 0; unit < 3 && time >= LATEST_TIME; unit++) time /= 1000;
  return isTime(time) ? time : undefined;
}

const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-([\da-f]{16})-[\da-f]{2}$/i;

/** The id in a value with spaces, dashes or 0x, in a number, or in a traceparent. */
function idIn(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = `${value}`.trim();
  const id = TRACEPARENT.exec(text)?.[1] ?? text.replace(/^0x/i, '').replaceAll('-', '');
  return isId(id) ? id.toLowerCase() : undefined;
}

/** Any value as text. Undefined for values without content, such as PHP's `[]` for an empty object. */
export function textOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'object') {
    if (Object.keys(value).length === 0) return undefined;
    const single: unknown = Array.isArray(value) && value.length === 1 ? value[0] : undefined;
    return typeof single === 'string' ? single : writeJson(value);
  }
  return typeof value === 'string' ? value : `${value as number | bigint | boolean}`;
}

const TRUTHS = new Map<unknown, boolean>([
  ['true', true],
  ['1', true],
  [1, true],
  ['false', false],
  ['0', false],
  [0, false],
  ['', false],
]);

function booleanOf(value: unknown): boolean | undefined {
  return TRUTHS.get(typeof value === 'string' ? value.toLowerCase() : value);
}

/** Accepts an object with numeric keys, as PHP writes arrays with gaps, and a single element without its array. */
function arrayOf(value: unknown): unknown[] | undefined {
  if (!isObject(value)) return undefined;
  const keys = Object.keys(value);
  if (keys.length === 0) return undefined;
  return keys.every((key) => /^\d+$/.test(key)) ? Object.values(value) : [value];
}

import { isId } from '@nestjs-xray/document';
import { type DocumentFaultCode, kindOf, shown } from './document-fault';

/** A fault on its way up to the parser, thrown so that the walk stays readable; nobody else sees it. */
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

/** Checks of single fields. Each throws {@link Refused}; `at` is the path of the object, with its dot. */
export class FieldChecks {
  /** Something was put right, so the text as it came no longer says the same. */
  protected changed = false;

  /** An absent field and null are the same: some clients write what they do not know as null. */
  protected present(fields: Fields, key: string): unknown {
    const value = fields[key];
    if (value !== null) return value;
    delete fields[key];
    this.changed = true;
    return undefined;
  }

  protected object(value: unknown, field: string): Fields {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Fields;
    throw new Refused('InvalidSegment', field, `must be an object, not ${kindOf(value)}`);
  }

  protected optionalObject(fields: Fields, key: string, at: string): Fields | undefined {
    const value = this.present(fields, key);
    return value === undefined ? undefined : this.object(value, at + key);
  }

  protected optionalArray(fields: Fields, key: string, at: string): unknown[] | undefined {
    const value = this.present(fields, key);
    if (value === undefined || Array.isArray(value)) return value as unknown[] | undefined;
    throw new Refused('InvalidSegment', at + key, `must be an array, not ${kindOf(value)}`);
  }

  protected optional(fields: Fields, key: string, type: 'string' | 'boolean', at: string): void {
    const value = this.present(fields, key);
    if (value === undefined || typeof value === type) return;
    throw new Refused('InvalidSegment', at + key, `must be a ${type}, not ${shown(value)}`);
  }

  /** A whole number; digits in a string are taken for one, since some tracers write them so. */
  protected whole(fields: Fields, key: string, at: string): void {
    const value = this.present(fields, key);
    if (value === undefined || Number.isSafeInteger(value)) return;
    if (typeof value === 'string' && /^\d{1,15}$/.test(value)) {
      fields[key] = Number(value);
      this.changed = true;
      return;
    }
    throw new Refused('InvalidSegment', at + key, `must be a whole number, not ${shown(value)}`);
  }

  /** Epoch seconds: later than 1970 and before the year 5138, so that no sum of them overflows. */
  protected time(fields: Fields, key: string, at: string, required: boolean): void {
    const value = this.present(fields, key);
    if (value === undefined && !required) return;
    if (typeof value === 'number' && value >= 0 && value < 1e11) return;
    throw new Refused('InvalidSegment', at + key, `must be epoch seconds, not ${shown(value)}`);
  }

  protected identifier(fields: Fields, key: string, at: string, required: boolean): void {
    const value = this.present(fields, key);
    if (value === undefined && !required) return;
    if (isId(value)) return;
    const code = key !== 'id' ? 'InvalidSegment' : value === undefined ? 'MissingId' : 'InvalidId';
    throw new Refused(code, at + key, `must be 16 hexadecimal digits, not ${shown(value)}`);
  }
}

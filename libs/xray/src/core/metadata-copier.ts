import { types } from 'node:util';
import { isArray, isError, nameIn, reasonOf } from './foreign-values';
import type { Budget } from './metadata-budget';
import {
  distinctKey,
  EntriesClass,
  isPlain,
  keyText,
  newEntries,
  type Entries,
} from './metadata-entries';
import { isSecretKey, withoutPasswords } from './redact';
import { classText, pairsIn, textInstead } from './web-objects';

/** Values that are deeper, longer or more numerous than this are cut and marked. */
const MAX_DEPTH = 8;
const MAX_STRING = 8_192;
const MAX_ITEMS = 200;
/** Total number of values at all depths: each of 200 items may hold 200 more. */
const MAX_VALUES = 5_000;
const MAX_KEY = 500;
const MAX_PASSWORD = 500;

const REDACTED = '[redacted]';

/** The copies that were made when values were recorded, with their lengths in characters. */
export const snapshots = new WeakMap<object, number>();

/** Copies values so that JSON can hold them, within the limits above and a budget. */
export class Copier {
  private values = 0;
  private readonly above: object[] = [];

  constructor(
    private readonly redacted: RegExp,
    private readonly budget: Budget,
    private readonly depth: number,
  ) {}

  copy(value: unknown): unknown {
    switch (typeof value) {
      case 'string':
        return this.text(value);
      case 'number':
        this.budget.spend(8);
        return Number.isFinite(value) ? value : String(value);
      case 'boolean':
      case 'undefined':
        this.budget.spend(5);
        return value;
      case 'bigint':
      case 'symbol':
        return this.text(value.toString());
      case 'function':
        return this.text(`[function ${nameIn(value) ?? 'anonymous'}]`);
      default:
        return value === null || value === undefined ? null : this.copyObject(value);
    }
  }

  metadataText(metadata: Record<string, Entries>): string {
    for (const namespace of Object.keys(metadata)) {
      if (!(metadata[namespace] instanceof EntriesClass))
        return JSON.stringify(this.copy(metadata));
    }
    return this.entriesText(metadata, true);
  }

  /** The entries of a namespace as JSON, or `ofNamespaces` those of the metadata as a whole. */
  private entriesText(entries: Entries, ofNamespaces: boolean): string {
    const keys = Object.keys(entries);
    let text = '';
    let cutKeys: Entries | undefined;
    this.values++;
    this.above.push(entries);
    this.budget.spend(2);
    for (let i = 0; i < keys.length; i++) {
      const before = text === '' ? '' : ',';
      if (i === MAX_ITEMS || this.budget.isSpent) {
        text += `${before}"…":"[${keys.length - i} more]"`;
        break;
      }
      const key = keys[i]!;
      let kept = this.key(key);
      if (kept !== key) {
        kept = distinctKey(kept, (cutKeys ??= newEntries()));
        cutKeys[kept] = true;
      }
      let value: string | undefined;
      if (this.isSecret(key)) value = `"${REDACTED}"`;
      else if (ofNamespaces) value = this.entriesText(entries[key] as Entries, false);
      else value = this.valueText(entries[key]);
      if (value !== undefined) text += before + keyText(kept) + value;
    }
    this.above.pop();
    return `{${text}}`;
  }

  private valueText(value: unknown): string | undefined {
    if (isPlain(value) && value.length <= this.budget.left) {
      this.budget.spend(value.length + 3);
      return `"${value}"`;
    }
    try {
      return JSON.stringify(this.copy(value));
    } catch (problem) {
      return JSON.stringify(unreadable(problem));
    }
  }

  private text(value: string): string {
    const kept = Math.min(MAX_STRING, Math.max(0, this.budget.left));
    this.budget.spend(value.length + 3);
    if (value.length <= kept) return withoutPasswords(value);
    if (kept < MAX_STRING) this.budget.exceeded = true;
    // Search a little more than is kept, so that a password that is cut off at the end is
    // recognised.
    const start = withoutPasswords(value.slice(0, kept + MAX_PASSWORD)).slice(0, kept);
    return `${start}… [${value.length - kept} more characters]`;
  }

  private copyObject(value: object): unknown {
    const size = snapshots.get(value);
    if (size !== undefined && size <= this.budget.left) {
      this.budget.spend(size);
      return value;
    }
    if (this.above.includes(value)) return '[circular]';
    if (this.above.length + this.depth >= MAX_DEPTH) return isArray(value) ? '[array]' : '[object]';
    if (++this.values > MAX_VALUES) return `[more than ${MAX_VALUES} objects]`;
    this.above.push(value);
    this.budget.spend(2);
    try {
      return this.contentsOf(value);
    } catch (problem) {
      return unreadable(problem);
    } finally {
      this.above.pop();
    }
  }

  private contentsOf(value: object): unknown {
    if (Array.isArray(value)) return this.list(value, value.length);
    const prototype: unknown = Object.getPrototypeOf(value);
    const isPlain = prototype === Object.prototype || prototype === null;
    const special = isPlain ? undefined : this.special(value);
    if (special !== undefined) return special;
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === 'function') {
      const json: unknown = toJSON.call(value);
      if (json !== value) return this.copy(json);
    }
    const keys = Object.keys(value);
    const name = isPlain || keys.length > 0 ? undefined : classText(value);
    return name === undefined ? this.record(value as Entries, keys) : this.text(name);
  }

  /** What is shown of an object whose contents are not in its properties; undefined for others. */
  private special(value: object): unknown {
    if (types.isDate(value))
      return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
    if (isError(value)) return this.error(value);
    if (types.isSet(value)) return this.list(value, value.size);
    if (types.isRegExp(value)) return this.text(String(value));
    if (types.isBoxedPrimitive(value)) return this.copy(value.valueOf());
    const pairs = pairsIn(value);
    if (pairs !== undefined) return this.pairs(pairs, types.isMap(value) ? value.size : undefined);
    const text = textInstead(value);
    return text === undefined ? undefined : this.text(text);
  }

  /** Without the stack, which is long, and without what HTTP clients add: whole requests. */
  private error(error: Error): Entries {
    const { name, message, cause, code, errors } = error as Error & Entries;
    const shown: Entries = { name, message };
    if (typeof code === 'string' || typeof code === 'number') shown.code = code;
    if (cause !== undefined) shown.cause = cause;
    if (Array.isArray(errors)) shown.errors = errors;
    return this.record(shown);
  }

  private list(items: Iterable<unknown>, length: number): unknown[] {
    const list: unknown[] = [];
    for (const item of items) {
      if (list.length >= MAX_ITEMS || this.budget.isSpent) {
        list.push(`[${length - list.length} more]`);
        break;
      }
      list.push(this.copy(item) ?? null);
    }
    return list;
  }

  /** Names with values, such as headers and the entries of a Map. A name may be repeated. */
  private pairs(pairs: Iterable<[unknown, unknown]>, size?: number): Entries {
    const result = newEntries();
    const repeated = new Set<string>();
    let count = 0;
    for (const [given, item] of pairs) {
      if (count === MAX_ITEMS || this.budget.isSpent) {
        result['…'] = size === undefined ? '[more]' : `[${size - count} more]`;
        break;
      }
      count++;
      const name = nameOfKey(given);
      const key = this.key(name);
      const shown = this.isSecret(name) ? REDACTED : this.copy(item);
      if (!(key in result) || shown === REDACTED) result[key] = shown;
      else if (repeated.has(key)) (result[key] as unknown[]).push(shown);
      else {
        result[key] = [result[key], shown];
        repeated.add(key);
      }
    }
    return result;
  }

  private record(value: Entries, keys = Object.keys(value)): Entries {
    const result = newEntries();
    for (let i = 0; i < keys.length; i++) {
      if (i === MAX_ITEMS || this.budget.isSpent) {
        result['…'] = `[${keys.length - i} more]`;
        break;
      }
      const key = keys[i]!;
      const cut = this.key(key);
      const kept = cut === key ? key : distinctKey(cut, result);
      if (this.isSecret(key)) {
        result[kept] = REDACTED;
        continue;
      }
      try {
        result[kept] = this.copy(value[key]);
      } catch (problem) {
        result[kept] = unreadable(problem);
      }
    }
    return result;
  }

  private key(key: string): string {
    const kept = key.length > MAX_KEY ? `${key.slice(0, MAX_KEY)}…` : key;
    this.budget.spend(kept.length + 4);
    return kept;
  }

  /**
   * For very long keys, only the beginning and the end are checked: `…Password`, `authorization…`.
   */
  private isSecret(key: string): boolean {
    if (key.length <= MAX_KEY) return isSecretKey(key, this.redacted);
    return this.redacted.test(key.slice(0, MAX_KEY)) || this.redacted.test(key.slice(-MAX_KEY));
  }
}

function nameOfKey(key: unknown): string {
  if (typeof key === 'function') return '[function]';
  return typeof key === 'object' && key !== null ? '[object]' : String(key);
}

const MAX_REASON = 200;

/** The text that replaces an unreadable value. */
function unreadable(problem: unknown): string {
  return `[unreadable: ${reasonOf(problem).slice(0, MAX_REASON)}]`;
}

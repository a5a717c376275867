import { DEFAULT_REDACTED, isSecretKey, withoutPasswords } from './redact';

export { DEFAULT_REDACTED };

/** Values that are deeper, longer or more numerous than this are cut and marked. */
const MAX_DEPTH = 8;
const MAX_STRING = 8_192;
const MAX_ITEMS = 200;
/** Total number of values at all depths: each of 200 items may hold 200 more. */
const MAX_VALUES = 5_000;
const MAX_KEY = 500;
const MAX_PASSWORD = 500;

const REDACTED = '[redacted]';

/** How many more characters the metadata of one document may have, roughly as JSON counts them. */
export class Budget {
  /** Whether something was left out because the budget was used up. */
  exceeded = false;

  constructor(public left: number) {}

  spend(characters: number): void {
    this.left -= characters;
  }

  /** Whether the budget is used up; checked before each value. */
  get isSpent(): boolean {
    if (this.left > 0) return false;
    this.exceeded = true;
    return true;
  }
}

/**
 * Copies any `value` so that JSON can hold it: cycles, BigInt, Map, Set, Date, Buffer, getters and
 * toJSON methods that throw. Values of keys that look secret become `[redacted]`. Copying stops
 * when `budget` is used up.
 */
export function safeCopy(
  value: unknown,
  redacted: RegExp = DEFAULT_REDACTED,
  budget = new Budget(Infinity),
): unknown {
  return new Copier(redacted, budget, 0).copy(value);
}

/** Metadata contains namespaces and a namespace contains values, so a value is two levels deep. */
const DEPTH_OF_VALUE = 2;
/**
 * Values up to this length are copied when they are recorded; longer ones when the document is
 * written.
 */
const MAX_SNAPSHOT = 4_096;

/** The length of each snapshot, in characters. */
const snapshots = new WeakMap<object, number>();

/**
 * Returns what to keep of a metadata value when it is recorded: a copy of a small value, so that
 * the application may change its own, or a large value itself.
 */
export function snapshot(value: unknown, redacted: RegExp): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const budget = new Budget(MAX_SNAPSHOT);
  const copy = new Copier(redacted, budget, DEPTH_OF_VALUE).copy(value);
  if (budget.exceeded || budget.left < 0) return value;
  if (typeof copy === 'object' && copy !== null) snapshots.set(copy, MAX_SNAPSHOT - budget.left);
  return copy;
}

/** Values by key, as `addMetadata` collects them: without the names that objects inherit. */
export type Entries = Record<string, unknown>;

// An instance of a class: V8 gives what Object.create(null) makes a hash table of its own instead.
const EntriesClass = function () {} as unknown as new () => Entries;
EntriesClass.prototype = Object.create(null) as Entries;

export const newEntries = (): Entries => new EntriesClass();

/**
 * The metadata of a node as JSON, within the same limits. What `addMetadata` collected becomes text
 * at once: a copy of it would be thrown away.
 */
export function metadataJson(
  metadata: Record<string, Entries>,
  redacted: RegExp,
  budget: Budget,
): string {
  return new Copier(redacted, budget, 0).metadataText(metadata);
}

/** Keys as JSON, with the colon after them: most come again with every request. */
const keyTexts = new Map<string, string>();
const MAX_KEY_TEXTS = 2_000;

function keyText(key: string): string {
  let text = keyTexts.get(key);
  if (text === undefined) {
    text = `${JSON.stringify(key)}:`;
    if (keyTexts.size < MAX_KEY_TEXTS) keyTexts.set(key, text);
  }
  return text;
}

class Copier {
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
        return this.text(`[function ${nameOf(value)}]`);
      default:
        return value === null || value === undefined ? null : this.copyObject(value);
    }
  }

  metadataText(metadata: Record<string, Entries>): string {
    for (const namespace of Object.keys(metadata)) {
      if (!(metadata[namespace] instanceof EntriesClass))
        return JSON.stringify(this.copy(metadata));
    }
    return this.entriesText(metadata, (entries) =>
      this.entriesText(entries as Entries, (value) => this.valueText(value)),
    );
  }

  private entriesText(entries: Entries, textOf: (value: unknown) => string | undefined): string {
    const keys = Object.keys(entries);
    let text = '';
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
      const kept = this.key(key);
      const value = this.isSecret(key) ? `"${REDACTED}"` : textOf(entries[key]);
      if (value !== undefined) text += before + keyText(kept) + value;
    }
    this.above.pop();
    return `{${text}}`;
  }

  private valueText(value: unknown): string | undefined {
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
    if (this.above.length + this.depth >= MAX_DEPTH) {
      return Array.isArray(value) ? '[array]' : '[object]';
    }
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
    if (value instanceof Date)
      return Number.isNaN(value.getTime()) ? String(value) : value.toJSON();
    if (value instanceof Error) return this.record({ name: value.name, message: value.message });
    if (value instanceof Map) return this.map(value);
    if (value instanceof Set) return this.list(value, value.size);
    if (value instanceof RegExp) return this.text(String(value));
    if (value instanceof Promise) return '[Promise]';
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
      return `[${value.constructor.name}, ${value.byteLength} bytes]`;
    }
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === 'function') {
      const json: unknown = toJSON.call(value);
      if (json !== value) return this.copy(json);
    }
    return this.record(value as Record<string, unknown>);
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

  private map(entries: Map<unknown, unknown>): Record<string, unknown> {
    const result = Object.create(null) as Record<string, unknown>;
    let count = 0;
    for (const [key, item] of entries) {
      if (count >= MAX_ITEMS || this.budget.isSpent) {
        result['…'] = `[${entries.size - count} more]`;
        break;
      }
      count++;
      const name = typeof key === 'object' && key !== null ? '[object]' : String(key);
      result[this.key(name)] = this.isSecret(name) ? REDACTED : this.copy(item);
    }
    return result;
  }

  private record(value: Record<string, unknown>): Record<string, unknown> {
    const result = Object.create(null) as Record<string, unknown>;
    const keys = Object.keys(value);
    for (let i = 0; i < keys.length; i++) {
      if (i === MAX_ITEMS || this.budget.isSpent) {
        result['…'] = `[${keys.length - i} more]`;
        break;
      }
      const key = keys[i]!;
      const kept = this.key(key);
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

function nameOf(value: object): string {
  try {
    const { name } = value as { name?: unknown };
    return typeof name === 'string' && name !== '' ? name : 'anonymous';
  } catch {
    return 'anonymous';
  }
}

const MAX_REASON = 200;

/** The text that replaces an unreadable value. Reading `problem` may fail as well. */
function unreadable(problem: unknown): string {
  try {
    const why = problem instanceof Error ? problem.message : String(problem);
    return `[unreadable: ${why.slice(0, MAX_REASON)}]`;
  } catch {
    return '[unreadable]';
  }
}

import { DEFAULT_REDACTED } from './redact';

/** Values deeper, longer or more numerous than this are cut, with a mark that says so. */
const MAX_DEPTH = 8;
const MAX_STRING = 8_192;
const MAX_ITEMS = 200;
/** Values of all depths together: each of 200 items may hold 200 more. */
const MAX_VALUES = 5_000;

const REDACTED = '[redacted]';

/**
 * A copy of `value` that JSON can hold, whatever it was: cycles, BigInt, Map, Set,
 * Date, Buffer, getters and toJSON that throw. What looks like a secret by its key
 * is replaced by `[redacted]`.
 */
export function safeCopy(value: unknown, redacted: RegExp = DEFAULT_REDACTED): unknown {
  return new Copier(redacted).copy(value);
}

class Copier {
  private values = 0;
  private readonly above: object[] = [];

  constructor(private readonly redacted: RegExp) {}

  copy(value: unknown): unknown {
    switch (typeof value) {
      case 'string':
        return value.length > MAX_STRING
          ? `${value.slice(0, MAX_STRING)}… [${value.length - MAX_STRING} more characters]`
          : value;
      case 'number':
        return Number.isFinite(value) ? value : String(value);
      case 'boolean':
      case 'undefined':
        return value;
      case 'bigint':
      case 'symbol':
        return value.toString();
      case 'function':
        return `[function ${nameOf(value)}]`;
      default:
        return value === null || value === undefined ? null : this.copyObject(value);
    }
  }

  private copyObject(value: object): unknown {
    if (this.above.includes(value)) return '[circular]';
    if (this.above.length >= MAX_DEPTH) return Array.isArray(value) ? '[array]' : '[object]';
    if (++this.values > MAX_VALUES) return `[more than ${MAX_VALUES} objects]`;
    this.above.push(value);
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
    if (value instanceof RegExp) return String(value);
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
      if (list.length >= MAX_ITEMS) {
        list.push(`[${length - MAX_ITEMS} more]`);
        break;
      }
      list.push(this.copy(item) ?? null);
    }
    return list;
  }

  private map(entries: Map<unknown, unknown>): Record<string, unknown> {
    const result = Object.create(null) as Record<string, unknown>;
    let left = MAX_ITEMS;
    for (const [key, item] of entries) {
      if (left-- === 0) {
        result['…'] = `[${entries.size - MAX_ITEMS} more]`;
        break;
      }
      const name = typeof key === 'object' && key !== null ? '[object]' : String(key);
      result[name] = this.redacted.test(name) ? REDACTED : this.copy(item);
    }
    return result;
  }

  private record(value: Record<string, unknown>): Record<string, unknown> {
    const result = Object.create(null) as Record<string, unknown>;
    const keys = Object.keys(value);
    for (let i = 0; i < keys.length; i++) {
      if (i === MAX_ITEMS) {
        result['…'] = `[${keys.length - MAX_ITEMS} more]`;
        break;
      }
      const key = keys[i]!;
      if (this.redacted.test(key)) {
        result[key] = REDACTED;
        continue;
      }
      try {
        result[key] = this.copy(value[key]);
      } catch (problem) {
        result[key] = unreadable(problem);
      }
    }
    return result;
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

/** The mark of what could not be read; the problem itself may be as bad. */
function unreadable(problem: unknown): string {
  try {
    return `[unreadable: ${problem instanceof Error ? problem.message : String(problem)}]`;
  } catch {
    return '[unreadable]';
  }
}

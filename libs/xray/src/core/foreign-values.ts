import { types } from 'node:util';

/** Values of the application can be Proxies or have getters that throw; nothing here does. */

/** `value` as text; `[object]` if it cannot be converted, such as one without a prototype. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return String(value);
  } catch {
    return `[${typeof value}]`;
  }
}

/** The message of an error, or any other thrown value as text. */
export function reasonOf(problem: unknown): string {
  try {
    const text: unknown = isError(problem) ? problem.message : problem;
    return typeof text === 'string' ? text : textOf(text);
  } catch {
    return textOf(problem);
  }
}

/** Also errors of another realm, such as those that Node throws under Jest. */
export function isError(value: unknown): value is Error {
  if (types.isNativeError(value)) return true;
  try {
    return value instanceof Error;
  } catch {
    return false; // a Proxy
  }
}

/** Whether `value` is an array. A revoked Proxy is none. */
export function isArray(value: unknown): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** The name of a function or class; undefined if there is none or it cannot be read. */
export function nameIn(value: unknown): string | undefined {
  try {
    const { name } = value as { name?: unknown };
    return typeof name === 'string' && name !== '' ? name : undefined;
  } catch {
    return undefined;
  }
}

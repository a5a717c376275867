/** Whether `value` is an object or a function, and so can be a key of a WeakMap. */
export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

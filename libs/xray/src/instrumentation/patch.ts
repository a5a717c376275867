/** All replacements, including those of other copies of this package in the process. */
const KEY = Symbol.for('nestjs-xray.patched.1');
const registry = globalThis as { [KEY]?: WeakSet<object> };
const patched = (registry[KEY] ??= new WeakSet());

export type Method = (this: never, ...args: never[]) => unknown;

/**
 * Replaces the method `key` of `owner` with the result of `wrap`; does nothing if it is already
 * replaced. The replacement keeps name, arity and properties, such as `util.promisify.custom`.
 */
export function patchMethod(owner: object, key: string, wrap: (original: Method) => Method): void {
  const original: unknown = (owner as Record<string, unknown>)[key];
  if (typeof original !== 'function' || patched.has(original)) return;
  const replacement = wrap(original as Method);
  const {
    prototype: _prototype,
    arguments: _arguments,
    caller: _caller,
    ...own
  } = Object.getOwnPropertyDescriptors(original as unknown as Record<string, unknown>);
  Object.defineProperties(replacement, own);
  patched.add(replacement);
  const descriptor = Object.getOwnPropertyDescriptor(owner, key);
  Object.defineProperty(owner, key, {
    enumerable: descriptor?.enumerable ?? false,
    configurable: true,
    writable: true,
    value: replacement,
  });
}

/** The object in the prototype chain of `prototype`, itself included, that defines `key`. */
export function ownerOf(prototype: object, key: string): object | undefined {
  for (let at: object | null = prototype; at; at = Object.getPrototypeOf(at) as object | null) {
    if (Object.hasOwn(at, key)) return at;
  }
  return undefined;
}

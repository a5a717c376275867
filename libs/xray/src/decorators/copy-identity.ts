import 'reflect-metadata';

/**
 * Gives `wrapper` the name, arity, own properties and Reflect metadata of `original`. Nest's guards
 * and pipes, Swagger and schedulers rely on them.
 */
export function copyIdentity<T extends (...args: never[]) => unknown>(original: T, wrapper: T): T {
  for (const key of Reflect.ownKeys(original)) {
    if (key === 'prototype' || key === 'arguments' || key === 'caller') continue;
    Object.defineProperty(wrapper, key, Object.getOwnPropertyDescriptor(original, key)!);
  }
  for (const key of Reflect.getOwnMetadataKeys(original) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), wrapper);
  }
  return wrapper;
}

/** Returns a function that, like any method, cannot be called with `new` and has no `prototype`. */
export function asMethod<M>(holder: { traced: M }): M {
  return holder.traced;
}

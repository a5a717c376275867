import 'reflect-metadata';

/**
 * Makes `wrapper` look like `original`: name, arity, own properties and Reflect
 * metadata, on which Nest's guards, pipes, Swagger and schedulers rely.
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

/** A function like any method: it can't be called with `new`, and has no `prototype`. */
export function asMethod<M>(holder: { traced: M }): M {
  return holder.traced;
}

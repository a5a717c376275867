import 'reflect-metadata';

/** Marks that decorators leave on a class and its methods for other decorators. */
const TRACED = Symbol('nestjs-xray.traced');
const SKIPPED = Symbol('nestjs-xray.skipped');

/**
 * Wrapped methods, so that none is wrapped twice, and whether each returns a promise of its own.
 */
const wrappers = new WeakMap<object, boolean>();

export function markWrapper(wrapper: object, owned: boolean): void {
  wrappers.set(wrapper, owned);
}

/** Whether `method` is a wrapper that returns a promise created for that call alone. */
export function returnsOwnPromise(method: object): boolean {
  return wrappers.get(method) === true;
}

/** Wrappers made by @Segment(), which open a segment if none is active. */
const roots = new WeakSet<object>();

export function markRoot(wrapper: object): void {
  roots.add(wrapper);
}

export function isRoot(method: object): boolean {
  return roots.has(method);
}

/**
 * Marks that `target[key]` has its own @Subsegment() or @Segment(), which overrides the one on the
 * class.
 */
export function markTraced(target: object, key: PropertyKey): void {
  Reflect.defineMetadata(TRACED, true, target, key as string);
}

export function markSkipped(target: object, key?: PropertyKey): void {
  if (key === undefined) Reflect.defineMetadata(SKIPPED, true, target);
  else Reflect.defineMetadata(SKIPPED, true, target, key as string);
}

/** Whether @SkipSubsegment() is on the class itself. */
export function isSkippedClass(target: object): boolean {
  return Reflect.hasOwnMetadata(SKIPPED, target);
}

/** Whether the method that `owner` declares under `key` must not be wrapped (again). */
export function mustNotWrap(owner: object, key: PropertyKey, method: object): boolean {
  return (
    wrappers.has(method) ||
    Reflect.hasOwnMetadata(TRACED, owner, key as string) ||
    Reflect.hasOwnMetadata(SKIPPED, owner, key as string)
  );
}

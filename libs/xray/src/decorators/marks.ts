import 'reflect-metadata';

/** What decorators leave on a class and its methods for each other. */
const TRACED = Symbol('nestjs-xray.traced');
const SKIPPED = Symbol('nestjs-xray.skipped');

/** Wrappers made here, so that a method is not wrapped twice, and whether they give a promise of their own. */
const wrappers = new WeakMap<object, boolean>();

export function markWrapper(wrapper: object, owned: boolean): void {
  wrappers.set(wrapper, owned);
}

/** Whether `method` is a wrapper whose promises were made for one call alone. */
export function returnsOwnPromise(method: object): boolean {
  return wrappers.get(method) === true;
}

/** Wrappers of @Segment(): outside of a segment, they open one. */
const roots = new WeakSet<object>();

export function markRoot(wrapper: object): void {
  roots.add(wrapper);
}

export function isRoot(method: object): boolean {
  return roots.has(method);
}

/** `target[key]` has its own @Subsegment() or @Segment(), which wins over one on the class. */
export function markTraced(target: object, key: PropertyKey): void {
  Reflect.defineMetadata(TRACED, true, target, key as string);
}

export function markSkipped(target: object, key?: PropertyKey): void {
  if (key === undefined) Reflect.defineMetadata(SKIPPED, true, target);
  else Reflect.defineMetadata(SKIPPED, true, target, key as string);
}

/** Whether a class was opted out as a whole. */
export function isSkippedClass(target: object): boolean {
  return Reflect.hasOwnMetadata(SKIPPED, target);
}

/** Whether the method that `owner` itself declares under `key` is to be left as it is. */
export function isSettled(owner: object, key: PropertyKey, method: object): boolean {
  return (
    wrappers.has(method) ||
    Reflect.hasOwnMetadata(TRACED, owner, key as string) ||
    Reflect.hasOwnMetadata(SKIPPED, owner, key as string)
  );
}

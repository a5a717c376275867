import { storage } from './context';
import type { RecordedNode } from './recorded-node';
import { Later } from './later';
import { isLayered, replaceMethod } from './layers';
import { fail, succeed } from './outcome';

type Callback = ((value: unknown) => unknown) | null;

export interface Thenable {
  then: (onDone?: Callback, onFailed?: Callback) => unknown;
  catch?: (onFailed?: Callback) => unknown;
  finally?: (onEither?: (() => unknown) | null) => unknown;
}

export function isThenable(result: object): result is Thenable {
  return typeof (result as Partial<Thenable>).then === 'function';
}

/**
 * Traces a thenable without starting it: its `then`, `catch` and `finally` are replaced in place,
 * so it stays the same object. The node is timed from the first of these calls until it settles.
 * Later calls are not timed.
 */
export function traceThenable<T extends object>(node: RecordedNode, thenable: T & Thenable): T {
  const { then } = thenable;
  if (!Object.isExtensible(thenable)) {
    succeed(node, thenable);
    return thenable;
  }
  const later = new Later(node);
  if (isLayered(then, node)) return thenable;
  let begun = false;

  function tracedThen(this: Thenable, onDone?: Callback, onFailed?: Callback): unknown {
    const caller = storage.getStore();
    const open = begun ? undefined : later.begin(caller);
    begun = true;
    if (open === undefined) return Reflect.apply(then, this, [onDone, onFailed]);
    const done = (value: unknown): unknown => {
      succeed(open, value);
      return typeof onDone === 'function' ? storage.run(caller, onDone, value) : value;
    };
    const failed = (thrown: unknown): unknown => {
      fail(open, thrown);
      if (typeof onFailed === 'function') return storage.run(caller, onFailed, thrown);
      throw thrown;
    };
    try {
      return storage.run(open, () => Reflect.apply(then, this, [done, failed]));
    } catch (thrown) {
      fail(open, thrown);
      throw thrown;
    }
  }
  replaceMethod(thenable, 'then', tracedThen, node);
  // Call `then`, because a library's own catch and finally may bypass it, as Prisma's do.
  if (typeof thenable.catch === 'function') {
    replaceMethod(
      thenable,
      'catch',
      (onFailed?: Callback) => thenable.then(undefined, onFailed),
      node,
    );
  }
  if (typeof thenable.finally === 'function') {
    replaceMethod(
      thenable,
      'finally',
      (onEither?: (() => unknown) | null) => {
        if (typeof onEither !== 'function') return thenable.then(onEither, onEither);
        return thenable.then(
          (value) => Promise.resolve(onEither()).then(() => value),
          (thrown) =>
            Promise.resolve(onEither()).then(() => {
              throw thrown;
            }),
        );
      },
      node,
    );
  }
  return thenable;
}

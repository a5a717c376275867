import { isObservable } from 'rxjs';
import type { RecordedNode } from './recorded-node';
import { isIterator, traceIterator } from './iterator';
import { traceObservable } from './observable';
import { fail, succeed } from './outcome';
import { follow } from './promises';
import { isThenable, traceThenable } from './thenable';

const nativeThen = Reflect.get(Promise.prototype, 'then') as unknown;

/**
 * Closes `node` when the work behind `result` is over, and returns `result`:
 *
 * | result | open until |
 * |---|---|
 * | a value | now |
 * | promise | it settles |
 * | thenable that is not a promise (Prisma, knex) | from its first `then` until that settles |
 * | Observable | from subscription until complete, error or unsubscribe; one node each |
 * | iterator, generator, sync or async | from the first `next` until done, `return()` or `throw()` |
 *
 * A promise is returned as the same object, because others may hold it too. Following it marks a
 * rejection as handled, so Node does not report it if the application forgets to. `owned` says that
 * an async function created the promise for this call alone. Then a new promise that follows it is
 * returned, and Node reports an unhandled rejection as usual.
 */
export function settle<T>(node: RecordedNode, result: T, owned = false): T {
  if ((typeof result !== 'object' && typeof result !== 'function') || result === null) {
    succeed(node, result);
    return result;
  }
  return settleObject(node, result, owned);
}

function settleObject<T extends object>(node: RecordedNode, result: T, owned: boolean): T {
  try {
    if (result instanceof Promise && isPlain((result as { then: unknown }).then)) {
      return settlePromise(node, result, owned) as T;
    }
    if (isThenable(result)) return traceThenable(node, result);
    if (isObservable(result)) return traceObservable(node, result) as unknown as T;
    if (isIterator(result)) return traceIterator(node, result);
  } catch {
    // A getter or proxy threw when `result` was examined, or the constructor of a promise subclass
    // does not accept an executor. Such a result cannot be followed and counts as a plain value.
  }
  succeed(node, result);
  return result;
}

/**
 * Whether `then` is the method shared by all promises rather than one defined by a subclass. It is
 * Node's own, or a replacement such as capturePromise() of AWS's SDK installs. `await` calls
 * neither.
 */
function isPlain(then: unknown): boolean {
  return then === nativeThen || then === Reflect.get(Promise.prototype, 'then');
}

function settlePromise(node: RecordedNode, promise: Promise<unknown>, owned: boolean): unknown {
  const done = (value: unknown) => succeed(node, value);
  const failed = (thrown: unknown) => fail(node, thrown);
  if (owned) return follow(promise, done, failed);
  promise.then(done, failed);
  return promise;
}

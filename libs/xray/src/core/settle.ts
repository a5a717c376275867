import { isObservable } from 'rxjs';
import type { RecordedNode } from './recorded-node';
import { isIterator, traceIterator } from './iterator';
import { traceObservable } from './observable';
import { fail, succeed } from './outcome';
import { follow } from './promises';
import { isThenable, traceThenable } from './thenable';

const nativeThen = Reflect.get(Promise.prototype, 'then') as unknown;

/**
 * Closes `node` when the work behind `result` is over, and hands `result` back:
 *
 * | result | open until |
 * |---|---|
 * | a value | now |
 * | promise | it settles |
 * | thenable that is not a promise (Prisma, knex) | from its first `then` until that settles |
 * | Observable | from subscription until complete, error or unsubscribe; one node each |
 * | iterator, generator, sync or async | from the first `next` until done, `return()` or `throw()` |
 *
 * The same promise comes back, since others may hold it too; the price is that
 * a rejection nobody handles counts as handled, by us. `owned` says that the promise was made by
 * an async function for this call alone: then the one that follows it comes
 * back, and a rejection nobody handles is reported by Node as ever.
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
    // A getter or a proxy that throws when looked at, or a promise of a class whose constructor
    // takes no executor alone, which can't be followed: a value like any other.
  }
  succeed(node, result);
  return result;
}

/**
 * Whether `then` is what every promise has, and not one that a subclass made its own: Node's, or what
 * took its place since, as with capturePromise() of AWS's SDK. `await` calls neither.
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

import { types } from 'node:util';
import { storage } from './context';
import type { RecordedNode } from './recorded-node';
import { Later } from './later';
import { isLayered, replaceMethod } from './layers';
import { fail, succeed } from './outcome';
import { isThenable, type Thenable } from './thenable';

type Step = (this: unknown, ...args: unknown[]) => unknown;

interface AnyIterator {
  next: Step;
  return?: Step;
  throw?: Step;
}

const iteratorPrototype = prototypeOf(prototypeOf([][Symbol.iterator]()));
const asyncIteratorPrototype = prototypeOf(prototypeOf(prototypeOf((async function* () {})())));

function prototypeOf(object: object): object {
  return Object.getPrototypeOf(object) as object;
}

/**
 * Whether `result` is an iterator that can be looped over, such as a generator. False for iterables
 * such as arrays, and for database cursors: their `next` is unrelated and their iterator is another
 * object.
 */
export function isIterator(result: object): result is AnyIterator {
  if (typeof (result as Partial<AnyIterator>).next !== 'function') return false;
  if (isPrototypeOf(iteratorPrototype, result)) return true;
  if (isPrototypeOf(asyncIteratorPrototype, result)) return true;
  const iterable = result as Partial<Iterable<unknown> & AsyncIterable<unknown>>;
  const iterate = iterable[Symbol.iterator] ?? iterable[Symbol.asyncIterator];
  return typeof iterate === 'function' && Reflect.apply(iterate, result, []) === result;
}

function isPrototypeOf(prototype: object, object: object): boolean {
  return Object.prototype.isPrototypeOf.call(prototype, object);
}

/**
 * Replaces `next`, `return` and `throw` of an iterator in place. The node is timed from the first
 * `next` until the iterator is done, is left early, or throws. Every step runs with the node
 * active.
 */
export function traceIterator<T extends object>(node: RecordedNode, iterator: T & AnyIterator): T {
  if (!Object.isExtensible(iterator)) {
    succeed(node, iterator);
    return iterator;
  }
  const later = new Later(node);
  if (isLayered(iterator.next, node)) return iterator;
  let open: RecordedNode | undefined;
  let begun = false;

  const trace = (key: keyof AnyIterator, step: Step): void => {
    function traced(this: unknown, ...args: unknown[]): unknown {
      if (!begun && key === 'next') {
        begun = true;
        open = later.begin(storage.getStore());
      }
      // Left before it began, not sampled, or finished: there is nothing to record.
      if (open === undefined || open.end_time !== undefined) return Reflect.apply(step, this, args);
      return take(open, step, this, args);
    }
    replaceMethod(iterator, key, traced, node);
  };

  trace('next', iterator.next);
  if (typeof iterator.return === 'function') trace('return', iterator.return);
  if (typeof iterator.throw === 'function') trace('throw', iterator.throw);
  return iterator;
}

function take(node: RecordedNode, step: Step, self: unknown, args: unknown[]): unknown {
  let result: unknown;
  try {
    result = storage.run(node, Reflect.apply<unknown, unknown[], unknown>, step, self, args);
  } catch (thrown) {
    fail(node, thrown);
    throw thrown;
  }
  if (types.isPromise(result)) {
    result.then(
      (taken) => endIfDone(node, taken),
      (thrown: unknown) => fail(node, thrown),
    );
    return result;
  }
  if (typeof result === 'object' && result !== null && isThenable(result)) {
    return followStep(node, result);
  }
  endIfDone(node, result);
  return result;
}

/**
 * Gives a step's thenable that is not a promise, such as Bluebird's, one promise: each `then` might
 * run it again.
 */
function followStep(node: RecordedNode, step: Thenable): unknown {
  const taken = (result: unknown): unknown => {
    endIfDone(node, result);
    return result;
  };
  const failed = (thrown: unknown): never => {
    fail(node, thrown);
    throw thrown;
  };
  return storage.run(node, () => step.then(taken, failed));
}

function endIfDone(node: RecordedNode, result: unknown): void {
  try {
    const { done, value } = (result ?? {}) as { done?: boolean; value?: unknown };
    if (done) succeed(node, value);
  } catch {
    // A getter of the result threw: whoever reads it learns of it.
  }
}

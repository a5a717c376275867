import type { Warn } from '../../core/warn-once';
import { patchMethod, type Method } from '../patch';
import { exceptionsHandler, prototypesOf } from './parts';

interface Host {
  getArgByIndex(index: number): unknown;
}

/** Takes what an HTTP request threw; `response` is the framework's. */
export type ExceptionListener = (thrown: unknown, response: unknown) => void;

/**
 * Has `listener` see what HTTP requests throw, whoever throws it: handler, guard, pipe, interceptor
 * or middleware. Nest's own way to its filters is watched, since an interceptor sees nothing of
 * guards, and costs more. Once for a process.
 */
export function watchExceptions(listener: ExceptionListener, warn: Warn): void {
  for (const prototype of prototypesOf(exceptionsHandler, warn)) {
    patchMethod(prototype, 'next', (original) => watched(original, listener));
  }
}

function watched(original: Method, listener: ExceptionListener): Method {
  return function next(this: unknown, thrown: unknown, host: Host): unknown {
    const response = host.getArgByIndex(1);
    listener(thrown, response);
    try {
      return Reflect.apply(original as (...args: unknown[]) => unknown, this, [thrown, host]);
    } catch (ofFilter) {
      listener(ofFilter, response);
      throw ofFilter;
    }
  };
}

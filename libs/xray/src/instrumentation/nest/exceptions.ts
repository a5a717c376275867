import type { Warn } from '../../core/warn-once';
import { patchMethod, type Method } from '../patch';
import { eachPrototype, exceptionsHandler } from './parts';

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
  eachPrototype(exceptionsHandler, warn, (prototype) => {
    patchMethod(prototype, 'next', (original) => watched(original, listener));
    patchMethod(prototype, 'setCustomFilters', (original) => watchingFilters(original, listener));
  });
}

type Filter = { func(thrown: unknown, host: Host): unknown };

/** A filter that returns a promise fails after `next` has returned. */
function watchingFilters(original: Method, listener: ExceptionListener): Method {
  return function setCustomFilters(this: unknown, ...args: unknown[]): unknown {
    const [filters] = args;
    const watching = Array.isArray(filters)
      ? (filters as Filter[]).map((filter) => watchingFilter(filter, listener))
      : filters;
    return Reflect.apply(original as (...args: unknown[]) => unknown, this, [watching]);
  };
}

function watchingFilter(filter: Filter, listener: ExceptionListener): Filter {
  const func: Filter['func'] = (thrown, host) => {
    const result = filter.func(thrown, host);
    if (!(result instanceof Promise)) return result;
    const response = host.getArgByIndex(1);
    // What follows rejects as it does, so that nothing is reported that would not have been.
    return result.catch((ofFilter: unknown) => {
      listener(ofFilter, response);
      throw ofFilter;
    });
  };
  return { ...filter, func };
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

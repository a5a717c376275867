import type { Warn } from '../../core/warn-once';
import { patchMethod, type Method } from '../patch';
import { eachPrototype, exceptionsHandler } from './parts';

interface Host {
  getArgByIndex(index: number): unknown;
}

/** Called with what an HTTP request threw. `response` is the framework's. */
export type ExceptionListener = (thrown: unknown, response: unknown) => void;

/**
 * Calls `listener` with everything that HTTP requests throw: in handlers, guards, pipes,
 * interceptors and middleware. Patches Nest's exceptions handler, since an interceptor does not see
 * what guards throw, and costs more. Once per process.
 */
export function watchExceptions(listener: ExceptionListener, warn: Warn): void {
  eachPrototype(exceptionsHandler, warn, (prototype) => {
    patchMethod(prototype, 'next', (original) => watched(original, listener));
    patchMethod(prototype, 'setCustomFilters', (original) => watchingFilters(original, listener));
  });
}

type Filter = { func(thrown: unknown, host: Host): unknown };

/** Wraps the filters as well: an asynchronous filter may reject after `next` has returned. */
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
    // The returned promise rejects as well, so an unhandled rejection is still reported once.
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

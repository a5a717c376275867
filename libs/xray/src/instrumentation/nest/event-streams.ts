import { isObservable, tap } from 'rxjs';
import { storage } from '../../core/context';
import type { Warn } from '../../core/warn-once';
import { patchMethod, type Method } from '../patch';
import { eachPrototype, routerResponseController } from './parts';

/**
 * Calls `failed`, in the context of the request, with the error that ends a stream of `@Sse()`. Nest
 * sends the error as an event, and the response then ends normally. Once per process.
 */
export function watchEventStreams(failed: (thrown: unknown) => void, warn: Warn): void {
  eachPrototype(routerResponseController, warn, (prototype) => {
    patchMethod(prototype, 'sse', (original: Method) => {
      return function sse(this: unknown, result: unknown, ...rest: unknown[]): unknown {
        const watched = result instanceof Promise ? result.then(watch) : watch(result);
        return Reflect.apply(original as (...args: unknown[]) => unknown, this, [watched, ...rest]);
      };
    });
  });

  function watch(events: unknown): unknown {
    if (!isObservable(events)) return events;
    const active = storage.getStore();
    return events.pipe(tap({ error: (thrown: unknown) => storage.run(active, failed, thrown) }));
  }
}

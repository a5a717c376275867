import { storage, type Active } from '../core/context';
import { adopt } from './adopt';

type Work = (...args: unknown[]) => unknown;

/**
 * Replaces the cls-hooked namespace in which AWS's SDK stores the active segment or subsegment,
 * using our context. It does not need async_hooks.
 */
export const namespace = {
  name: 'AWSXRay',
  /** The SDK asserts that there is an id when it destroys a namespace. */
  id: 1,
  active: {},
  _contexts: new Map<unknown, unknown>(),

  get(key: string): unknown {
    return key === 'segment' ? storage.getStore() : undefined;
  },
  set(key: string, value: unknown): unknown {
    if (key === 'segment') storage.enterWith(adopt(value) as Active);
    return value;
  },
  run(work: (context: object) => unknown): object {
    const context = {};
    restoring(() => work(context));
    return context;
  },
  runAndReturn(work: (context: object) => unknown): unknown {
    return restoring(() => work({}));
  },
  runPromise(work: (context: object) => unknown): unknown {
    return restoring(() => work({}));
  },
  bind(work: Work): Work {
    const active = storage.getStore();
    return function (this: unknown, ...args) {
      return restoring<unknown>(() => {
        storage.enterWith(active);
        return Reflect.apply(work, this, args);
      });
    };
  },
  /** Listeners already run in the context in which their event is emitted or awaited. */
  bindEmitter(): void {},
  createContext: () => ({}),
  enter(): void {},
  exit(): void {},
  fromException: () => undefined,
};

/**
 * Undoes whatever `set` does inside `work`. On Node 20 `AsyncLocalStorage.run` does not: with the
 * store that is already active it only calls the function.
 */
function restoring<T>(work: () => T): T {
  const previous = storage.getStore();
  try {
    return work();
  } finally {
    storage.enterWith(previous);
  }
}

import type { Warn } from '../../core/warn-once';
import { patchMethod, type Method } from '../patch';
import { applicationContext, eachPrototype } from './parts';

let running = 0;

/**
 * Whether lifecycle hooks are running. Calls from hooks have no segment, and reporting that as an
 * error would prevent the application from starting.
 */
export function inLifecycleHook(): boolean {
  return running > 0;
}

/** Starts to track lifecycle hooks. Once per process. */
export function watchLifecycleHooks(warn: Warn): void {
  eachPrototype(applicationContext, warn, (prototype) => {
    for (const call of applicationContext.methods) patchMethod(prototype, call, counted);
  });
}

function counted(original: Method): Method {
  return async function (this: unknown, ...args: unknown[]): Promise<unknown> {
    running++;
    try {
      return await Reflect.apply(original as (...args: unknown[]) => unknown, this, args);
    } finally {
      running--;
    }
  };
}

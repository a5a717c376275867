import type { Warn } from '../../core/warn-once';
import { patchMethod, type Method } from '../patch';
import { applicationContext, eachPrototype } from './parts';

let running = 0;

/**
 * Whether an application is starting or shutting down: what its hooks call has no segment to
 * belong to, and an error there would break the start.
 */
export function inLifecycleHook(): boolean {
  return running > 0;
}

/** Once for a process. */
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

import { loadedPrototypes } from '../loaded-copies';
import { patchMethod, type Method } from '../patch';

/** How Nest calls the hooks of all modules, since Nest 10; each promises to be done. */
const CALLS = [
  'callInitHook',
  'callBootstrapHook',
  'callDestroyHook',
  'callBeforeShutdownHook',
  'callShutdownHook',
];

let running = 0;

/**
 * Whether an application is starting or shutting down: what its hooks call has no segment to
 * belong to, and an error there would break the start.
 */
export function inLifecycleHook(): boolean {
  return running > 0;
}

/** Once for a process. */
export function watchLifecycleHooks(): void {
  const file = '@nestjs/core/nest-application-context';
  for (const prototype of loadedPrototypes(file, 'NestApplicationContext')) {
    for (const call of CALLS) patchMethod(prototype, call, counted);
  }
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

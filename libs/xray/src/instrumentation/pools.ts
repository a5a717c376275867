import { AsyncResource } from 'node:async_hooks';
import { whenLoaded } from './loaded-copies';
import { patchMethod, type Method } from './patch';

/** The files that define mysql2's Pool, in newer and older versions. */
const MYSQL2 = ['/mysql2/lib/base/pool.js', '/mysql2/lib/pool.js'];

/**
 * Restores the context of callers that waited for a connection. Without this, a pool runs their
 * callbacks in the trace of the request that released the connection. Pools with promises
 * (generic-pool, tarn) keep the context by themselves; pg's pool is patched in outgoing/pg.ts.
 */
export function bindPools(): void {
  for (const file of MYSQL2) {
    whenLoaded(file, (module) => {
      const { prototype } = module as { prototype?: object };
      if (prototype !== undefined) patchMethod(prototype, 'getConnection', bindingCallback);
    });
  }
}

function bindingCallback(original: Method): Method {
  return function getConnection(this: unknown, ...args: unknown[]): unknown {
    const bound = args.map((each) =>
      typeof each === 'function'
        ? AsyncResource.bind(each as (...more: unknown[]) => unknown)
        : each,
    );
    return Reflect.apply(original, this, bound as never[]);
  };
}

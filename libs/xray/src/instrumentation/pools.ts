import { AsyncResource } from 'node:async_hooks';
import { whenLoaded } from './loaded-copies';
import { patchMethod, type Method } from './patch';

/** Where the class of mysql2's pools is, in newer and in older versions. */
const MYSQL2 = ['/mysql2/lib/base/pool.js', '/mysql2/lib/pool.js'];

/**
 * A pool calls whoever waits for a connection back from the work of whoever gave it back, in that
 * one's trace. Has them go on in their own. Pools that answer by promises (generic-pool, tarn) do so
 * on their own, and pg's is bound where its queries are recorded.
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

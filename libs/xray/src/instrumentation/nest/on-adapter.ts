import type { HttpAdapterHost } from '@nestjs/core';

/**
 * Calls `use` with the HTTP adapter as soon as there is one: now, or in tests when
 * createNestApplication() sets it, which is before its middleware and the body parser. Never in an
 * application without HTTP. Nest 11 has an observable for this, Nest 10 has not.
 */
export function onAdapter<A>(host: HttpAdapterHost, use: (adapter: A) => void): void {
  const present = host.httpAdapter as A | null | undefined;
  if (present) return use(present);
  const prototype = Object.getPrototypeOf(host) as object;
  const accessor = Object.getOwnPropertyDescriptor(prototype, 'httpAdapter');
  if (accessor?.set === undefined) return;
  Object.defineProperty(host, 'httpAdapter', {
    configurable: true,
    get: () => accessor.get?.call(host) as unknown,
    set: (adapter: A | null) => {
      Reflect.deleteProperty(host, 'httpAdapter');
      accessor.set!.call(host, adapter);
      if (adapter) use(adapter);
    },
  });
}

import type { HttpAdapterHost } from '@nestjs/core';
import type { Warn } from '../../core/warn-once';

/**
 * Calls `use` with the HTTP adapter: now, if it exists, and each time that createNestApplication() of
 * a testing module sets one, which is before middleware and the body parser are added. The present
 * adapter may be left over from an earlier test. Never called in an application without HTTP. Nest 11
 * has an observable for this; Nest 10 does not.
 */
export function onAdapter<A>(host: HttpAdapterHost, use: (adapter: A) => void, warn: Warn): void {
  const present = host.httpAdapter as A | null | undefined;
  if (present) use(present);
  const prototype = Object.getPrototypeOf(host) as object;
  const accessor = Object.getOwnPropertyDescriptor(prototype, 'httpAdapter');
  if (accessor?.set === undefined) {
    if (present) return;
    const message =
      'Could not find HttpAdapterHost.httpAdapter: HTTP requests of applications created by ' +
      'createNestApplication() of a testing module get no segment. This version of Nest may be newer ' +
      'than this version of nestjs-xray, so look for a newer one.';
    return warn('http-adapter-host', message);
  }
  Object.defineProperty(host, 'httpAdapter', {
    configurable: true,
    get: () => accessor.get?.call(host) as unknown,
    set: (adapter: A | null) => {
      accessor.set!.call(host, adapter);
      if (adapter) use(adapter);
    },
  });
}

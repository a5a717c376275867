import 'reflect-metadata';
import type { DiscoveryService } from '@nestjs/core';
import { asMethod, copyIdentity } from '../decorators/copy-identity';
import { methodsOf } from '../decorators/wrap-class';
import { share, shareAlso, type Undo } from '../decorators/shared-wrappers';
import { setHandlerName } from '../entry/handler-name';

/** Nest stores the path of a handler under this key. */
const PATH = 'path';

type Handler = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Stores the controller and handler on every HTTP handler function. A request can then be named
 * after its route without an interceptor, even if a guard or a pipe rejected it.
 */
export function nameHandlers(discovery: DiscoveryService): Undo[] {
  return discovery.getControllers().flatMap(({ metatype }) => {
    const prototype = (metatype as { prototype?: object } | null)?.prototype;
    if (typeof metatype !== 'function' || prototype === undefined) return [];
    const controller = metatype.name;
    return [...methodsOf(prototype, Object.prototype)].flatMap(([key, from]) => {
      const method = Reflect.get(from, key) as Handler;
      if (!Reflect.hasMetadata(PATH, method)) return [];
      const name = { controller, handler: String(key) };
      const there = shareAlso(method);
      if (there !== undefined) return [there];
      if (from === prototype) {
        setHandlerName(method, name);
        return [];
      }
      // An inherited handler may serve several controllers, so each gets a function of its own.
      const wrapper = delegate(prototype, key, method);
      setHandlerName(wrapper, name);
      return [share(wrapper, () => void Reflect.deleteProperty(prototype, key))];
    });
  });
}

function delegate(prototype: object, key: string | symbol, method: Handler): Handler {
  const value = asMethod<Handler>({
    traced(this: unknown, ...args: unknown[]): unknown {
      const base = Object.getPrototypeOf(prototype) as object;
      return Reflect.apply(Reflect.get(base, key, this) as Handler, this, args);
    },
  });
  copyIdentity(method, value);
  Object.defineProperty(prototype, key, { value, configurable: true, writable: true });
  return value;
}

import 'reflect-metadata';
import type { DiscoveryService } from '@nestjs/core';
import { asMethod, copyIdentity } from '../decorators/copy-identity';
import { methodsOf } from '../decorators/wrap-class';
import { share, shareAlso, type Undo } from '../decorators/shared-wrappers';
import { setHandlerName } from '../entry/handler-name';

/** Under this key Nest keeps the path of a handler. */
const PATH = 'path';

type Handler = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Writes on every HTTP handler whose it is, so that a request can be named by the route it took,
 * without an interceptor: also when a guard refused it or a pipe its parameters.
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
      // An inherited handler may serve several controllers: each gets a function of its own to bear its name.
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

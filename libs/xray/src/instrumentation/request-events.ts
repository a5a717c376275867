import { IncomingMessage, ServerResponse } from 'node:http';
import { storage, type Active } from '../core/context';
import { patchMethod, type Method } from './patch';

type Context = NonNullable<Active>;

/** The contexts of requests and responses; shared by all copies of this package in the process. */
const KEY = Symbol.for('nestjs-xray.events.1');
const registry = globalThis as { [KEY]?: WeakMap<object, Context> };
const contexts = (registry[KEY] ??= new WeakMap());

/**
 * Runs the listeners of a request and of its response in `context`.
 *
 * Node emits `data`, `end` and `close` from the connection's parser, outside any request. Code that
 * continues from such a listener would lose the trace, such as a middleware that calls `next()` when
 * it has read the body. Patches the prototypes, not the objects: adding a property to a request of
 * Express costs more than all of this.
 */
export function keepContextOfEvents(context: Context, request: object, response: object): void {
  contexts.set(request, context);
  contexts.set(response, context);
}

/** Does the same for a gRPC call, whose messages also come from the connection's parser. */
export function keepContextOfCall(context: Context, call: object): void {
  contexts.set(call, context);
  patchEmit(Object.getPrototypeOf(call) as object);
}

/** Patches the HTTP/1 classes. Once per process. */
export function watchRequestEvents(): void {
  patchEmit(IncomingMessage.prototype);
  patchEmit(ServerResponse.prototype);
}

/** Patches the HTTP/2 classes. Takes them from a first request, since Node loads them lazily. */
export function watchHttp2Events(request: object, response: object): void {
  patchEmit(Object.getPrototypeOf(request) as object);
  patchEmit(Object.getPrototypeOf(response) as object);
}

function patchEmit(prototype: object): void {
  patchMethod(prototype, 'emit', emitInContext);
}

function emitInContext(original: Method): Method {
  return function emit(this: object, ...args: unknown[]): unknown {
    const context = contexts.get(this);
    if (context === undefined || isActive(context)) return Reflect.apply(original, this, args);
    return storage.run(context, Reflect.apply, original, this, args);
  };
}

/** Whether `context`, or a subsegment of it, is active. */
function isActive(context: Context): boolean {
  const active = storage.getStore();
  return (
    active === context || (active !== undefined && !active.notTraced && active.root === context)
  );
}

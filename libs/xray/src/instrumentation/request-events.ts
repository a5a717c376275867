import { IncomingMessage, ServerResponse } from 'node:http';
import { storage, type Active } from '../core/context';
import { patchMethod, type Method } from './patch';

type Context = NonNullable<Active>;

/** What requests and responses belong to; one for all copies of this package in the process. */
const KEY = Symbol.for('nestjs-xray.events.1');
const registry = globalThis as { [KEY]?: WeakMap<object, Context> };
const contexts = (registry[KEY] ??= new WeakMap());

/**
 * Has the listeners of a request and of its response run in `context`.
 *
 * Node emits `data`, `end` and `close` from the parser of the connection, which belongs to no
 * request, so whoever goes on from such a listener would be outside of the trace: a middleware that
 * calls `next()` when the body has been read. The prototypes are patched and not the objects, since
 * a new property on a request of Express costs more than all of this.
 */
export function keepContextOfEvents(context: Context, request: object, response: object): void {
  contexts.set(request, context);
  contexts.set(response, context);
}

/** The same for a call of gRPC, whose messages come from the parser of its connection too. */
export function keepContextOfCall(context: Context, call: object): void {
  contexts.set(call, context);
  patchEmit(Object.getPrototypeOf(call) as object);
}

/** Patches the classes of HTTP/1. Once for a process. */
export function watchRequestEvents(): void {
  patchEmit(IncomingMessage.prototype);
  patchEmit(ServerResponse.prototype);
}

/** Patches those of HTTP/2, taken from the first request of it: Node loads them when they are needed. */
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

/** Whether `context` is what is active, or what is active is part of it. */
function isActive(context: Context): boolean {
  const active = storage.getStore();
  return (
    active === context || (active !== undefined && !active.notTraced && active.root === context)
  );
}

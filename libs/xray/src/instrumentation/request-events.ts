import { IncomingMessage, ServerResponse } from 'node:http';
import { storage, type Active } from '../core/context';
import { patchMethod, type Method } from './patch';

type Context = NonNullable<Active>;

/** The property that holds an object's context; the same for all copies of this package. */
const CONTEXT = Symbol.for('nestjs-xray.context.1');

interface Emitting {
  [CONTEXT]?: Context;
  listenerCount(event: string | symbol): number;
}

/**
 * Runs the listeners of a request and of its response in `context`.
 *
 * Node emits `data`, `end` and `close` from the connection's parser, outside any request. Code that
 * continues from such a listener would lose the trace, such as a middleware that calls `next()` when
 * it has read the body. Patches the prototypes' `emit` once and sets one property on the objects: a
 * WeakMap with an entry for each object costs several times as much, most of it garbage collection.
 */
export function keepContextOfEvents(context: Context, request: object, response: object): void {
  (request as Emitting)[CONTEXT] = context;
  (response as Emitting)[CONTEXT] = context;
}

/** Does the same for a gRPC call, whose messages also come from the connection's parser. */
export function keepContextOfCall(context: Context, call: object): void {
  (call as Emitting)[CONTEXT] = context;
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
  return function emit(this: Emitting, ...args: unknown[]): unknown {
    const context = this[CONTEXT];
    // Most events of a request have no listener.
    if (context === undefined || this.listenerCount(args[0] as string) === 0 || isActive(context)) {
      return Reflect.apply(original, this, args);
    }
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

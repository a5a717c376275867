import { EventEmitter } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { storage, type Active } from '../core/context';
import { patchMethod, type Method } from './patch';

type Context = NonNullable<Active>;

/** The context of a request's events; its request and its response both refer to it. */
interface Kept {
  context: Context | undefined;
  /** Code may handle one request twice, with another response. */
  response: object | undefined;
}

/** The property that refers to it; the same for all copies of this package. */
const KEPT = Symbol.for('nestjs-xray.request.2');

interface Emitting {
  [KEPT]?: Kept;
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
  const kept = (request as Emitting)[KEPT];
  if (kept?.response === response) {
    kept.context = context;
    return;
  }
  (request as Emitting)[KEPT] = (response as Emitting)[KEPT] = { context, response };
  if (request instanceof IncomingMessage) prepareRequestsOf(request.socket);
}

/** The context that the listeners of `emitter`, a request or a response, run in. */
export function contextOfEvents(emitter: object): Active {
  return (emitter as Emitting)[KEPT]?.context;
}

/** Does the same for a gRPC call, whose messages also come from the connection's parser. */
export function keepContextOfCall(context: Context, call: object): void {
  (call as Emitting)[KEPT] = { context, response: undefined };
  patchEmit(Object.getPrototypeOf(call) as object);
}

const prepared = new WeakSet<object>();

/**
 * Adds the property to the next requests of a connection's server before the framework sees them.
 * Express then changes the objects' prototypes, after which adding a property takes Node 4 to 9 µs.
 */
function prepareRequestsOf(socket: object | null): void {
  const { server } = (socket ?? {}) as { server?: unknown };
  if (!(server instanceof EventEmitter) || prepared.has(server)) return;
  prepared.add(server);
  server.prependListener('request', (request: Emitting, response: Emitting) => {
    request[KEPT] = response[KEPT] = { context: undefined, response };
  });
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
    // Most events of a request have no listener.
    if (this.listenerCount(args[0] as string) === 0) return Reflect.apply(original, this, args);
    const context = this[KEPT]?.context;
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

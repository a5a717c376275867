import { subscribe } from 'node:diagnostics_channel';
import { storage, type Active } from '../../core/context';
import { XRAY_HEADER } from '../../core/propagation';
import { headerChanges, isSecondHand } from '../../core/second-hand';
import type { Subsegment } from '../../core/subsegment';
import { whenLoaded } from '../loaded-copies';
import { patchMethod, type Method } from '../patch';
import { removeHeader, valueIn } from './header-list';
import { isAbort, recordAnswer, remoteRequest, startRemoteCall } from './remote-call';

/** The messages of undici's channels: https://undici.nodejs.org/#/docs/api/DiagnosticsChannel */
interface Request {
  origin?: string | URL;
  path: string;
  method: string;
  /** A list of names and values; a string in older versions. */
  headers: unknown;
  addHeader(name: string, value: string): unknown;
}

interface Response {
  statusCode: number;
  headers: (Buffer | string)[];
}

const calls = new WeakMap<Request, Subsegment>();
/** What was active when each request was created. */
const callers = new WeakMap<Request, Active & object>();
let installed = false;

/** Records `fetch` and all other requests of undici, both Node's copy and the package. */
export function captureFetch(): void {
  keepContextOfQueued();
  if (installed) return;
  installed = true;
  on('create', ({ request }) => begin(request));
  on('headers', ({ request, response }) => {
    const subsegment = calls.get(request);
    if (!subsegment || subsegment.isClosed() || !response) return;
    recordAnswer(subsegment, response.statusCode, valueIn(response.headers, 'content-length'));
  });
  on('trailers', ({ request }) => calls.get(request)?.close());
  on('error', ({ request, error }) => {
    const subsegment = calls.get(request);
    const answered = subsegment?.http?.response !== undefined;
    // A caller may stop reading the body of a response: the status has decided the outcome.
    subsegment?.close(answered && isStoppedByCaller(error) ? undefined : error);
  });
}

/**
 * Whether the caller stopped reading, perhaps with a reason of any kind: `body.cancel(reason)` or
 * `controller.abort(reason)`. Errors of the connection have a code. A timeout is a failure.
 */
function isStoppedByCaller(error: unknown): boolean {
  if (isAbort(error)) return true;
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  return typeof code !== 'string' && name !== 'TimeoutError' && name !== 'HTTPParserError';
}

function on(
  event: 'create' | 'headers' | 'trailers' | 'error',
  listener: (message: { request: Request; response?: Response; error?: unknown }) => void,
): void {
  subscribe(`undici:request:${event}`, (message) => {
    try {
      listener(message as Parameters<typeof listener>[0]);
    } catch {
      // An unusual request is sent unchanged and is not recorded.
    }
  });
}

function begin(request: Request): void {
  const { headers, method } = request;
  if (method === 'CONNECT') return; // a proxy's tunnel: the request through it follows
  const active = storage.getStore();
  if (active !== undefined) callers.set(request, active);
  const set = valueIn(headers, XRAY_HEADER);
  // Whoever set the header traces this call already.
  if (set !== undefined && !isSecondHand(active, XRAY_HEADER, set)) return;
  const call = startRemoteCall('fetch', () =>
    remoteRequest(method, String(request.origin), request.path),
  );
  if (!call) return;
  if (call.subsegment) calls.set(request, call.subsegment);
  if (!call.headers) return;
  const current = (name: string) => valueIn(headers, name);
  for (const [name, value] of headerChanges(active, call.headers, current)) {
    request.headers = removeHeader(request.headers, name);
    if (value !== undefined) request.addHeader(name, value);
  }
}

const contexts = new WeakMap<object, Active & object>();

/**
 * A Pool of undici with limited connections queues requests, and later starts them in the
 * context of the request that freed a connection. Restores the caller's context, which is
 * stored by the request's options object, since that stays the same.
 */
function keepContextOfQueued(): void {
  whenLoaded('/undici/index.js', (module) => {
    const { Client } = module as { Client?: { prototype: object } };
    const base = Client && (Object.getPrototypeOf(Client.prototype) as object | null);
    if (base) patchMethod(base, 'dispatch', keepingContext);
  });
  whenLoaded('/undici/lib/core/request.js', (Request) => {
    const { prototype } = Request as { prototype: object };
    for (const event of ['onHeaders', 'onComplete', 'onError']) {
      patchMethod(prototype, event, inCallersContext);
    }
  });
}

/**
 * Responses arrive in the context of the request that opened the connection. In it, undici's
 * interceptors would follow a redirect, or try again.
 */
function inCallersContext(original: Method): Method {
  return function onEvent(this: Request, ...args: unknown[]): unknown {
    const active = callers.get(this);
    const call = () => Reflect.apply(original as (...args: unknown[]) => unknown, this, args);
    return active === undefined || active === storage.getStore()
      ? call()
      : storage.run(active, call);
  };
}

function keepingContext(original: Method): Method {
  return function dispatch(this: unknown, ...args: unknown[]): unknown {
    const [options] = args;
    if (typeof options !== 'object' || options === null) {
      return Reflect.apply(original, this, args);
    }
    const active = storage.getStore();
    const begun = contexts.get(options);
    if (begun === undefined) {
      if (active !== undefined) contexts.set(options, active);
    } else if (begun !== active) {
      return storage.run(begun, () => Reflect.apply(original, this, args) as unknown);
    }
    return Reflect.apply(original, this, args);
  };
}

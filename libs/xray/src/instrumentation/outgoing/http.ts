import { subscribe } from 'node:diagnostics_channel';
import { errorMonitor } from 'node:events';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import type { Socket } from 'node:net';
import { storage, type Active } from '../../core/context';
import { XRAY_HEADER } from '../../core/propagation';
import { headerChanges, isSecondHand } from '../../core/second-hand';
import type { Subsegment } from '../../core/subsegment';
import { patchMethod, type Method } from '../patch';
import { setWrittenHeader, writtenHeader } from '../written-head';
import {
  isAbort,
  recordAnswer,
  remoteRequest,
  startRemoteCall,
  type RemoteCall,
} from './remote-call';

/** The subsegment of each recorded request. */
const calls = new WeakMap<ClientRequest, Subsegment>();
const responses = new WeakMap<ClientRequest, IncomingMessage>();
/** A response loses its reference to the socket when it ends. */
const sockets = new WeakMap<IncomingMessage, Socket>();
const seen = new WeakSet<ClientRequest>();
/** The trace headers of each request that carries ours, and what was active when it was created. */
const propagated = new WeakMap<ClientRequest, { active: Active; headers: TraceHeaders }>();
let installed = false;

type TraceHeaders = NonNullable<RemoteCall['headers']>;

/**
 * Records all requests of `node:http` and `node:https`.
 *
 * Newer versions of Node publish each request while its headers can still be set. In older
 * versions, the agent is patched, as are `request` and `get`.
 */
export function captureHttp(): void {
  if (installed) return;
  installed = true;
  subscribe('http.client.request.created', (message) =>
    begin((message as { request: ClientRequest }).request),
  );
  subscribe('http.client.response.finish', (message) => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
    answered(request, response);
  });
  patchMethod(http.ClientRequest.prototype, '_implicitHeader', settingLast);
  if (announcesRequests()) return;
  // Also covers a `request` imported before patching; but not every request has an agent.
  patchMethod(http.Agent.prototype, 'addRequest', announcing);
  for (const module of [http, https]) {
    const { request } = module;
    patchMethod(module, 'request', tracedRequest);
    // `get` calls the original `request`, not the patched one.
    if (module.request !== request) patchMethod(module, 'get', () => get(module));
  }
  syncBuiltinESMExports();
}

/** `http.client.request.created` was added in Node 22.12 and 23.2. */
function announcesRequests(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 23 || (major === 23 && minor >= 2) || (major === 22 && minor >= 12);
}

function announcing(original: Method): Method {
  return function addRequest(this: unknown, ...args: unknown[]): unknown {
    begin(args[0] as ClientRequest);
    return Reflect.apply(original, this, args);
  };
}

function tracedRequest(original: Method): Method {
  return function request(this: unknown, ...args: unknown[]): unknown {
    const made = Reflect.apply(original, this, args) as ClientRequest;
    begin(made);
    return made;
  };
}

function get(module: { request: unknown }): Method {
  return function get(...args: unknown[]): unknown {
    const made = Reflect.apply(module.request as Method, module, args) as ClientRequest;
    made.end();
    return made;
  };
}

function begin(request: ClientRequest): void {
  if (seen.has(request)) return;
  seen.add(request);
  try {
    if (request.method === 'CONNECT') return; // a proxy's tunnel: the request through it follows
    const active = storage.getStore();
    const set = headerOf(request, XRAY_HEADER);
    // Whoever set the header traces this call already: AWS's SDK, or the application.
    if (set !== undefined && !isSecondHand(active, XRAY_HEADER, set)) return;
    const call = startRemoteCall('http', () => describe(request));
    if (!call) return;
    if (call.headers) {
      propagated.set(request, { active, headers: call.headers });
      setHeaders(request, active, call.headers);
    }
    const { subsegment } = call;
    if (!subsegment) return;
    calls.set(request, subsegment);
    request.once(errorMonitor, (thrown) => subsegment.close(thrown));
    // For a response that breaks off, this is the first event.
    request.once('close', () => subsegment.close(brokenOff(responses.get(request))));
  } catch {
    // An unusual request is sent unchanged and is not recorded.
  }
}

/**
 * Node calls this method before it serialises the headers. Some clients, such as superagent, set
 * headers after they have created the request, and so replace ours by those that they repeat.
 */
function settingLast(original: Method): Method {
  return function _implicitHeader(this: unknown, ...args: unknown[]): unknown {
    const request = this as ClientRequest;
    const sent = propagated.get(request);
    if (sent?.headers.some(([name, value]) => request.getHeader(name) !== value)) {
      try {
        setHeaders(request, sent.active, sent.headers);
      } catch {
        // The request is sent with the headers that it has.
      }
    }
    return Reflect.apply(original, this, args as never[]);
  };
}

function setHeaders(request: ClientRequest, active: Active, headers: TraceHeaders): void {
  const current = (name: string) => headerOf(request, name);
  for (const [name, value] of headerChanges(active, headers, current)) {
    if (request.headersSent) setWrittenHeader(request, name, value);
    else if (value === undefined) request.removeHeader(name);
    else request.setHeader(name, value);
  }
}

function headerOf(request: ClientRequest, name: string): string | undefined {
  const value = request.getHeader(name) ?? writtenHeader(request, name.toLowerCase());
  return value === undefined ? undefined : String(value);
}

function describe(request: ClientRequest) {
  const { host, path, method, protocol } = request;
  // Only the Host header contains the port. If it names another host, it takes precedence.
  const named = request.getHeader('host') ?? writtenHeader(request, 'host');
  const authority = typeof named === 'string' && named !== '' ? named : host;
  return remoteRequest(method, `${protocol}//${authority}`, path);
}

function answered(request: ClientRequest, response: IncomingMessage): void {
  const subsegment = calls.get(request);
  if (!subsegment || subsegment.isClosed()) return;
  responses.set(request, response);
  sockets.set(response, response.socket);
  recordAnswer(subsegment, response.statusCode ?? 0, response.headers['content-length']);
  response.once('end', () => subsegment.close());
  response.once('close', () => subsegment.close(brokenOff(response)));
}

/**
 * The error that ended a response early; undefined if the caller stopped reading it, which is not a
 * failure. In that case the connection was not ended by the server and has no error.
 */
function brokenOff(response: IncomingMessage | undefined): Error | undefined {
  const errored = response?.errored;
  if (!errored || isAbort(errored)) return undefined;
  const socket = sockets.get(response);
  const reset = (errored as NodeJS.ErrnoException).code === 'ECONNRESET';
  return reset && socket && !socket.errored && !socket.readableEnded ? undefined : errored;
}

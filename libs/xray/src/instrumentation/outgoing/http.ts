import { subscribe } from 'node:diagnostics_channel';
import { errorMonitor } from 'node:events';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import type { Socket } from 'node:net';
import { XRAY_HEADER } from '../../core/propagation';
import type { Subsegment } from '../../core/subsegment';
import { patchMethod, type Method } from '../patch';
import { addWrittenHeader, writtenHeader } from '../written-head';
import { isAbort, recordAnswer, remoteRequest, startRemoteCall } from './remote-call';

/** What a request that is recorded belongs to. */
const calls = new WeakMap<ClientRequest, Subsegment>();
const responses = new WeakMap<ClientRequest, IncomingMessage>();
/** An answer forgets its own when it is over. */
const sockets = new WeakMap<IncomingMessage, Socket>();
const seen = new WeakSet<ClientRequest>();
let installed = false;

/**
 * Records the requests of `node:http` and `node:https`, whoever makes them.
 *
 * Newer versions of Node announce each request while its headers can be set; in
 * the others the agent is watched, and `request` and `get` as AWS's SDK does.
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
  if (announcesRequests()) return;
  // Also reaches a `request` that was taken from the module before; not every request has an agent.
  patchMethod(http.Agent.prototype, 'addRequest', announcing);
  for (const module of [http, https]) {
    const { request } = module;
    patchMethod(module, 'request', tracedRequest);
    // `get` calls the `request` it was made with, not the one that was put in its place.
    if (module.request !== request) patchMethod(module, 'get', () => get(module));
  }
  syncBuiltinESMExports();
}

/** `http.client.request.created` came with Node 22.12 and 23.2. */
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
    // Whoever set the header traces this call already: AWS's SDK, or the application.
    if (has(request, XRAY_HEADER)) return;
    const call = startRemoteCall('http', () => describe(request));
    if (!call) return;
    for (const [name, value] of call.headers ?? []) {
      if (has(request, name)) continue;
      if (request.headersSent) addWrittenHeader(request, name, value);
      else request.setHeader(name, value);
    }
    const { subsegment } = call;
    if (!subsegment) return;
    calls.set(request, subsegment);
    request.once(errorMonitor, (thrown) => subsegment.close(thrown));
    // An answer that broke off is known here first.
    request.once('close', () => subsegment.close(brokenOff(responses.get(request))));
  } catch {
    // What the request is like is its maker's business; it goes out as it is.
  }
}

function has(request: ClientRequest, name: string): boolean {
  return request.hasHeader(name) || writtenHeader(request, name.toLowerCase()) !== undefined;
}

function describe(request: ClientRequest) {
  const { host, path, method, protocol } = request;
  // The port is in the Host header only; a header that names another host stands for this one.
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
 * What ended an answer early; undefined where the caller did, who has its answer and may stop
 * reading. Then the connection was neither ended by the other side nor did it fail.
 */
function brokenOff(response: IncomingMessage | undefined): Error | undefined {
  const errored = response?.errored;
  if (!errored || isAbort(errored)) return undefined;
  const socket = sockets.get(response);
  const reset = (errored as NodeJS.ErrnoException).code === 'ECONNRESET';
  return reset && socket && !socket.errored && !socket.readableEnded ? undefined : errored;
}

import { outgoingPolicy, storage } from '../../core/context';
import type { OutgoingHttp } from '../../core/outgoing';
import type { RecordedNode } from '../../core/recorded-node';
import { outgoingHeaders } from '../../core/propagation';
import { Subsegment } from '../../core/subsegment';

const MAX_URL = 2_000;

/** What is known of an HTTP request before it is sent. */
export interface RemoteRequest extends OutgoingHttp {
  /** Scheme, host and port, without credentials. */
  origin: string;
  /** The query string with its `?`, or nothing. */
  search: string;
}

/** Parses the target of a request line: a path, or an absolute URL in a request to a proxy. */
export function remoteRequest(method: string, origin: string, target: string): RemoteRequest {
  const { host, hostname, protocol, pathname, search } = urlOf(target, origin);
  return {
    method,
    host: hostname.replace(/^\[|\]$/g, ''),
    origin: `${protocol}//${host}`,
    path: pathname,
    search,
  };
}

/** A path that begins with two slashes belongs to `origin`; it is not `//host/path`. */
function urlOf(target: string, origin: string): URL {
  return isSlash(target[0]) && isSlash(target[1])
    ? new URL(new URL(origin).origin + target)
    : new URL(target, origin);
}

/** URL parsing treats a backslash as a slash. */
function isSlash(character: string | undefined): boolean {
  return character === '/' || character === '\\';
}

/** An outgoing request: the subsegment if it is recorded, the headers if the trace is propagated. */
export interface RemoteCall {
  subsegment?: Subsegment;
  headers?: [name: string, value: string][];
}

/**
 * Opens the subsegment of an outgoing request according to the active trace's policy. Returns
 * undefined when the request is neither recorded nor given trace headers.
 */
export function startRemoteCall(
  target: 'http' | 'fetch',
  describe: () => RemoteRequest,
): RemoteCall | undefined {
  const active = storage.getStore();
  if (active === undefined) return undefined;
  // Requests within an AWS call, its retries and credentials, are part of that call.
  if (!active.notTraced && (active as Partial<Subsegment>).namespace === 'aws') return undefined;
  const outgoing = outgoingPolicy(active);
  if (!outgoing?.mayWant(target)) return undefined;
  const request = describe();
  if (!outgoing.wants(target, request)) return undefined;
  const propagated = outgoing.sendsHeadersTo(request.host);
  if (active.notTraced) return propagated ? { headers: outgoingHeaders(active) } : undefined;

  const subsegment = new Subsegment(request.host, active);
  subsegment.namespace = 'remote';
  const { method, origin, path, search } = request;
  const url = `${origin}${path}${outgoing.urlQuery === 'keep' ? search : ''}`;
  subsegment.http = { request: { method, url: url.slice(0, MAX_URL) } };
  return { subsegment, headers: propagated ? outgoingHeaders(subsegment) : undefined };
}

/** Records the status and the content length of the response. */
export function recordAnswer(node: RecordedNode, status: number, contentLength: unknown): void {
  const http = (node.http ??= {});
  http.response = { status };
  const length = Number(contentLength ?? NaN);
  if (Number.isSafeInteger(length) && length >= 0) http.response.content_length = length;
  if (status >= 500) node.fault = true;
  else if (status >= 400) {
    node.error = true;
    if (status === 429) node.throttle = true;
  }
}

/** Whether the caller aborted the request. A timeout is not an abort. */
export function isAbort(error: unknown): boolean {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  return name === 'AbortError' || code === 'UND_ERR_ABORTED' || code === 'UND_ERR_DESTROYED';
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { HttpDocument } from '../document';
import type { Segment } from '../core/segment';
import { handlerNameIn, handlerNameOf } from './handler-name';

/** The framework's request: Express's is the raw one, Fastify's carries it as `raw`. */
export interface FrameworkRequest {
  raw?: IncomingMessage;
  originalUrl?: string;
  /** Express: where the router that took the request is mounted. */
  baseUrl?: string;
  /** Express, once a route took the request. */
  route?: { path?: unknown; stack?: { handle?: unknown }[] };
  /** Fastify. */
  routeOptions?: { url?: string; config?: object };
}

/** Where the exchange is kept, on the raw response: its `close` event runs outside of the context. */
const EXCHANGE = Symbol('nestjs-xray.exchange');

/** A request that is being recorded. */
export class Exchange {
  /** Known when an interceptor saw them; else the route tells. */
  controller: string | undefined = undefined;
  handler: string | undefined = undefined;

  constructor(
    readonly segment: Segment,
    readonly request: FrameworkRequest,
    readonly response: ServerResponse,
  ) {
    (response as unknown as { [EXCHANGE]?: Exchange })[EXCHANGE] = this;
  }
}

/** The exchange that a response, the framework's or the raw one, belongs to; undefined when it is not recorded. */
export function exchangeOf(response: unknown): Exchange | undefined {
  if (typeof response !== 'object' || response === null) return undefined;
  const { raw = response } = response as { raw?: object };
  return (raw as { [EXCHANGE]?: Exchange })[EXCHANGE];
}

/** The request block, as AWS's SDKs write it. */
export function requestBlock(
  request: IncomingMessage & { originalUrl?: string },
  urlQuery: 'strip' | 'keep',
): NonNullable<HttpDocument['request']> {
  const { headers, socket } = request;
  const protocol = (socket as Partial<TLSSocket>).encrypted ? 'https' : 'http';
  const url = request.originalUrl ?? request.url ?? '';
  const block: NonNullable<HttpDocument['request']> = {
    method: request.method,
    url: `${protocol}://${headers.host ?? ''}${urlQuery === 'keep' ? originForm(url) : pathOf(url)}`,
  };
  const agent = headers['user-agent'];
  if (agent !== undefined) block.user_agent = agent.slice(0, 250);
  const forwarded = headers['x-forwarded-for'];
  if (forwarded !== undefined) {
    block.client_ip = String(forwarded).split(',', 1)[0]!.trim().slice(0, 250);
    block.x_forwarded_for = true;
  } else if (socket.remoteAddress !== undefined) {
    block.client_ip = socket.remoteAddress.replace(/^::ffff:/, '');
  }
  return block;
}

/** `url` without scheme and host, which clients of proxies name, perhaps with a password. */
function originForm(url: string): string {
  return url.startsWith('/') ? url : url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '') || '/';
}

/**
 * The path of `url`: no query string, nor what follows a `;`, which is where Java servers put
 * session ids and Fastify may be told to look for a query, or a `#`.
 */
export function pathOf(url: string): string {
  const path = originForm(url);
  const end = path.search(/[?;#]/);
  return end < 0 ? path : path.slice(0, end);
}

/** Takes out of what the request threw the query that its URL is recorded without: Nest's 404 quotes it. */
export function hideQuery({ segment, request }: Exchange): void {
  const { cause, http } = segment;
  const given = request.originalUrl ?? request.raw?.url;
  if (typeof cause !== 'object' || !given || http?.request?.url?.endsWith(given)) return;
  for (const exception of cause.exceptions) {
    exception.message = exception.message?.replaceAll(given, pathOf(given));
  }
}

/** Names the segment after the route that took the request, such as `/api/activities/@:handle`. */
export function recordRoute({ segment, request, controller, handler }: Exchange): void {
  const { route } = request;
  const options = route === undefined ? request.routeOptions : undefined;
  const name = route ? handlerNameOf(route.stack?.at(-1)?.handle) : handlerNameIn(options?.config);
  const path = route ? pathOfRoute(request.baseUrl, route.path) : options?.url;
  const nest: Record<string, string> = {};
  if (controller !== undefined || name !== undefined)
    nest.controller = controller ?? name!.controller;
  if (handler !== undefined || name !== undefined) nest.handler = handler ?? name!.handler;
  if (path !== undefined) {
    nest.route = path;
    segment.addAnnotation('http_route', path);
  }
  const metadata = (segment.metadata ??= {});
  metadata.nest = Object.assign(nest, metadata.nest);
}

function pathOfRoute(base: string | undefined, path: unknown): string | undefined {
  const first: unknown = Array.isArray(path) ? path[0] : path;
  return typeof first === 'string' ? (base ?? '') + first : undefined;
}

/** Puts the answer on the segment: its final status decides error, throttle and fault. */
export function recordResponse(segment: Segment, response: ServerResponse): void {
  const { statusCode } = response;
  const answer: NonNullable<HttpDocument['response']> = { status: statusCode };
  const header = sentHeader(response, 'content-length');
  const length = header === undefined ? NaN : Number(header);
  if (length >= 0) answer.content_length = length;
  (segment.http ??= {}).response = answer;
  segment.error = statusCode >= 400 && statusCode < 500;
  segment.throttle = statusCode === 429;
  segment.fault = statusCode >= 500;
}

/** An event stream has no end of its own: the client's leaving is one. */
export function isEventStream(response: ServerResponse): boolean {
  return sentHeader(response, 'content-type')?.startsWith('text/event-stream') ?? false;
}

/**
 * A header of the answer. Those given to `writeHead` alone, as Fastify does, Node keeps only in
 * the text that it sent, a field without documentation but as old as Node.
 */
function sentHeader(response: ServerResponse, name: string): string | undefined {
  const kept = response.getHeader(name);
  if (kept !== undefined) return String(kept);
  const { _header: sent } = response as { _header?: string | null };
  if (typeof sent !== 'string') return undefined;
  const start = sent.toLowerCase().indexOf(`\r\n${name}: `);
  if (start < 0) return undefined;
  const from = start + name.length + 4;
  return sent.slice(from, sent.indexOf('\r\n', from));
}

/** Marks a segment whose client hung up before the answer: there is no status to tell. */
export function recordAbort(segment: Segment): void {
  segment.error = true;
  segment.fault = segment.throttle = false;
  segment.addAnnotation('aborted', true);
}

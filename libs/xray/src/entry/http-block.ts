import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { HttpDocument } from '../document';
import type { SegmentNode } from '../core/trace-node';
import { writtenHeader } from '../instrumentation/written-head';

/**
 * The request block, as AWS's SDKs write it.
 *
 * @param target what follows the host in its URL
 */
export function requestBlock(
  { headers, socket }: IncomingMessage,
  method: string,
  host: string | undefined,
  target: string,
): NonNullable<HttpDocument['request']> {
  const protocol = (socket as Partial<TLSSocket>).encrypted ? 'https' : 'http';
  const block: NonNullable<HttpDocument['request']> = {
    method,
    url: `${protocol}://${host || addressOf(socket)}${target}`,
  };
  const agent = headers['user-agent'];
  if (agent !== undefined) block.user_agent = agent.slice(0, 250);
  const forwarded = headers['x-forwarded-for'];
  if (forwarded !== undefined) {
    block.client_ip = String(forwarded).split(',', 1)[0]!.trim().slice(0, 250);
    block.x_forwarded_for = true;
  } else if (socket.remoteAddress !== undefined) {
    block.client_ip = withoutMapping(socket.remoteAddress);
  }
  return block;
}

/** Where a connection came in: HTTP/1.0 does not ask its clients to name the host. */
function addressOf({ localAddress, localPort }: Partial<Socket>): string {
  if (localAddress === undefined) return '';
  const address = withoutMapping(localAddress);
  return `${address.includes(':') ? `[${address}]` : address}:${localPort}`;
}

/** An IPv4 address as such, also where it stands in one of IPv6. */
function withoutMapping(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}

/** The host that a request is for, with its port; HTTP/2 has it in a field of its own. */
export function hostIn(headers: IncomingHttpHeaders): string | undefined {
  return headers.host ?? (headers[':authority'] as string | undefined);
}

/** `url` without scheme and host, which clients of proxies name, perhaps with a password. */
export function originForm(url: string): string {
  if (url.startsWith('/')) return url;
  const scheme = url.indexOf('://');
  if (scheme < 1 || !/^[a-z][a-z\d+.-]*$/i.test(url.slice(0, Math.min(scheme, MAX_SCHEME)))) {
    return url || '/';
  }
  return url.slice(firstOf(url, ['/', '?', '#'], scheme + 3)) || '/';
}

const MAX_SCHEME = 100;

/** Where the first of `marks` stands, or the end. */
function firstOf(text: string, marks: string[], from = 0): number {
  const found = marks.map((mark) => text.indexOf(mark, from)).filter((at) => at >= 0);
  return found.length > 0 ? Math.min(...found) : text.length;
}

/**
 * The path of `url`: no query string, nor what follows a `;`, which is where Java servers put
 * session ids and Fastify may be told to look for a query, or a `#`.
 */
export function pathOf(url: string): string {
  const path = originForm(url);
  return path.slice(0, firstOf(path, ['?', ';', '#']));
}

/** Puts the answer on the segment: a final status from 400 on decides error, throttle and fault. */
export function recordResponse(segment: SegmentNode, response: ServerResponse): void {
  const { statusCode } = response;
  const answer: NonNullable<HttpDocument['response']> = { status: statusCode };
  const header = sentHeader(response, 'content-length');
  const length = header === undefined ? NaN : Number(header);
  if (length >= 0) answer.content_length = length;
  (segment.http ??= {}).response = answer;
  // What was set by hand, or by an answer that broke off, stays where the status says that all is well.
  if (statusCode < 400) return;
  segment.error = statusCode < 500;
  segment.throttle = statusCode === 429;
  segment.fault = statusCode >= 500;
}

/** An event stream has no end of its own: the client's leaving is one. */
export function isEventStream(response: ServerResponse): boolean {
  return sentHeader(response, 'content-type')?.startsWith('text/event-stream') ?? false;
}

/** A header of the answer, also where it was given to `writeHead` alone, as Fastify does. */
function sentHeader(response: ServerResponse, name: string): string | undefined {
  const kept = response.getHeader(name);
  return kept === undefined ? writtenHeader(response, name) : String(kept);
}

/** Marks a segment whose client hung up before the answer: there is no status to tell. */
export function recordAbort(segment: SegmentNode): void {
  segment.error = true;
  segment.fault = segment.throttle = false;
  segment.addAnnotation('aborted', true);
}

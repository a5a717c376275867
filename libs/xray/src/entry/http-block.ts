import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { HttpDocument } from '../document';
import type { SegmentNode } from '../core/trace-node';
import { writtenHeader } from '../instrumentation/written-head';

/**
 * The request block in the format of AWS's SDKs.
 *
 * @param target the part of the URL after the host
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

/** The address that received a connection: HTTP/1.0 clients need not send a Host header. */
function addressOf({ localAddress, localPort }: Partial<Socket>): string {
  if (localAddress === undefined) return '';
  const address = withoutMapping(localAddress);
  return `${address.includes(':') ? `[${address}]` : address}:${localPort}`;
}

/** Converts an IPv4-mapped IPv6 address to IPv4. */
function withoutMapping(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}

/** The requested host with its port. HTTP/2 has it in a separate field. */
export function hostIn(headers: IncomingHttpHeaders): string | undefined {
  return headers.host ?? (headers[':authority'] as string | undefined);
}

/** `url` without scheme and host, which clients of proxies include, possibly with a password. */
export function originForm(url: string): string {
  if (url.startsWith('/')) return url;
  const scheme = url.indexOf('://');
  if (scheme < 1 || !/^[a-z][a-z\d+.-]*$/i.test(url.slice(0, Math.min(scheme, MAX_SCHEME)))) {
    return url || '/';
  }
  return url.slice(firstOf(url, ['/', '?', '#'], scheme + 3)) || '/';
}

const MAX_SCHEME = 100;

/** The position of the first of `marks`, or the end of the text. */
function firstOf(text: string, marks: string[], from = 0): number {
  const found = marks.map((mark) => text.indexOf(mark, from)).filter((at) => at >= 0);
  return found.length > 0 ? Math.min(...found) : text.length;
}

/**
 * The path of `url` without query string, fragment, or anything after a `;`: Java servers put
 * session ids there, and Fastify can be configured to read a query there.
 */
export function pathOf(url: string): string {
  const path = originForm(url);
  return path.slice(0, firstOf(path, ['?', ';', '#']));
}

/**
 * Records the response on the segment. A status of 400 or higher decides error, throttle and fault.
 */
export function recordResponse(segment: SegmentNode, response: ServerResponse): void {
  const { statusCode } = response;
  const answer: NonNullable<HttpDocument['response']> = { status: statusCode };
  const header = sentHeader(response, 'content-length');
  const length = header === undefined ? NaN : Number(header);
  if (length >= 0) answer.content_length = length;
  (segment.http ??= {}).response = answer;
  // With a successful status, flags that were set by hand or by a broken response stay.
  if (statusCode < 400) return;
  segment.error = statusCode < 500;
  segment.throttle = statusCode === 429;
  segment.fault = statusCode >= 500;
}

/** An event stream ends when its client disconnects. */
export function isEventStream(response: ServerResponse): boolean {
  return sentHeader(response, 'content-type')?.startsWith('text/event-stream') ?? false;
}

/** A response header, even if it was only passed to `writeHead`, as Fastify does. */
function sentHeader(response: ServerResponse, name: string): string | undefined {
  const kept = response.getHeader(name);
  return kept === undefined ? writtenHeader(response, name) : String(kept);
}

/** Marks a segment whose client disconnected before the response, so there is no status. */
export function recordAbort(segment: SegmentNode): void {
  segment.error = true;
  segment.fault = segment.throttle = false;
  segment.addAnnotation('aborted', true);
}

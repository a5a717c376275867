import { request as httpRequest, type Agent, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { storage } from '../core/context';
import { clearTimeout, setTimeout } from '../core/real-time';

/** A response, whatever its status. */
export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** The body before decoding. */
  bytes: Buffer;
}

export interface HttpRequest {
  method?: string;
  headers?: Record<string, string>;
  body?: Buffer | string;
  agent?: Agent | false;
  /** Certificate authority, if it is not a public one. */
  ca?: string;
  /** From the start of the request to the end of the response. */
  timeoutMs: number;
  /** Default 4 MB. A longer response is an error. */
  maxBytes?: number;
}

const MAX_BYTES = 4_000_000;

/**
 * Sends a request of this package itself: outside any trace, within a time limit, and without
 * keeping the process alive.
 *
 * @throws when no response arrives in time, or it is too long.
 */
export function httpAnswer(
  url: string | URL,
  {
    method = 'GET',
    headers,
    body,
    agent = false,
    ca,
    timeoutMs,
    maxBytes = MAX_BYTES,
  }: HttpRequest,
): Promise<HttpAnswer> {
  const send = String(url).startsWith('https:') ? httpsRequest : httpRequest;
  return storage.exit(
    () =>
      new Promise((resolve, reject) => {
        const request = send(url, { method, headers, agent, ca }, (response) => {
          const chunks: Buffer[] = [];
          let bytes = 0;
          response.on('data', (chunk: Buffer) => {
            chunks.push(chunk);
            bytes += chunk.length;
            if (bytes > maxBytes) request.destroy(new Error('the response is too long'));
          });
          response.on('error', reject);
          response.on('end', () => {
            const { statusCode: status = 0, headers } = response;
            const bytes = Buffer.concat(chunks);
            resolve({ status, headers, body: bytes.toString(), bytes });
          });
        });
        const late = () => request.destroy(new Error(`no response within ${timeoutMs} ms`));
        const timer = setTimeout(late, timeoutMs).unref();
        request.on('close', () => clearTimeout(timer));
        request.on('error', reject);
        request.on('socket', (socket) => socket.unref());
        request.end(body);
      }),
  );
}

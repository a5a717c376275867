import { createSocket } from 'node:dgram';
import { type LocalXray, type LocalXrayOptions, startLocalXray } from '../../src';

/** A local X-Ray on a free port, in memory by default. */
export function start(options: LocalXrayOptions = {}): Promise<LocalXray> {
  return startLocalXray({ address: '127.0.0.1:0', database: ':memory:', ...options });
}

export function url(server: LocalXray, path: string): string {
  return `http://127.0.0.1:${server.port}${path}`;
}

/** Calls an operation of the X-Ray API. */
export async function call(
  server: LocalXray,
  operation: string,
  input?: object,
): Promise<{ status: number; type: string | null; body: any }> {
  const response = await fetch(url(server, `/${operation}`), {
    method: 'POST',
    body: input && JSON.stringify(input),
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('x-amzn-errortype'),
    body: text && JSON.parse(text),
  };
}

/** Sends datagrams in order, each once the one before has been handed to the kernel. */
export async function sendUdp(server: LocalXray, ...datagrams: (Buffer | string)[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const each of datagrams) {
    await new Promise<void>((resolve, reject) => {
      socket.send(each, server.port, '127.0.0.1', (error) => (error ? reject(error) : resolve()));
    });
  }
  await new Promise<void>((resolve) => socket.close(resolve));
}

export function datagram(document: object): string {
  return `{"format": "json", "version": 1}\n${JSON.stringify(document)}`;
}

/** Puts documents over HTTP and expects each to be taken. */
export async function put(server: LocalXray, ...documents: object[]): Promise<void> {
  const { body } = await call(server, 'TraceSegments', {
    TraceSegmentDocuments: documents.map((each) => JSON.stringify(each)),
  });
  expect(body).toEqual({ UnprocessedTraceSegments: [] });
}

/** Asks until `ready` is content with the answer; fails after five seconds, by default. */
export async function until<T>(
  ask: () => Promise<T>,
  ready: (answer: T) => boolean,
  withinMs = 5000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (ready(answer)) return answer;
    if (Date.now() > deadline)
      throw new Error(`Not ready: ${JSON.stringify(answer).slice(0, 2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { XrayModule, XrayService, type SegmentDocument, type XrayOptions } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An application with the module in it, and work done inside of its requests. */
export interface Tracing {
  readonly emitter: MemoryEmitter;
  readonly service: XrayService;
  /**
   * Does `work` inside a request of its own; the segment is what that request left.
   * With `if sampled` there may be none, `without a segment` there is none.
   */
  request<T>(
    work: () => T,
    headers?: Record<string, string>,
    wait?: 'if sampled' | 'without a segment',
  ): Promise<{ result: Awaited<T>; segment: SegmentDocument; headers: Headers }>;
  close(): Promise<void>;
}

/** Starts an application with `options`; without an `emitter` they get a MemoryEmitter. */
export async function tracing(options: XrayOptions): Promise<Tracing> {
  const emitter = new MemoryEmitter();
  @Module({ imports: [XrayModule.forRoot({ emitter, ...options })] })
  class App {}
  const app = await NestFactory.create(App, { logger: false });
  const pending = new Map<string, () => Promise<void>>();
  app.use((request: { url: string }, response: { end(): void }) => {
    const work = pending.get(request.url)!;
    pending.delete(request.url);
    void work().finally(() => response.end());
  });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  let count = 0;
  const service = app.get(XrayService);
  const traced = new Map<string, boolean>();

  return {
    emitter,
    service,
    close: () => app.close(),
    async request<T>(work: () => T, headers: Record<string, string> = {}, wait?: 'if sampled') {
      const path = `/work/${++count}`;
      let outcome: { result: Awaited<T> } | { thrown: unknown } | undefined;
      pending.set(path, async () => {
        traced.set(path, service.current !== undefined);
        try {
          outcome = { result: await work() };
        } catch (thrown) {
          outcome = { thrown };
        }
      });
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
      if (outcome && 'thrown' in outcome) throw outcome.thrown;
      const sent = () =>
        emitter.documents.find(
          ({ http, type }) => type === undefined && http?.request?.url?.endsWith(path),
        );
      const recorded =
        wait === undefined
          ? !headers['x-amzn-trace-id']?.includes('Sampled=0')
          : wait === 'if sampled' && traced.get(path);
      const deadline = Date.now() + 10_000;
      while (recorded && options.sampling !== 0 && !options.emitter && !sent()) {
        if (Date.now() > deadline) throw new Error(`The segment of ${path} never came.`);
        await new Promise((turn) => setImmediate(turn));
      }
      const { result } = outcome as { result: Awaited<T> };
      return { result, segment: sent()!, headers: response.headers };
    },
  };
}

/** A server that answers what it was asked, as JSON; `/status/503` with that status. */
export async function echo() {
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    const status = Number(/\/status\/(\d+)/.exec(url!)?.[1] ?? 200);
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ method, url, headers }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

/** What was emitted, as soon as there are `count` documents. */
export async function documentsOf(
  emitter: MemoryEmitter,
  count: number,
): Promise<MemoryEmitter['documents']> {
  const deadline = Date.now() + 10_000;
  while (emitter.documents.length < count) {
    if (Date.now() > deadline) {
      throw new Error(`Of ${count} documents ${emitter.documents.length} came.`);
    }
    await new Promise((turn) => setImmediate(turn));
  }
  return emitter.documents;
}

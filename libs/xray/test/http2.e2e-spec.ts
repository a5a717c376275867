import { Controller, Get, Module, NotFoundException, Post, Sse } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Subsegment, XrayModule } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { connect, type ClientHttp2Session } from 'node:http2';
import type { INestApplication } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { interval, map, type Observable } from 'rxjs';
import { documentsOf } from './tracing';

@Controller('books')
class Books {
  @Get(':id')
  find(): string {
    return 'found';
  }

  @Get('missing/one')
  missing(): never {
    throw new NotFoundException('no such book');
  }

  @Get('slow/one')
  slow(): Promise<never> {
    return new Promise(() => undefined);
  }

  @Sse('events/all')
  events(): Observable<{ data: string }> {
    return interval(5).pipe(map((count) => ({ data: String(count) })));
  }

  @Post()
  @Subsegment()
  async add(): Promise<string> {
    return 'added';
  }
}

describe('HTTP/2 on fastify', () => {
  const xray = new MemoryEmitter();
  let app: INestApplication;
  let session: ClientHttp2Session;
  let authority: string;

  beforeAll(async () => {
    @Module({
      imports: [
        XrayModule.forRoot({ serviceName: 'library', dynamicNaming: '127.*', emitter: xray }),
      ],
      controllers: [Books],
    })
    class App {}
    const adapter = new FastifyAdapter({ http2: true } as object);
    adapter.getInstance().removeAllContentTypeParsers();
    adapter.getInstance().addContentTypeParser('*', (_request, _payload, done) => done(null, {}));
    app = await NestFactory.create(App, adapter, { logger: false });
    app.use((request: IncomingMessage, _response: unknown, next: () => void) => {
      if (request.method !== 'POST') return next();
      request.on('data', () => undefined).on('end', () => next());
    });
    await app.listen(0, '127.0.0.1');
    authority = `127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
    session = connect(`http://${authority}`);
  });
  afterAll(async () => {
    session.destroy();
    await app.close();
  });
  beforeEach(() => {
    xray.documents.length = 0;
  });

  /** Asks, and with `leave` hangs up at the first data of the answer. */
  async function ask(path: string, { method = 'GET', body = '', leave = false } = {}) {
    const request = session.request({
      ...{ ':path': path, ':method': method },
      ...(body && { 'content-type': 'text/x' }),
    });
    request.on('error', () => undefined);
    request.on('data', () => {
      if (leave) request.close(8);
    });
    if (method === 'POST') request.end(body);
    await new Promise((done) => request.on('close', done));
    const [segment] = await documentsOf(xray, 1);
    return segment!;
  }

  it('has the authority in its name and URL', async () => {
    expect(await ask('/books/1')).toMatchObject({
      name: authority,
      http: { request: { url: `http://${authority}/books/1` }, response: { status: 200 } },
      annotations: { http_route: '/books/:id' },
    });
  });

  it('records a rejection by a guard with its exception', async () => {
    expect(await ask('/books/missing/one')).toMatchObject({
      error: true,
      http: { response: { status: 404 } },
      cause: { exceptions: [{ type: 'NotFoundException' }] },
    });
  });

  it('closes an event stream when the client leaves', async () => {
    const segment = await ask('/books/events/all', { leave: true });
    expect(segment).toMatchObject({ end_time: expect.any(Number) });
    expect(segment.fault).toBeUndefined();
    expect(segment.error).toBeUndefined();
  });

  it('records a client that leaves before the response', async () => {
    const request = session.request({ ':path': '/books/slow/one' });
    request.on('error', () => undefined);
    // By the time this is answered, the server has the other one.
    await ask('/books/1');
    xray.documents.length = 0;
    request.close(8);
    const [segment] = await documentsOf(xray, 1);
    expect(segment).toMatchObject({ error: true, annotations: { aborted: true } });
    expect(segment!.http).not.toHaveProperty('response');
  });

  it('keeps the context if a middleware reads the body', async () => {
    const segment = await ask('/books', { method: 'POST', body: 'x'.repeat(50_000) });
    expect(segment.subsegments).toMatchObject([{ name: 'Books.add' }]);
  });
});

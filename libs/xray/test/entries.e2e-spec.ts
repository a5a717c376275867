import {
  All,
  BadRequestException,
  Body,
  Catch,
  Controller,
  ForbiddenException,
  Get,
  Head,
  Header,
  HttpCode,
  HttpException,
  Injectable,
  Module,
  Param,
  ParseIntPipe,
  Post,
  Redirect,
  Res,
  Scope,
  Sse,
  StreamableFile,
  UseFilters,
  UseGuards,
  VersioningType,
  Version,
  type ArgumentsHost,
  type CanActivate,
  type ExceptionFilter,
  type INestApplication,
  type MessageEvent,
  type MiddlewareConsumer,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Subsegment, XrayModule, type XrayOptions } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { AsyncResource } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { Observable, interval, map, of, throwError } from 'rxjs';

/** Tells a test that its request has reached the handler. */
const entered = new EventEmitter();

/** Made outside of any request: what runs in it has lost its own, as in callbacks of a pool. */
const outside = new AsyncResource('outside');

class Closed implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

class Broken extends Error {}

@Catch(Broken)
class AsTeapot implements ExceptionFilter {
  catch(_thrown: Broken, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse();
    response.status(418).send({ teapot: true });
  }
}

@Injectable()
class Shelf {
  @Subsegment()
  find(id: string): Observable<string> {
    return id === '0' ? throwError(() => new RangeError('no shelf 0')) : of(id);
  }
}

/** Has a handler that two controllers inherit. */
class Listing {
  @Get('all')
  all(): string[] {
    return [];
  }
}

@Controller('books')
class BooksController extends Listing {
  constructor(readonly shelf: Shelf) {
    super();
  }

  @Get('shelf/:id')
  fromShelf(@Param('id') id: string): Observable<string> {
    return this.shelf.find(id);
  }

  @Get('moved')
  @Redirect('/books/all', 302)
  moved(): void {}

  @Get('closed')
  @UseGuards(Closed)
  closed(): void {}

  @Get('number/:id')
  number(@Param('id', ParseIntPipe) id: number): number {
    return id;
  }

  @Get('status/:status')
  status(@Param('status', ParseIntPipe) status: number): void {
    throw new HttpException('as asked', status);
  }

  @Get('crash')
  crash(): void {
    throw new TypeError('crash');
  }

  @Get('lost')
  lost(): void {
    throw new TypeError('nobody knows where');
  }

  @Get('text')
  text(): void {
    // Not an Error, as some libraries throw.
    throw 'just text';
  }

  @Get('teapot')
  @UseFilters(AsTeapot)
  teapot(): void {
    throw new Broken('short and stout');
  }

  @Get('file')
  @Header('content-length', '6')
  file(): StreamableFile {
    return new StreamableFile(Readable.from([Buffer.from('abc'), Buffer.from('def')]));
  }

  @Get('endless')
  endless(): StreamableFile {
    entered.emit('endless');
    return new StreamableFile(Readable.from(endlessBytes()));
  }

  @Sse('events')
  events(): Observable<MessageEvent> {
    return interval(1).pipe(map((n) => ({ data: { n } })));
  }

  @Sse('three')
  three(): Observable<MessageEvent> {
    return of(1, 2, 3).pipe(map((n) => ({ data: { n } })));
  }

  @Get('never')
  never(): Promise<void> {
    entered.emit('never');
    return new Promise(() => undefined);
  }

  @Get('by-hand')
  byHand(@Res() response: { status(code: number): { send(body: string): void } }): void {
    response.status(202).send('by hand');
  }

  @Head('head')
  @HttpCode(204)
  head(): void {}

  @All('any')
  any(): string {
    return 'any';
  }

  @Version('2')
  @Get('versioned')
  versioned(): string {
    return 'two';
  }

  @Post()
  create(@Body() { id }: { id: string }): Observable<string> {
    return this.shelf.find(id);
  }
}

async function* endlessBytes(): AsyncGenerator<Buffer> {
  for (;;) {
    await new Promise((turn) => setImmediate(turn));
    yield Buffer.alloc(1024);
  }
}

@Controller('films')
class FilmsController extends Listing {}

@Controller({ path: 'scoped', scope: Scope.REQUEST })
class ScopedController {
  @Get(':id')
  get(@Param('id') id: string): string {
    if (id === 'forbidden') throw new ForbiddenException();
    return id;
  }
}

const xray = new MemoryEmitter();

function shopModule(interceptor: boolean, options: Partial<XrayOptions> = {}) {
  @Module({
    imports: [
      XrayModule.forRoot({
        serviceName: 'shop',
        emitter: xray,
        ignore: ['/health*', ({ method }) => method === 'TRACE'],
        interceptor,
        ...options,
      }),
    ],
    controllers: [BooksController, FilmsController, ScopedController],
    providers: [Shelf],
  })
  class ShopModule {
    configure(consumer: MiddlewareConsumer): void {
      consumer
        .apply((_request: unknown, response: any) => {
          response.statusCode = 203;
          response.end('from a middleware');
        })
        .forRoutes('answered')
        .apply((_request: unknown, _response: unknown, next: () => void) =>
          outside.runInAsyncScope(next),
        )
        .forRoutes('books/lost')
        .apply(() => {
          throw new BadRequestException('not in this tone');
        })
        .forRoutes('refused');
    }
  }
  return ShopModule;
}

/** What a request should leave behind. */
interface Case {
  path: string;
  status: number;
  init?: RequestInit;
  /** Flags that are to be set; the others are not. */
  flags?: ('error' | 'fault' | 'throttle')[];
  nest?: object;
  /** No handler is known, since none was reached. */
  unrouted?: true;
  /** `type: message` of the segment's exception, or of the one further in that it refers to. */
  cause?: string;
  length?: number;
}

const json = { method: 'POST', headers: { 'content-type': 'application/json' } };
const books = (handler: string, route: string) => ({
  controller: 'BooksController',
  handler,
  route: `/api/books/${route}`,
});

const cases: Record<string, Case> = {
  'a result': { path: '/books/shelf/7', status: 200, nest: books('fromShelf', 'shelf/:id') },
  'a redirect': {
    path: '/books/moved',
    status: 302,
    init: { redirect: 'manual' },
    nest: books('moved', 'moved'),
  },
  'a refusal of a guard': {
    path: '/books/closed',
    status: 403,
    flags: ['error'],
    nest: books('closed', 'closed'),
    cause: 'ForbiddenException: Forbidden resource',
  },
  'a refusal of a pipe': {
    path: '/books/number/x',
    status: 400,
    flags: ['error'],
    nest: books('number', 'number/:id'),
    cause: 'BadRequestException: Validation failed (numeric string is expected)',
  },
  'a throttled request': {
    path: '/books/status/429',
    status: 429,
    flags: ['error', 'throttle'],
    nest: books('status', 'status/:status'),
    cause: 'HttpException: as asked',
  },
  'a status of 503': {
    path: '/books/status/503',
    status: 503,
    flags: ['fault'],
    nest: books('status', 'status/:status'),
    cause: 'HttpException: as asked',
  },
  'an exception': {
    path: '/books/crash',
    status: 500,
    flags: ['fault'],
    nest: books('crash', 'crash'),
    cause: 'TypeError: crash',
  },
  'an exception where the context was lost': {
    path: '/books/lost',
    status: 500,
    flags: ['fault'],
    nest: books('lost', 'lost'),
    cause: 'TypeError: nobody knows where',
  },
  'a thrown string': {
    path: '/books/text',
    status: 500,
    flags: ['fault'],
    nest: books('text', 'text'),
    cause: 'string: just text',
  },
  'an error of an Observable': {
    path: '/books/shelf/0',
    status: 500,
    flags: ['fault'],
    nest: books('fromShelf', 'shelf/:id'),
    cause: 'RangeError: no shelf 0',
  },
  'an exception that a filter turns into a status': {
    path: '/books/teapot',
    status: 418,
    flags: ['error'],
    nest: books('teapot', 'teapot'),
    cause: 'Broken: short and stout',
  },
  'malformed JSON': {
    path: '/books',
    status: 400,
    init: { ...json, body: '{"a":' },
    flags: ['error'],
  },
  'an unknown route': {
    path: '/nowhere',
    unrouted: true,
    status: 404,
    flags: ['error'],
    cause: 'NotFoundException: Cannot GET /api/nowhere',
  },
  'HEAD of a GET route': {
    path: '/books/all',
    status: 200,
    init: { method: 'HEAD' },
    nest: books('all', 'all'),
  },
  'a HEAD route': {
    path: '/books/head',
    status: 204,
    init: { method: 'HEAD' },
    nest: books('head', 'head'),
  },
  'a route for every method': {
    path: '/books/any',
    status: 200,
    init: { method: 'PUT' },
    nest: books('any', 'any'),
  },
  'a preflight of CORS': {
    unrouted: true,
    path: '/books/all',
    status: 204,
    init: {
      method: 'OPTIONS',
      headers: { origin: 'http://a.example', 'access-control-request-method': 'GET' },
    },
  },
  'a versioned route': {
    path: '/books/versioned',
    status: 200,
    init: { headers: { 'x-version': '2' } },
    nest: books('versioned', 'versioned'),
  },
  'a file': { path: '/books/file', status: 200, nest: books('file', 'file'), length: 6 },
  'an event stream that ends': {
    path: '/books/three',
    status: 200,
    nest: books('three', 'three'),
  },
  'an answer given by hand': {
    path: '/books/by-hand',
    status: 202,
    nest: books('byHand', 'by-hand'),
  },
  'an inherited handler': { path: '/books/all', status: 200, nest: books('all', 'all') },
  'the same handler of another controller': {
    path: '/films/all',
    status: 200,
    nest: { controller: 'FilmsController', handler: 'all', route: '/api/films/all' },
  },
  'a request-scoped controller': {
    path: '/scoped/1',
    status: 200,
    nest: { controller: 'ScopedController', handler: 'get', route: '/api/scoped/:id' },
  },
  'an exception of a request-scoped controller': {
    path: '/scoped/forbidden',
    status: 403,
    flags: ['error'],
    nest: { controller: 'ScopedController', handler: 'get', route: '/api/scoped/:id' },
    cause: 'ForbiddenException: Forbidden',
  },
  'a middleware that answers by itself': { path: '/answered', status: 203, unrouted: true },
  'a middleware that throws': {
    path: '/refused',
    unrouted: true,
    status: 400,
    flags: ['error'],
    cause: 'BadRequestException: not in this tone',
  },
};

const settings = [
  ['Express', 'with the interceptor'],
  ['Express', 'without the interceptor'],
  ['Fastify', 'with the interceptor'],
  ['Fastify', 'without the interceptor'],
] as const;

async function started(module: object, platform: string, cors = true) {
  const adapter = platform === 'Express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = await NestFactory.create(module as never, adapter as never, { logger: false });
  app.setGlobalPrefix('api');
  // What CORS sets on every answer would hide how Fastify hands its headers to Node.
  if (cors) app.enableCors();
  app.enableVersioning({
    type: VersioningType.HEADER,
    header: 'x-version',
    defaultVersion: undefined,
  } as never);
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
  return { app: app, port, url: `http://127.0.0.1:${port}/api` };
}

/** Waits for `count` documents, which are emitted when their answers have left. */
async function recorded(count = 1) {
  while (xray.documents.length < count) await new Promise((turn) => setImmediate(turn));
  return xray.documents;
}

describe.each(settings)('a segment on %s %s', (platform, mode) => {
  let app: INestApplication;
  let url: string;
  let port: number;

  beforeAll(async () => {
    ({ app, url, port } = await started(shopModule(mode === 'with the interceptor'), platform));
  });
  afterAll(() => app.close());
  beforeEach(() => {
    xray.documents.length = 0;
  });

  it.each(Object.entries(cases))('tells of %s', async (_what, wanted) => {
    const response = await fetch(url + wanted.path, wanted.init);
    await response.arrayBuffer();
    expect(response.status).toBe(wanted.status);

    const [segment] = await recorded();
    const { nest, flags = [], cause, length } = wanted;
    const route = (nest as { route?: string } | undefined)?.route;
    expect(segment).toMatchObject({
      name: 'shop',
      http: {
        request: {
          method: wanted.init?.method ?? 'GET',
          url: `http://127.0.0.1:${port}/api${wanted.path}`,
          client_ip: '127.0.0.1',
        },
        response: { status: wanted.status, ...(length && { content_length: length }) },
      },
    });
    expect(segment!.end_time!).toBeGreaterThanOrEqual(segment!.start_time);
    if (nest) {
      expect(segment!.metadata).toMatchObject({ nest });
      expect(segment!.annotations).toEqual({ http_route: route });
    } else if (wanted.unrouted) {
      expect(segment!.metadata?.nest).not.toHaveProperty('handler');
    }
    for (const flag of ['error', 'fault', 'throttle'] as const) {
      expect([flag, segment![flag] ?? false]).toEqual([flag, flags.includes(flag)]);
    }
    if (cause) expect(causeOf(segment!)).toBe(cause);
  });

  it('stays open while an event stream is open, and accepts that the client ends it', async () => {
    const leaving = new AbortController();
    const response = await fetch(`${url}/books/events`, { signal: leaving.signal });
    const events = response.body!.getReader();
    for (let i = 0; i < 3; i++) await events.read();
    expect(xray.documents).toHaveLength(0);
    leaving.abort();
    const [segment] = await recorded();
    expect(segment).toMatchObject({
      http: { response: { status: 200 } },
      annotations: { http_route: '/api/books/events' },
    });
    expect(segment!.error).toBeUndefined();
    expect(segment!.annotations).not.toHaveProperty('aborted');
  });

  it('accepts that an event stream ends, also without further headers', async () => {
    const bare = await started(shopModule(mode === 'with the interceptor'), platform, false);
    try {
      const leaving = new AbortController();
      const response = await fetch(`${bare.url}/books/events`, { signal: leaving.signal });
      await response.body!.getReader().read();
      leaving.abort();
      const [segment] = await recorded();
      expect([segment!.error, segment!.http!.response]).toEqual([undefined, { status: 200 }]);
    } finally {
      await bare.app.close();
    }
  });

  it.each(['never', 'endless'])('marks a client that hangs up on %s', async (path) => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const handled = once(entered, path);
    socket.write(`GET /api/books/${path} HTTP/1.1\r\nHost: shop\r\n\r\n`);
    await handled;
    socket.destroy();
    const [segment] = await recorded();
    expect(segment).toMatchObject({ error: true, annotations: { aborted: true } });
    expect(segment!.fault).toBeUndefined();
    expect(segment!.http!.response).toBeUndefined();
  });

  it('is the context of a handler that had to wait for the body', async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const body = '{"id":"9"}';
    socket.write(
      `POST /api/books HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    await new Promise((turn) => setImmediate(turn));
    socket.write(body);
    const [segment] = await recorded();
    socket.destroy();
    expect(segment).toMatchObject({
      http: { response: { status: 201 } },
      subsegments: [{ name: 'Shelf.find' }],
    });
  });

  it('leaves out ignored requests', async () => {
    await (await fetch(`${url.replace('/api', '')}/healthz`)).text();
    await (await fetch(`${url}/books/any`)).text();
    const [segment, ...others] = await recorded();
    expect([segment!.http!.request!.url, others]).toEqual([`${url}/books/any`, []]);
  });

  it('is recorded for each request on a kept-alive connection', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'GET /api/books/any HTTP/1.1\r\nHost: a\r\n\r\nGET /api/films/all HTTP/1.1\r\nHost: a\r\n\r\n',
    );
    const documents = await recorded(2);
    socket.destroy();
    expect(documents.map((document) => document.annotations)).toEqual([
      { http_route: '/api/books/any' },
      { http_route: '/api/films/all' },
    ]);
  });

  it('continues the trace of the caller and answers its sampling question', async () => {
    const root = '1-5759e988-bd862e3fe1be46a994272793';
    const response = await fetch(`${url}/books/any`, {
      headers: { 'x-amzn-trace-id': `Root=${root};Parent=53995c3f42cd8ad8;Sampled=?` },
    });
    expect(response.headers.get('x-amzn-trace-id')).toBe(`Root=${root};Sampled=1`);
    const [segment] = await recorded();
    expect(segment).toMatchObject({ trace_id: root, parent_id: '53995c3f42cd8ad8' });
  });

  it('keeps 200 concurrent requests apart', async () => {
    await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        fetch(`${url}/books/shelf/${n + 1}`).then((r) => r.text()),
      ),
    );
    const documents = await recorded(200);
    expect(new Set(documents.map((d) => d.trace_id)).size).toBe(200);
    for (const { subsegments } of documents)
      expect(subsegments).toMatchObject([{ name: 'Shelf.find' }]);
  });
});

/** `type: message` of the exception that a (sub)segment has, or that it refers to further in. */
function causeOf({ cause, subsegments = [] }: any): string | undefined {
  if (typeof cause === 'object') {
    return `${cause.exceptions[0].type}: ${cause.exceptions[0].message}`;
  }
  return subsegments.map(causeOf).find(Boolean);
}

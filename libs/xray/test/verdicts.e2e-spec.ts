import {
  Catch,
  Controller,
  Get,
  Inject,
  Module,
  NotFoundException,
  Res,
  Sse,
  StreamableFile,
  UseFilters,
  type ArgumentsHost,
  type ExceptionFilter,
  type INestApplication,
  type MessageEvent,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  Segment,
  Subsegment,
  XrayModule,
  XrayService,
  type SegmentDocument,
  type SubsegmentDocument,
  type TraceNode,
} from 'nestjs-xray';
import { MemoryEmitter, trace } from 'nestjs-xray/testing';
import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import {
  concat,
  finalize,
  firstValueFrom,
  mergeMap,
  of,
  throwError,
  timer,
  type Observable,
} from 'rxjs';
import * as undici from 'undici';
import { runChild } from './child/run-child';
import { documentsOf, tracing, type Tracing } from './tracing';

describe('a response that the caller does not read to its end', () => {
  let app: Tracing;
  let large: http.Server;
  let url: string;

  beforeAll(async () => {
    app = await tracing({ serviceName: 'reader' });
    large = http.createServer((request, response) => {
      response.statusCode = request.url === '/failing' ? 503 : 200;
      response.write('x'.repeat(1_000_000));
      if (request.url === '/broken') setImmediate(() => response.destroy());
      else response.write('x'.repeat(4_000_000));
    });
    await new Promise<void>((done) => large.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(large.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await app.close();
    large.closeAllConnections();
    large.close();
  });

  const get = (path: string) =>
    new Promise<IncomingMessage & { request: http.ClientRequest }>((done, failed) => {
      const request = http.get(url + path, (response) =>
        done(Object.assign(response, { request })),
      );
      request.on('error', failed);
    });
  const closed = (stream: { once(event: 'close', done: () => void): unknown }) =>
    new Promise<void>((done) => stream.once('close', done));

  const WAYS: Record<string, (path: string) => Promise<unknown>> = {
    'fetch, cancelled': async (path) => (await fetch(url + path)).body!.cancel(),
    'fetch, cancelled with a reason': async (path) =>
      (await fetch(url + path)).body!.cancel('read enough'),
    'fetch, cancelled with an error': async (path) =>
      (await fetch(url + path)).body!.cancel(new Error('read enough')),
    'fetch, aborted with an error': async (path) => {
      const controller = new AbortController();
      const { body } = await fetch(url + path, { signal: controller.signal });
      controller.abort(new Error('the client left'));
      await new Response(body).text().catch(() => undefined);
    },
    'fetch, left after a chunk': async (path) => {
      for await (const _chunk of (await fetch(url + path)).body!) break;
    },
    'fetch, aborted after the head': async (path) => {
      const controller = new AbortController();
      const { body } = await fetch(url + path, { signal: controller.signal });
      controller.abort();
      await new Response(body).text().catch(() => undefined);
    },
    'undici, dumped': async (path) =>
      (await undici.request(url + path)).body.dump({ limit: 1_000 }),
    'undici, left after a chunk': async (path) => {
      for await (const _chunk of (await undici.request(url + path)).body) break;
    },
    'http, the response destroyed': async (path) => {
      const response = await get(path);
      await closed(response.destroy());
    },
    'http, left after a chunk': async (path) => {
      for await (const _chunk of await get(path)) break;
    },
    'http, the request destroyed': async (path) => {
      const { request } = await get(path);
      await closed(request.destroy());
    },
  };

  /** The subsegment of the call, which may end after its segment. */
  async function callOf(work: () => Promise<unknown>): Promise<SubsegmentDocument> {
    app.emitter.documents.length = 0;
    const { segment } = await app.request(work);
    const [inside] = segment.subsegments ?? [];
    if (inside && inside.in_progress !== true) return inside;
    return (await documentsOf(app.emitter, 2)).find(({ type }) => type === 'subsegment')!;
  }

  it.each(Object.keys(WAYS))('is no fault: %s', async (way) => {
    const call = await callOf(() => WAYS[way]!('/'));
    expect(call).toMatchObject({ name: '127.0.0.1', http: { response: { status: 200 } } });
    expect(call).not.toHaveProperty('fault');
    expect(call).not.toHaveProperty('error');
    expect(call).not.toHaveProperty('cause');
  });

  it.each(Object.keys(WAYS))('is what its status says: %s', async (way) => {
    const call = await callOf(() => WAYS[way]!('/failing'));
    expect(call).toMatchObject({ fault: true, http: { response: { status: 503 } } });
  });

  it.each([
    ['fetch', async () => (await fetch(`${url}/broken`)).text()],
    ['undici', async () => (await undici.request(`${url}/broken`)).body.text()],
    ['http', async () => (await get('/broken')).toArray()],
  ])('is a fault if the other side breaks it off: %s', async (_client, read) => {
    const call = await callOf(() => read().catch(() => undefined));
    expect(call).toMatchObject({ fault: true, cause: { exceptions: [expect.anything()] } });
  });

  it('is a fault if it took too long', async () => {
    const call = await callOf(async () => {
      const limit = new AbortController();
      const { body } = await fetch(url, { signal: limit.signal });
      limit.abort(new DOMException('It took too long.', 'TimeoutError'));
      await new Response(body).text().catch(() => undefined);
    });
    expect(call).toMatchObject({ fault: true });
  });
});

const broken = () =>
  Readable.from(
    (async function* () {
      yield 'x'.repeat(1_000);
      await new Promise((turn) => setImmediate(turn));
      throw new Error('the disk is gone');
    })(),
  );

/** Goes on until it is destroyed. */
const endless = () =>
  Readable.from(
    (async function* () {
      for (;;) {
        yield 'x'.repeat(10_000);
        await new Promise((turn) => setImmediate(turn));
      }
    })(),
  );

@Catch(RangeError)
class Handled implements ExceptionFilter {
  catch(_thrown: RangeError, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse();
    if (response.raw) response.code(200).send('handled');
    else response.status(200).send('handled');
  }
}

@Catch(TypeError)
class Failing implements ExceptionFilter {
  catch(): never {
    throw new Error('the filter failed');
  }
}

@Controller()
class Pages {
  constructor(@Inject(XrayService) private readonly xray: XrayService) {}

  private get root(): TraceNode {
    return this.xray.current!.root;
  }

  @Get('by-hand/:flag')
  byHand(): string {
    return 'done';
  }

  @Get('fault')
  fault(): string {
    this.root.addFaultFlag();
    return 'done';
  }

  @Get('error')
  error(): string {
    this.root.addError(new Error('half of it failed'));
    return 'done';
  }

  @Get('throttle')
  throttle(): string {
    this.root.addThrottleFlag();
    return 'done';
  }

  @Get('fault-then-404')
  faultThen404(): never {
    this.root.addFaultFlag();
    throw new NotFoundException();
  }

  @Get('handled')
  @UseFilters(Handled)
  handled(): never {
    throw new RangeError('not so bad');
  }

  @Get('filter')
  @UseFilters(Failing)
  filter(): never {
    throw new TypeError('the handler failed');
  }

  @Get('file')
  file(): StreamableFile {
    return new StreamableFile(broken());
  }

  @Get('stream')
  stream(@Res() response: any): void {
    if (response.raw) response.send(broken());
    else pipeline(broken(), response, () => undefined);
  }

  @Get('endless-file')
  endlessFile(): StreamableFile {
    return new StreamableFile(endless());
  }

  @Get('endless-stream')
  endlessStream(@Res() response: any): void {
    if (response.raw) response.send(endless());
    else pipeline(endless(), response, () => undefined);
  }

  @Get('pipeline')
  pipeline(@Res() response: any): void {
    response.hijack?.();
    pipeline(broken(), response.raw ?? response, () => undefined);
  }

  @Get('destroyed')
  destroyed(@Res() response: any): void {
    response.hijack?.();
    const raw = (response.raw ?? response) as ServerResponse;
    raw.write('x', () => raw.destroy(new Error('gave up')));
  }

  @Get('begun')
  begun(@Res() response: any): void {
    response.hijack?.();
    const raw = (response.raw ?? response) as ServerResponse;
    raw.writeHead(200).write('x');
    throw new Error('no more of it');
  }

  @Sse('events')
  events(): Observable<MessageEvent> {
    return failingAfterAnEvent(new Error('the feed is gone'));
  }

  @Sse('late-events')
  async lateEvents(): Promise<Observable<MessageEvent>> {
    return failingAfterAnEvent(new Error('the feed is gone'));
  }

  @Sse('refused-events')
  refusedEvents(): Observable<MessageEvent> {
    return failingAfterAnEvent(new NotFoundException('no such feed'));
  }

  @Sse('no-events')
  noEvents(): Observable<MessageEvent> {
    return throwError(() => new NotFoundException('no such feed'));
  }
}

/** The error comes when the event, and so the head of the answer, has been taken to be sent. */
function failingAfterAnEvent(thrown: Error): Observable<MessageEvent> {
  const event: MessageEvent = { data: 'one' };
  return concat(of(event), timer(20).pipe(mergeMap(() => throwError(() => thrown))));
}

/** The pages on `platform`, where closing the application cuts the connections with `cutting`. */
async function serve(platform: string, emitter: MemoryEmitter, cutting = false) {
  @Module({
    imports: [XrayModule.forRoot({ serviceName: 'pages', emitter })],
    controllers: [Pages],
  })
  class App {}
  const options = { logger: false as const, forceCloseConnections: cutting };
  const app: INestApplication =
    platform === 'fastify'
      ? await NestFactory.create(App, new FastifyAdapter(options), options)
      : await NestFactory.create(App, options);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${port}` };
}

/**
 * The first of an answer. `fetch` would open a connection more when it is told to abort, which is
 * never used, and which a server that closes waits for.
 */
async function begin(url: string): Promise<http.ClientRequest> {
  const request = http.get(url, { agent: false });
  request.on('error', () => undefined);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  await once(response, 'data');
  return request;
}

it('a handler that throws after its response has begun is a fault', async () => {
  const emitter = new MemoryEmitter();
  const { app, url } = await serve('express', emitter);
  await (await fetch(`${url}/begun`)).text();
  const [segment] = await documentsOf(emitter, 1);
  await app.close();
  expect(segment).toMatchObject({
    fault: true,
    cause: { exceptions: [{ message: 'no more of it' }] },
    http: { response: { status: 200 } },
  });
});

describe.each(['express', 'fastify'])('on %s', (platform) => {
  const xray = new MemoryEmitter();
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    ({ app, url } = await serve(platform, xray));
  });
  afterAll(() => app.close());

  async function segmentOf(path: string) {
    xray.documents.length = 0;
    await fetch(url + path)
      .then((response) => response.text())
      .catch(() => undefined);
    const [segment] = await documentsOf(xray, 1);
    return segment!;
  }

  it.each([
    ['/fault', { fault: true }],
    ['/error', { fault: true, cause: { exceptions: [{ message: 'half of it failed' }] } }],
    ['/throttle', { throttle: true }],
  ])('flags that were set by hand are kept on a 200: %s', async (path, expected) => {
    expect(await segmentOf(path)).toMatchObject({
      ...expected,
      http: { response: { status: 200 } },
    });
  });

  it('a status from 400 on overrides flags that were set by hand', async () => {
    const segment = await segmentOf('/fault-then-404');
    expect(segment).toMatchObject({ error: true, http: { response: { status: 404 } } });
    expect(segment).not.toHaveProperty('fault');
  });

  it('an exception that a filter turns into a 200 is neither error nor fault', async () => {
    const segment = await segmentOf('/handled');
    expect(segment).toMatchObject({ cause: { exceptions: [{ type: 'RangeError' }] } });
    expect(segment).not.toHaveProperty('fault');
    expect(segment).not.toHaveProperty('error');
  });

  it('the error of an exception filter that throws is recorded next to the first', async () => {
    const segment = await segmentOf('/filter');
    const { exceptions } = segment.cause as { exceptions: { message: string }[] };
    expect(segment.fault).toBe(true);
    expect(exceptions.map(({ message }) => message)).toEqual([
      'the handler failed',
      'the filter failed',
    ]);
  });

  it('the error of an exception filter that rejects is recorded too', async () => {
    const told = await runChild('async-filter.ts', { args: [platform] });
    expect(JSON.parse(told)).toEqual({
      unhandled: ['the filter failed'],
      messages: ['the handler failed', 'the filter failed'],
    });
  });

  it.each([
    ['/file', 'the disk is gone'],
    ['/stream', 'the disk is gone'],
    ['/pipeline', 'the disk is gone'],
    ['/destroyed', 'gave up'],
  ])('a download that fails on the server is a fault: %s', async (path, message) => {
    const segment = await segmentOf(path);
    expect(segment).toMatchObject({
      fault: true,
      cause: { exceptions: [{ message }] },
      http: { response: { status: 200 } },
    });
    expect(segment.annotations).not.toHaveProperty('aborted');
  });

  it.each([
    ['/events', { fault: true }, 'the feed is gone'],
    ['/late-events', { fault: true }, 'the feed is gone'],
    ['/refused-events', { error: true }, 'no such feed'],
  ])('an error that ends an event stream is recorded: %s', async (path, flag, message) => {
    expect(await segmentOf(path)).toMatchObject({
      ...flag,
      cause: { exceptions: [{ message }] },
      http: { response: { status: 200 } },
    });
  });

  it('an event stream that fails before the first event has the status of its response', async () => {
    const segment = await segmentOf('/no-events');
    expect(segment).toMatchObject({ error: true, cause: { exceptions: [{}] } });
    expect(segment).not.toHaveProperty('fault');
  });

  const ENDLESS = ['/endless-file', '/endless-stream'];

  it.each(ENDLESS)('a download that its client leaves is an error: %s', async (path) => {
    xray.documents.length = 0;
    (await begin(url + path)).destroy();
    const [segment] = await documentsOf(xray, 1);
    expectAborted(segment!);
  });

  it.each(ENDLESS)('a download that the end of the application cuts is too: %s', async (path) => {
    const emitter = new MemoryEmitter();
    const closing = await serve(platform, emitter, true);
    await begin(closing.url + path);
    const service = closing.app.get(XrayService);
    await closing.app.close();
    expect(emitter.documents).toHaveLength(1);
    expectAborted(emitter.documents[0]!);
    expect(service.stats()).toMatchObject({ opened: 1, closed: 1, sent: 1, dropped: 0 });
  });
});

function expectAborted(segment: SegmentDocument): void {
  expect(segment).toMatchObject({ error: true, annotations: { aborted: true } });
  expect(segment).not.toHaveProperty('fault');
  expect(segment).not.toHaveProperty('cause');
}

class Feed {
  unsubscribed = 0;

  @Subsegment({ namespace: 'remote', annotations: { kind: 'feed' }, metadata: { page: 1 } })
  read(): Observable<number> {
    return of(1, 2).pipe(finalize(() => this.unsubscribed++));
  }

  @Segment('never')
  job(): Observable<number> {
    return of(1);
  }
}

describe('an Observable', () => {
  it('has namespace, annotations and metadata in each of its subscriptions', async () => {
    const { segment } = await trace(async () => {
      const service = new Feed();
      const read = service.read();
      await firstValueFrom(read);
      await firstValueFrom(read);
    });
    const like = {
      namespace: 'remote',
      annotations: { kind: 'feed' },
      metadata: { default: { page: 1 } },
    };
    expect(segment.subsegments).toMatchObject([like, like]);
  });

  it('that is a segment leaves nothing open if nobody subscribes', async () => {
    const app = await tracing({ serviceName: 'jobs' });
    const work = new Feed().job();
    expect(app.service.stats()).toMatchObject({ opened: 0, closed: 0 });
    await firstValueFrom(work);
    expect(app.service.stats()).toMatchObject({ opened: 1, closed: 1 });
    expect(app.emitter.documents).toMatchObject([{ name: 'never' }]);
    await app.close();
  });
});

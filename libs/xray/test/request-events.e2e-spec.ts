import {
  Controller,
  Inject,
  Injectable,
  Module,
  Post,
  type INestApplication,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Subsegment, XrayModule, XrayService } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { finished, PassThrough, pipeline, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { documentsOf } from './tracing';

type Next = (problem?: unknown) => void;
type Middleware = (request: IncomingMessage, response: ServerResponse, next: Next) => void;

// What multer, and with it Nest's own platform, parses bodies with.
const busboy = createRequire(require.resolve('multer'))('busboy') as (options: {
  headers: object;
}) => Writable;

const BODY = 'x'.repeat(200_000);

function read(request: IncomingMessage, next: Next, event: string): void {
  request.on('data', () => undefined);
  request.on(event, () => next());
}

/** Ways to go on only when the body has been read. */
const MIDDLEWARE: Record<string, Middleware> = {
  "the request's end": (request, _response, next) => read(request, next, 'end'),
  "the request's close": (request, _response, next) => read(request, next, 'close'),
  'its first data': (request, _response, next) => {
    request.once('data', () => next());
    request.resume();
  },
  'readable and read()': (request, _response, next) => {
    request.on('readable', () => {
      while (request.read() !== null);
    });
    request.on('end', () => next());
  },
  pipeline: (request, _response, next) => {
    pipeline(request, new PassThrough().resume(), (problem) => next(problem ?? undefined));
  },
  finished: (request, _response, next) => {
    finished(request.resume(), (problem) => next(problem ?? undefined));
  },
  'for await': (request, _response, next) => {
    void text(request).then(() => next(), next);
  },
  'a listener that is added late': (request, _response, next) => {
    setImmediate(() => read(request, next, 'end'));
  },
  "busboy's close": (request, _response, next) => {
    const parser = busboy({ headers: request.headers });
    parser.on('file', (_name: string, file: NodeJS.ReadableStream) => file.resume());
    parser.on('close', () => next());
    request.pipe(parser);
  },
  // As express-fileupload does it: promises of the files, awaited when the parser is done.
  "busboy's finish, then the files": (request, _response, next) => {
    const parser = busboy({ headers: request.headers });
    const files: Promise<unknown>[] = [];
    parser.on('file', (_name: string, file: NodeJS.ReadableStream) => {
      files.push(new Promise((done) => file.on('data', () => undefined).on('end', done)));
    });
    parser.on('finish', () => void Promise.all(files).then(() => next(), next));
    request.pipe(parser);
  },
};

@Injectable()
class Files {
  @Subsegment()
  async save(): Promise<void> {}
}

let downstream: Server;
beforeAll(async () => {
  downstream = createServer(({ headers }, response) =>
    response.end(String(headers['x-amzn-trace-id'])),
  );
  await new Promise<void>((done) => downstream.listen(0, '127.0.0.1', done));
});
afterAll(() => downstream.close());

@Controller()
class Uploads {
  constructor(
    @Inject(Files) private readonly files: Files,
    @Inject(XrayService) private readonly xray: XrayService,
  ) {}

  @Post('upload')
  async upload(): Promise<object> {
    await this.files.save();
    const { port } = downstream.address() as AddressInfo;
    const sent = await (await fetch(`http://127.0.0.1:${port}/`)).text();
    return { traceId: this.xray.traceId, sent };
  }
}

const PLATFORMS = { express: undefined, fastify: () => fastify() };

/** One that leaves the body to the middleware. */
function fastify(): FastifyAdapter {
  const adapter = new FastifyAdapter();
  const parsers = adapter.getInstance();
  parsers.removeAllContentTypeParsers();
  parsers.addContentTypeParser('*', (_request, _payload, done) => done(null, {}));
  return adapter;
}

describe.each(Object.keys(PLATFORMS) as (keyof typeof PLATFORMS)[])('on %s', (platform) => {
  const xray = new MemoryEmitter();
  let app: INestApplication;
  let middleware: Middleware;
  let url: string;

  beforeAll(async () => {
    @Module({
      imports: [XrayModule.forRoot({ serviceName: 'uploads', emitter: xray })],
      controllers: [Uploads],
      providers: [Files],
    })
    class App {}
    const adapter = PLATFORMS[platform]?.();
    const options = { logger: false as const, bodyParser: false };
    app = adapter
      ? await NestFactory.create(App, adapter, options)
      : await NestFactory.create(App, options);
    app.use((...exchange: Parameters<Middleware>) => middleware(...exchange));
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}/upload`;
  });
  afterAll(() => app.close());
  beforeEach(() => {
    xray.documents.length = 0;
  });

  async function upload(headers: Record<string, string> = {}) {
    const body = new FormData();
    body.append('file', new Blob([BODY]), 'file.txt');
    const response = await fetch(url, { method: 'POST', body, headers });
    expect(response.status).toBe(201);
    return (await response.json()) as { traceId?: string; sent: string };
  }

  it.each(Object.keys(MIDDLEWARE))('the context is kept by %s', async (way) => {
    middleware = MIDDLEWARE[way]!;
    const { traceId, sent } = await upload();
    const [segment] = await documentsOf(xray, 1);
    expect(segment!.subsegments).toMatchObject([
      { name: 'Files.save' },
      { name: '127.0.0.1', namespace: 'remote' },
    ]);
    expect(traceId).toBe(segment!.trace_id);
    expect(sent).toContain(segment!.subsegments![1]!.id);
  });

  it.each(Object.keys(MIDDLEWARE))('an unsampled request is told on by %s', async (way) => {
    middleware = MIDDLEWARE[way]!;
    const root = '1-6b02ef12-b2827ee6314e77519f882007';
    const { sent } = await upload({ 'x-amzn-trace-id': `Root=${root};Sampled=0` });
    expect(sent).toMatch(new RegExp(`^Root=${root};Parent=[0-9a-f]{16};Sampled=0$`));
    expect(xray.documents).toEqual([]);
  });

  it('a listener that was added in a subsegment keeps the trace', async () => {
    const ids: (string | undefined)[] = [];
    middleware = (request, response, next) => {
      const service = app.get(XrayService);
      service.capture('check', () => {
        request.on('end', () => ids.push(service.traceId));
        response.on('close', () => ids.push(service.traceId));
      });
      read(request, next, 'end');
    };
    await upload();
    const [segment] = await documentsOf(xray, 1);
    expect(ids).toEqual([segment!.trace_id, segment!.trace_id]);
  });

  it('requests that share a connection do not share a trace', async () => {
    middleware = MIDDLEWARE["the request's end"]!;
    const answers = [];
    for (let count = 0; count < 5; count++) answers.push(await upload());
    const documents = await documentsOf(xray, 5);
    expect(answers.map(({ traceId }) => traceId)).toEqual(documents.map((one) => one.trace_id));
    expect(new Set(documents.map((one) => one.trace_id)).size).toBe(5);
  });
});

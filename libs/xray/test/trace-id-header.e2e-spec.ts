import {
  Controller,
  ForbiddenException,
  Get,
  Header,
  Module,
  Res,
  Sse,
  StreamableFile,
  UseGuards,
  type CanActivate,
  type INestApplication,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { XrayModule, type XrayOptions } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { once } from 'node:events';
import {
  createServer,
  request,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { connect } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { of } from 'rxjs';
import { documentsOf } from './tracing';

class Closed implements CanActivate {
  canActivate(): boolean {
    throw new ForbiddenException();
  }
}

@Controller()
class Answers {
  @Get('ok')
  ok(): string {
    return 'fine';
  }

  @Get('broken')
  broken(): never {
    throw new Error('broken');
  }

  @Get('closed')
  @UseGuards(Closed)
  closed(): void {}

  @Get('stream')
  stream(): StreamableFile {
    return new StreamableFile(Readable.from([Buffer.from('a'), Buffer.from('b')]));
  }

  @Sse('events')
  events() {
    return of({ data: 'one' });
  }

  @Get('raw')
  raw(@Res() response: ServerResponse & { raw?: ServerResponse; hijack?(): void }): void {
    response.hijack?.();
    const answer = response.raw ?? response;
    answer.writeHead(202, { 'content-type': 'text/plain' });
    answer.end('raw');
  }

  @Get('end')
  end(@Res() response: ServerResponse): void {
    response.end('done');
  }

  @Get('own')
  @Header('X-Trace-Id', 'of the application')
  own(): string {
    return 'own';
  }
}

const xray = new MemoryEmitter();
const adapters: [string, () => ExpressAdapter | FastifyAdapter][] = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
];
const environment = { ...process.env };
let app: INestApplication | undefined;
beforeEach(() => void (xray.documents.length = 0));
afterEach(async () => {
  process.env = { ...environment };
  await app?.close();
  app = undefined;
});

@Module({ controllers: [Answers] })
class AnswersModule {}

async function listen(
  adapter: ExpressAdapter | FastifyAdapter,
  options: Partial<XrayOptions> = {},
): Promise<number> {
  @Module({
    imports: [
      AnswersModule,
      XrayModule.forRoot({ serviceName: 'shop', emitter: xray, ...options }),
    ],
  })
  class App {}
  app = await NestFactory.create(App, adapter as never, { logger: false });
  await app.listen(0, '127.0.0.1');
  return (app.getHttpServer().address() as AddressInfo).port;
}

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** The status, and each X-Trace-Id as it came over the wire. */
async function ask(port: number, path: string, { body, ...options }: Asked = {}) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, ...options }, resolve)
      .on('error', reject)
      .end(body);
  });
  await text(response);
  const { rawHeaders, statusCode } = response;
  const ids = rawHeaders.filter((_, at) => /^x-trace-id$/i.test(rawHeaders[at - 1] ?? ''));
  return { status: statusCode, ids };
}

const malformed: Asked = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: '{"a":',
};

describe.each(adapters)('X-Trace-Id on %s', (_name, adapter) => {
  it.each<[string, number, Asked]>([
    ['/ok', 200, {}],
    ['/broken', 500, {}],
    ['/closed', 403, {}],
    ['/nowhere', 404, {}],
    ['/ok', 400, malformed],
    ['/stream', 200, {}],
    ['/events', 200, {}],
    ['/raw', 202, {}],
  ])('is the id of the trace, once: %s answers %i', async (path, status, asked) => {
    const port = await listen(adapter());
    const answer = await ask(port, path, asked);
    const [document] = await documentsOf(xray, 1);
    expect(answer).toEqual({ status, ids: [document!.trace_id] });
    expect(answer.ids[0]).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  });

  it("is the id of the caller's trace", async () => {
    const port = await listen(adapter());
    const root = '1-67891233-abcdef012345678912345678';
    const headers = { 'x-amzn-trace-id': `Root=${root};Parent=53995c3f42cd8ad8;Sampled=1` };
    expect(await ask(port, '/ok', { headers })).toEqual({ status: 200, ids: [root] });
  });

  it('is sent once with two XrayModules', async () => {
    @Module({
      imports: [
        AnswersModule,
        XrayModule.forRoot({ serviceName: 'first', emitter: xray }),
        XrayModule.forRoot({ serviceName: 'second', emitter: xray }),
      ],
    })
    class Twice {}
    app = await NestFactory.create(Twice, adapter() as never, { logger: false });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const { ids } = await ask(port, '/ok');
    const [document] = await documentsOf(xray, 1);
    expect(ids).toEqual([document!.trace_id]);
  });

  it('does not replace a header of the application', async () => {
    const port = await listen(adapter());
    expect((await ask(port, '/own')).ids).toEqual(['of the application']);
  });

  it('is left out if a request is not recorded', async () => {
    const port = await listen(adapter(), { ignore: '/stream' });
    expect(await ask(port, '/stream')).toEqual({ status: 200, ids: [] });
    const headers = {
      'x-amzn-trace-id': 'Root=1-67891233-abcdef012345678912345678;Sampled=0',
    };
    expect(await ask(port, '/ok', { headers })).toEqual({ status: 200, ids: [] });
  });

  it('is left out if nothing is sampled', async () => {
    const port = await listen(adapter(), { sampling: 0 });
    expect(await ask(port, '/ok')).toEqual({ status: 200, ids: [] });
  });

  it('is left out in production, and if tracing is off', async () => {
    const off = await listen(adapter(), { enabled: false });
    expect(await ask(off, '/ok')).toEqual({ status: 200, ids: [] });
    await app!.close();
    process.env.NODE_ENV = 'production';
    const port = await listen(adapter());
    expect(await ask(port, '/ok')).toEqual({ status: 200, ids: [] });
    expect(await ask(port, '/nowhere')).toEqual({ status: 404, ids: [] });
  });
});

describe('X-Trace-Id', () => {
  it('is left out if the headers were sent before the request reached this package', async () => {
    const adapter = new ExpressAdapter();
    await listen(adapter);
    // Express would put its own name on the answer, which is too late as well.
    const handle = adapter.getInstance().disable('x-powered-by') as RequestListener;
    const server = createServer((request, response) => {
      response.writeHead(200);
      response.write('begun, ');
      handle(request, response);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await ask(port, '/end')).toEqual({ status: 200, ids: [] });
    server.close();
    await documentsOf(xray, 1);
  });

  it('is also sent with HTTP/2, and with errors', async () => {
    const port = await listen(new FastifyAdapter({ http2: true } as object));
    const session = connect(`http://127.0.0.1:${port}`);
    try {
      const ids: unknown[] = [];
      for (const path of ['/ok', '/nowhere', '/closed', '/stream']) {
        const stream = session.request({ ':path': path });
        stream.on('response', (headers) => ids.push(headers['x-trace-id']));
        await text(stream);
      }
      const documents = await documentsOf(xray, 4);
      expect(ids).toEqual(documents.map(({ trace_id }) => trace_id));
    } finally {
      session.close();
    }
  });
});

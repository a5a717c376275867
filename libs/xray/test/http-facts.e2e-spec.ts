import { Controller, Get, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Subsegment, XrayModule, type XrayOptions } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { connect, type AddressInfo, type Server } from 'node:net';
import { text } from 'node:stream/consumers';

class Work {
  @Subsegment()
  do(): number {
    return 1;
  }
}

@Controller()
class WorkController {
  constructor(private readonly work: Work) {}

  @Get('jobs/:id')
  get(@Param('id') id: string): string {
    return id.repeat(this.work.do());
  }
}

const xray = new MemoryEmitter();
const closing: { close(): Promise<void> }[] = [];
beforeEach(() => {
  xray.documents.length = 0;
});
afterEach(async () => {
  for (const app of closing.splice(0)) await app.close();
});

const platforms = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter() as never],
] as const;

describe.each(platforms)('a request on %s', (_name, adapter) => {
  async function start(options: Partial<XrayOptions> = {}): Promise<string> {
    @Module({
      imports: [
        XrayModule.forRootAsync({
          interceptor: false,
          useFactory: async () => ({ serviceName: 'work', emitter: xray, ...options }),
        }),
      ],
      controllers: [WorkController],
      providers: [Work],
    })
    class WorkModule {}
    const app = await NestFactory.create(WorkModule, adapter(), { logger: false });
    closing.push(app);
    await app.listen(0, '127.0.0.1');
    return `http://127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}`;
  }

  async function segmentOf(url: string, headers: Record<string, string> = {}) {
    await (await fetch(url, { headers })).arrayBuffer();
    while (xray.documents.length === 0) await new Promise((turn) => setImmediate(turn));
    return xray.documents[0]!;
  }

  it("is described as by AWS's SDKs", async () => {
    const url = await start();
    const segment = await segmentOf(`${url}/jobs/7?token=secret`, {
      'user-agent': 'curl/8',
      'x-forwarded-for': '203.0.113.7, 10.0.0.1',
    });
    expect(segment.http).toEqual({
      request: {
        method: 'GET',
        url: `${url}/jobs/7`,
        user_agent: 'curl/8',
        client_ip: '203.0.113.7',
        x_forwarded_for: true,
      },
      response: { status: 200, content_length: 1 },
    });
    expect(JSON.stringify(segment)).not.toContain('secret');
  });

  it('keeps its query string if the option asks for it', async () => {
    const url = await start({ urlQuery: 'keep' });
    const segment = await segmentOf(`${url}/jobs/7?page=2`);
    expect(segment.http!.request!.url).toBe(`${url}/jobs/7?page=2`);
  });

  it('contains no query string for a route that does not exist', async () => {
    const url = await start();
    const segment = await segmentOf(`${url}/nowhere?token=secret`);
    expect(segment.cause).toMatchObject({ exceptions: [{ message: 'Cannot GET /nowhere' }] });
    expect(JSON.stringify(segment)).not.toContain('secret');
  });

  it('contains the query string for a route that does not exist if it is kept', async () => {
    const url = await start({ urlQuery: 'keep' });
    const segment = await segmentOf(`${url}/nowhere?page=2`);
    expect(segment.cause).toMatchObject({
      exceptions: [{ message: 'Cannot GET /nowhere?page=2' }],
    });
  });

  it.each<[string, string, Partial<XrayOptions>, string]>([
    ['a fragment', '/jobs/7#token=secret', {}, '/jobs/7'],
    ['a fragment before the query', '/jobs/7#a?token=secret', {}, '/jobs/7'],
    ['a session id', '/nowhere;jsessionid=secret?a=b', {}, '/nowhere'],
    ['an address as for a proxy', 'http://me:secret@other/jobs/7?a=b', {}, '/jobs/7'],
    [
      'such an address, with the query that is kept',
      'http://me:secret@other/jobs/7?a=b',
      { urlQuery: 'keep' },
      '/jobs/7?a=b',
    ],
    ['an address without a path', 'http://other', {}, '/'],
  ])('is recorded by its path with %s', async (_what, target, options, path) => {
    const url = new URL(await start(options));
    const socket = connect(Number(url.port), url.hostname);
    socket.write(`GET ${target} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n`);
    await text(socket);
    while (xray.documents.length === 0) await new Promise((turn) => setImmediate(turn));
    expect(xray.documents[0]!.http!.request!.url).toBe(`http://shop${path}`);
    expect(JSON.stringify(xray.documents)).not.toContain('secret');
  });

  const ROOT = '1-5759e988-bd862e3fe1be46a994272793';
  const PARENT = '53995c3f42cd8ad8';

  it.each([
    `Root=${ROOT};Parent=${PARENT};Sampled=1`,
    `Sampled=1;Parent=${PARENT};Root=${ROOT}`,
    `Root = ${ROOT} ; Parent = ${PARENT}; Sampled = 1`,
    `root=${ROOT.toUpperCase()};PARENT=${PARENT};sampled=1`,
    `Self=1-67891234-12456789abcdef012345678;;Root=${ROOT};Parent=${PARENT};`,
  ])('continues the trace of %s', async (header) => {
    const url = await start();
    const segment = await segmentOf(`${url}/jobs/7`, { 'x-amzn-trace-id': header });
    expect(segment).toMatchObject({ trace_id: ROOT, parent_id: PARENT });
  });

  it("has the server's address if the request names no host", async () => {
    const url = new URL(await start());
    const socket = connect(Number(url.port), url.hostname);
    socket.write('GET /jobs/7 HTTP/1.0\r\n\r\n');
    await text(socket);
    while (xray.documents.length === 0) await new Promise((turn) => setImmediate(turn));
    expect(xray.documents[0]!.http!.request!.url).toBe(`${url.origin}/jobs/7`);
  });

  it("continues W3C's trace if there is no X-Ray header", async () => {
    const url = await start();
    const segment = await segmentOf(`${url}/jobs/7`, {
      traceparent: '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01',
    });
    expect(segment).toMatchObject({
      trace_id: '1-5759e988-bd862e3fe1be46a994272793',
      parent_id: '53995c3f42cd8ad8',
    });
  });

  it.each([
    ['00-00000000000000000000000000000000-53995c3f42cd8ad8-01'],
    ['00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01-more'],
    ['ff-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01'],
  ])('ignores a malformed traceparent: %s', async (traceparent) => {
    const url = await start();
    const segment = await segmentOf(`${url}/jobs/7`, { traceparent });
    expect(segment.parent_id).toBeUndefined();
  });

  it.each([
    ['', 0],
    ['nonsense;=;Root=;Parent=x', 0],
    ['x'.repeat(5000), 0],
    ['Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0', 1],
  ])('works with any header: %.30s', async (header, unsampled) => {
    const url = await start();
    const response = await fetch(`${url}/jobs/7`, { headers: { 'x-amzn-trace-id': header } });
    expect(await response.text()).toBe('7');
    if (!unsampled) await segmentOf(`${url}/jobs/7`);
    expect(xray.documents.length > 0).toBe(!unsampled);
  });

  it.each([
    ['a sampler', { sampling: 0 }],
    ['a sampler, with nobody to tell,', { sampling: 0, capture: false }],
    ['a function', { sampling: ({ path }: { path?: string }) => !path?.startsWith('/jobs') }],
    ['an ignore rule that throws nothing', { ignore: '/jobs/*' }],
  ] as [string, Partial<XrayOptions>][])(
    'is not recorded if %s says so',
    async (_what, options) => {
      const url = await start(options);
      expect(await (await fetch(`${url}/jobs/7`)).text()).toBe('7');
      expect(xray.documents).toEqual([]);
    },
  );
});

import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { gunzipSync } from 'node:zlib';
import type { AddressInfo } from 'node:net';
import {
  Controller,
  Get,
  Injectable,
  Logger,
  Module,
  UnprocessableEntityException,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import root from '@opentelemetry/otlp-transformer/build/src/generated/root';
import { startLocalXray } from 'local-xray';
import {
  OtlpEmitter,
  Subsegment,
  XrayModule,
  XrayService,
  type Emitter,
  type RequestSigner,
} from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { tracing } from './tracing';

/** How long the library has waited for anything, in ms. It takes its timers from Node when it is loaded. */
const mockWaits: (number | undefined)[] = [];
jest.mock('node:timers', () => {
  const timers = jest.requireActual<typeof import('node:timers')>('node:timers');
  const noting = (work: () => void, ms?: number) => {
    mockWaits.push(ms);
    return timers.setTimeout(work, ms);
  };
  return { ...timers, setTimeout: noting };
});

@Injectable()
class Carts {
  constructor(private readonly xray: XrayService) {}

  @Subsegment()
  async load(id: string): Promise<string> {
    this.xray.annotate('cart', id);
    this.xray.metadata('items', [1, { two: 'zwei' }], 'shop');
    this.xray.setUser('bayko');
    await Promise.resolve();
    return this.check(id);
  }

  @Subsegment('check it')
  check(id: string): string {
    if (id === 'refused') throw new UnprocessableEntityException('no such cart');
    if (id === 'broken') throw new RangeError('kaput');
    return id;
  }
}

@Controller('carts')
class CartsController {
  constructor(private readonly carts: Carts) {}

  @Get('fine')
  fine(): Promise<string> {
    return this.carts.load('7');
  }

  @Get('refused')
  refused(): Promise<string> {
    return this.carts.load('refused');
  }

  @Get('broken')
  broken(): Promise<string> {
    return this.carts.load('broken');
  }
}

const logger = { warn: () => undefined };

/** Runs `work` against the app with an emitter, and hands back its stats once all has left. */
async function withApp(emitter: Emitter | undefined, work: (url: string) => Promise<void>) {
  @Module({
    imports: [XrayModule.forRoot({ serviceName: 'shop', emitter, logger })],
    controllers: [CartsController],
    providers: [Carts],
  })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  await work(`http://127.0.0.1:${port}`);
  const xray = app.get(XrayService);
  await app.close();
  return xray.stats();
}

/** A collector that keeps what it gets and answers what it is told to. */
class Collector {
  readonly requests: { headers: Record<string, unknown>; body: Buffer }[] = [];
  answers: { status: number; retryAfter?: string }[] = [];
  refuses: (body: string) => boolean = () => false;
  partial: { rejectedSpans: number; errorMessage: string } | undefined;
  private server!: Server;
  url!: string;

  async start(): Promise<this> {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.requests.push({ headers: request.headers, body: Buffer.concat(chunks) });
        const { status, retryAfter } = this.answers.shift() ?? {
          status: 200,
          retryAfter: undefined,
        };
        if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
        if (this.refuses(Buffer.concat(chunks).toString())) return response.writeHead(400).end();
        const json = request.headers['content-type'] === 'application/json';
        response.setHeader('content-type', request.headers['content-type']!);
        const { partial: partialSuccess } = this;
        if (!partialSuccess || json) {
          return response
            .writeHead(status)
            .end(JSON.stringify({ ...(partialSuccess && { partialSuccess }) }));
        }
        const schema = (root as any).opentelemetry.proto.collector.trace.v1
          .ExportTraceServiceResponse;
        response.writeHead(status).end(schema.encode({ partialSuccess }).finish());
      });
    }).listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1/traces`;
    return this;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

describe('OtlpEmitter', () => {
  let collector: Collector;
  beforeEach(async () => {
    collector = await new Collector().start();
  });
  afterEach(() => collector.stop());

  it("writes what OpenTelemetry's schema reads", async () => {
    const emitter = new OtlpEmitter({ logger, url: collector.url, gzip: true });
    const stats = await withApp(emitter, async (url) => {
      await fetch(`${url}/carts/fine`);
      await fetch(`${url}/carts/broken`);
    });
    expect(stats).toMatchObject({ closed: 2, sent: 2, failed: 0, dropped: 0 });
    expect(collector.requests[0]!.headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'content-encoding': 'gzip',
    });
    const schema = (root as any).opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
    const decoded = collector.requests.flatMap(({ body }) => {
      const message = schema.decode(gunzipSync(body));
      return schema.toObject(message, { longs: String, bytes: String }).resourceSpans;
    });
    const attributes = (list: any[]) =>
      Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));
    expect(attributes(decoded[0].resource.attributes)).toMatchObject({
      'service.name': 'shop',
      'process.runtime.name': 'nodejs',
    });
    const spans = decoded.flatMap(({ scopeSpans }: any) => scopeSpans[0].spans);
    const server = spans.find(({ name }: any) => name === 'GET /carts/fine');
    expect(server.kind).toBe(2);
    expect(attributes(server.attributes)).toMatchObject({
      'http.request.method': 'GET',
      'http.route': '/carts/fine',
      'http.response.status_code': '200',
      'enduser.id': 'bayko',
    });
    const load = spans.find(({ name }: any) => name === 'Carts.load');
    expect(load.parentSpanId).toEqual(server.spanId);
    expect(BigInt(load.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(server.startTimeUnixNano));
    const failed = spans.find(({ status, name }: any) => name === 'check it' && status?.code === 2);
    expect(attributes(failed.events[0].attributes)).toMatchObject({
      'exception.type': 'RangeError',
      'exception.message': 'kaput',
      'exception.stacktrace': expect.stringContaining('Carts.check'),
    });
  });

  it('sends a trace that local X-Ray returns unchanged', async () => {
    const local = await startLocalXray({ address: '127.0.0.1:0', database: ':memory:' });
    try {
      const kept = new MemoryEmitter();
      const otlp = new OtlpEmitter({ logger, url: `http://${local.address}/v1/traces` });
      const both: Emitter = {
        emit: (closed) => (kept.emit(closed), otlp.emit(closed)),
        flush: () => otlp.flush(),
        close: () => otlp.close(),
      };
      await withApp(both, async (url) => {
        for (const path of ['fine', 'refused', 'broken']) await fetch(`${url}/carts/${path}`);
      });
      expect(kept.documents).toHaveLength(3);
      for (const sent of kept.documents) {
        const response = await fetch(`http://${local.address}/console/traces/${sent.trace_id}`);
        const { segments } = (await response.json()) as any;
        expect(segments).toHaveLength(1);
        expect(essence(segments[0])).toEqual(essence(sent));
      }
    } finally {
      await local.close();
    }
  });

  it('is selected by XRAY_EXPORTER, and configured by the standard variables', async () => {
    process.env.XRAY_EXPORTER = 'otlp';
    process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = collector.url;
    try {
      const stats = await withApp(undefined, async (url) => {
        await fetch(`${url}/carts/fine`);
      });
      expect(stats).toMatchObject({ closed: 1, sent: 1 });
      process.env.XRAY_EXPORTER = 'jaeger';
      await expect(withApp(undefined, async () => undefined)).rejects.toThrow(
        'Cannot send traces by XRAY_EXPORTER="jaeger"',
      );
    } finally {
      delete process.env.XRAY_EXPORTER;
      delete process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
    }
  });

  it('tries again when the collector is busy, as soon as it asks for', async () => {
    collector.answers = [
      { status: 503, retryAfter: '0' },
      { status: 429, retryAfter: '0' },
    ];
    const emitter = new OtlpEmitter({ logger, url: collector.url, protocol: 'http/json' });
    const stats = await withApp(emitter, async (url) => {
      await fetch(`${url}/carts/fine`);
      await emitter.flush();
    });
    expect(collector.requests).toHaveLength(3);
    expect(JSON.parse(collector.requests[2]!.body.toString()).resourceSpans).toHaveLength(1);
    expect(stats).toMatchObject({ closed: 1, sent: 1, failed: 0, dropped: 0 });
  });

  it.each([
    ['7', 7_000],
    ['600', 60_000],
  ])('waits as long as the collector asks for: Retry-After %s', async (retryAfter, expected) => {
    collector.answers = [{ status: 503, retryAfter }];
    mockWaits.length = 0;
    const emitter = new OtlpEmitter({ logger, url: collector.url });
    const stats = await withApp(emitter, async (url) => {
      await fetch(`${url}/carts/fine`);
      void emitter.flush();
      while (!mockWaits.includes(expected)) await new Promise((turn) => setImmediate(turn));
      await emitter.close(0);
    });
    expect(collector.requests).toHaveLength(1);
    expect(stats).toMatchObject({ closed: 1, sent: 0, dropped: 1 });
  });

  it('splits a rejected batch, so that one bad trace does not cost the others', async () => {
    collector.refuses = (body) => body.includes('broken');
    const emitter = new OtlpEmitter({ logger, url: collector.url, protocol: 'http/json' });
    const stats = await withApp(emitter, async (url) => {
      for (const path of ['fine', 'broken', 'fine', 'fine']) await fetch(`${url}/carts/${path}`);
    });
    expect(stats).toMatchObject({ closed: 4, sent: 3, failed: 1, dropped: 0 });
  });

  it.each(['http/json', 'http/protobuf'] as const)(
    'reads what a collector leaves out of what it takes: %s',
    async (protocol) => {
      const said: string[] = [];
      collector.partial = { rejectedSpans: 200, errorMessage: 'too old' };
      const url = collector.url;
      const emitter = new OtlpEmitter({
        logger: { warn: (text) => said.push(text) },
        url,
        protocol,
      });
      const stats = await withApp(emitter, async (app) => {
        await fetch(`${app}/carts/fine`);
      });
      // It can't have rejected more than there were.
      expect(stats).toMatchObject({ closed: 1, sent: 1, rejectedSpans: 3 });
      expect(said).toEqual([expect.stringContaining('rejected 200 of 3 spans: too old')]);
    },
  );

  it('explains the credentials if access is denied', async () => {
    const said: string[] = [];
    collector.answers = [{ status: 403 }];
    const emitter = new OtlpEmitter({
      logger: { warn: (text) => said.push(text) },
      url: collector.url,
    });
    await withApp(emitter, async (url) => void (await fetch(`${url}/carts/fine`)));
    expect(said).toEqual([expect.stringMatching(/answered 403.*Check the credentials/)]);
    expect(said[0]).not.toContain('that the collector runs');
  });

  describe('with signatures', () => {
    const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
    beforeEach(() => void Object.assign(process.env, CREDENTIALS));
    afterEach(() => {
      for (const name of Object.keys(CREDENTIALS)) delete process.env[name];
    });
    const send = async (sign: { region: string; signer?: RequestSigner }) => {
      const emitter = new OtlpEmitter({ logger, url: collector.url, sign });
      await withApp(emitter, async (url) => void (await fetch(`${url}/carts/fine`)));
      return collector.requests.map(({ headers }) => headers);
    };

    it('uses the credentials of the default provider chain', async () => {
      const [headers] = await send({ region: 'eu-west-1' });
      expect(headers!.authorization).toMatch(
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/xray\/aws4_request, SignedHeaders=[a-z0-9;-]*host/,
      );
    });

    it('uses the given signer, as a bundle must', async () => {
      const given: { method?: string; path?: string; body?: Buffer }[] = [];
      const signer: RequestSigner = {
        sign: (request) => {
          given.push(request);
          const { headers } = request as { headers: Record<string, string> };
          return Promise.resolve({ headers: { ...headers, authorization: 'signed by hand' } });
        },
      };
      const [headers] = await send({ region: 'eu-west-1', signer });
      expect(headers!.authorization).toBe('signed by hand');
      expect(given).toMatchObject([{ method: 'POST', path: '/v1/traces' }]);
      expect(given[0]!.body!.equals(collector.requests[0]!.body)).toBe(true);
    });
  });

  it('gives up what the collector rejects, and logs it once', async () => {
    collector.answers = Array.from({ length: 10 }, () => ({ status: 400 }));
    const said: string[] = [];
    const emitter = new OtlpEmitter({
      logger: { warn: (message) => said.push(message) },
      url: collector.url,
    });
    const stats = await withApp(emitter, async (url) => {
      for (let i = 0; i < 3; i++) {
        await fetch(`${url}/carts/fine`);
        await emitter.flush();
      }
    });
    expect(collector.requests).toHaveLength(3);
    expect(stats).toMatchObject({ closed: 3, sent: 0, failed: 3, dropped: 0 });
    expect(said).toEqual([expect.stringContaining('it answered 400')]);
  });

  it('drops what exceeds its queue, counts it, and closes in time if nothing listens', async () => {
    collector.stop();
    const emitter = new OtlpEmitter({ logger, url: collector.url, maxQueue: 5 });
    const stats = await withApp(emitter, async (url) => {
      for (let i = 0; i < 12; i++) {
        expect((await fetch(`${url}/carts/fine`)).status).toBe(200);
      }
    });
    expect(stats.closed).toBe(12);
    expect(stats.sent).toBe(0);
    expect(stats.failed + stats.dropped).toBe(12);
  });

  it('gives up on a collector that does not answer when the shutdown time is over', async () => {
    let left: Promise<unknown> | undefined;
    const silent = createServer((request) => void (left ??= once(request.socket, 'close')));
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const { port } = silent.address() as AddressInfo;
    const emitter = new OtlpEmitter({ logger, url: `http://127.0.0.1:${port}/v1/traces` });
    const xray = await tracing({ serviceName: 'shop', emitter, logger, shutdownTimeoutMs: 200 });
    await xray.request(() => undefined);
    await xray.close();
    await left;
    expect(xray.service.stats()).toMatchObject({ closed: 1, sent: 0, failed: 0, dropped: 1 });
    silent.close();
  });

  it('works without options, by the standard variables, and logs no password', async () => {
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = 'http://me:pa55word@127.0.0.1:9';
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    try {
      const emitter = new OtlpEmitter();
      const xray = await tracing({ serviceName: 'shop', emitter, shutdownTimeoutMs: 100 });
      await xray.request(() => undefined);
      await xray.close();
      const said = JSON.stringify(warn.mock.calls);
      expect(said).toContain('http://127.0.0.1:9/v1/traces: ECONNREFUSED');
      expect(said).not.toContain('pa55word');
    } finally {
      warn.mockRestore();
      delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
    }
  });
});

/** What a document says, without the ids of exceptions, which OTLP does not carry. */
function essence(node: any): unknown {
  const { id, name, parent_id, error, fault, throttle, annotations, metadata, user, http } = node;
  const exceptions = typeof node.cause === 'object' ? node.cause.exceptions : [];
  return {
    id,
    name,
    parent_id: node.type === 'subsegment' ? undefined : parent_id,
    times: [node.start_time, node.end_time].map((time) => Math.round(time * 1e6)),
    flags: { error, fault, throttle },
    annotations,
    metadata: { shop: metadata?.shop, nest: metadata?.nest },
    user,
    http,
    exceptions: exceptions.map(({ type, message, stack }: any) => ({
      type,
      message,
      stack: stack?.map(({ path, line, label }: any) => ({ path, line, label })),
    })),
    subsegments: node.subsegments?.map(essence),
  };
}

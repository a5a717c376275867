import { createSocket } from 'node:dgram';
import dns from 'node:dns';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { newId, newTraceId } from '@nestjs-xray/document';
import { LOCAL_XRAY, type LocalXray, LocalXrayEmitter, LocalXrayModule, OptionError } from '../src';
import { resolveOptions } from '../src/options/local-xray.options';
import { parseRetention } from '../src/options/size-and-time';
import { call, put, start, until, url } from './support/client';
import { CREDENTIALS } from './support/processes';

const segment = (over: object = {}) => ({
  trace_id: newTraceId(),
  id: newId(),
  name: 'shop',
  start_time: Date.now() / 1000,
  end_time: Date.now() / 1000 + 0.1,
  ...over,
});

/** Delays the look-up of one host name until `release` is called. */
function holdLookup(held: string) {
  const { lookup } = dns;
  let release = () => {};
  const asked = new Promise<void>((resolve) => {
    const hold = (name: string, ...rest: unknown[]) => {
      const proceed = () => Reflect.apply(lookup, dns, [name, ...rest]);
      if (name !== held) return void proceed();
      release = proceed;
      resolve();
    };
    jest.spyOn(dns, 'lookup').mockImplementation(hold);
  });
  return { asked, release: () => release() };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('/health', () => {
  afterEach(() => jest.restoreAllMocks());

  it.each(['otlpHttp', 'otlpGrpc'] as const)(
    'answers 503 with the reason until the address of %s is open too',
    async (option) => {
      const { asked, release } = holdLookup('localhost');
      const port = await freePort();
      const starting = start({ address: `127.0.0.1:${port}`, [option]: 'localhost:0' });
      await asked;
      const early = await fetch(`http://127.0.0.1:${port}/health`);
      const reason = await early.json();
      release();
      const localXray = await starting;
      const ready = await fetch(url(localXray, '/health'));
      await localXray.close();

      expect(early.status).toBe(503);
      expect(reason).toMatchObject({
        status: 'starting',
        name: 'local-xray',
        Message: expect.stringContaining('not all of its addresses (UDP, HTTP, OTLP) accept data'),
      });
      expect(ready.status).toBe(200);
    },
  );
});

describe('LocalXrayModule', () => {
  @Module({ imports: [LocalXrayModule.forRoot({ address: '127.0.0.1:0', database: ':memory:' })] })
  class AppModule {}

  it('runs inside the application, receives its segments without a socket, and stops with it', async () => {
    const app = await NestFactory.create(AppModule, { logger: false });
    await app.init();
    const localXray: LocalXray = app.get(LOCAL_XRAY);
    const emitter = app.get(LocalXrayEmitter);
    const document = segment();

    emitter.emit({ toJSON: () => document });
    emitter.emit({ toJSON: () => ({ broken: true }) });
    emitter.emit({
      toJSON: () => {
        throw new Error('cannot be serialised');
      },
    });
    await emitter.flush();

    const { body } = await call(localXray, 'Traces', { TraceIds: [document.trace_id] });
    expect(JSON.parse(body.Traces[0].Segments[0].Document)).toEqual(document);
    expect(emitter.dropped).toBe(2);
    // The toolkit recognises local X-Ray by the name.
    const health = await fetch(url(localXray, '/health'));
    expect(await health.json()).toEqual({ status: 'ok', name: 'local-xray' });
    await app.close();
    await expect(fetch(url(localXray, '/health'))).rejects.toThrow('fetch failed');
    expect(() => emitter.emit({ toJSON: () => document })).not.toThrow();
  });
});

describe('--forward', () => {
  it('forwards to a daemon what was accepted, and nothing else', async () => {
    const daemon = createSocket('udp4').bind(0, '127.0.0.1');
    await once(daemon, 'listening');
    const server = await start({ forward: `udp://127.0.0.1:${daemon.address().port}` });
    const received = once(daemon, 'message');
    const document = segment();
    await call(server, 'TraceSegments', {
      TraceSegmentDocuments: ['nonsense', JSON.stringify(document)],
    });

    expect(String((await received)[0])).toBe(
      `{"format":"json","version":1}\n${JSON.stringify(document)}`,
    );
    await server.close();
    daemon.close();
  });

  it('forwards to X-Ray in signed requests with at most fifty documents', async () => {
    Object.assign(process.env, CREDENTIALS);
    const requests: { path: string; authorization: string; documents: string[] }[] = [];
    const xray = createServer((request, response) => {
      let body = '';
      request
        .on('data', (chunk) => (body += chunk))
        .on('end', () => {
          const documents = JSON.parse(body).TraceSegmentDocuments;
          requests.push({
            path: request.url!,
            authorization: request.headers.authorization!,
            documents,
          });
          response
            .setHeader('content-type', 'application/json')
            .end('{"UnprocessedTraceSegments":[]}');
        });
    }).listen(0, '127.0.0.1');
    await once(xray, 'listening');
    const server = await start({
      forward: `http://127.0.0.1:${(xray.address() as AddressInfo).port}`,
    });
    const documents = Array.from({ length: 60 }, () => segment());
    await put(server, ...documents);
    await server.close();

    expect(requests.map((each) => each.documents.length)).toEqual([50, 10]);
    expect(requests[0]).toMatchObject({
      path: '/TraceSegments',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=test\/\d{8}\/eu-west-1\/xray\/aws4_request/,
      ),
    });
    expect(requests.flatMap((each) => each.documents)).toEqual(
      documents.map((each) => JSON.stringify(each)),
    );
    xray.close();
  });

  it('reports in the status why nothing arrives', async () => {
    const server = await start({ forward: 'http://127.0.0.1:9' });
    await put(server, segment());

    const status: any = await until(
      async () => (await fetch(url(server, '/console/status'))).json(),
      ({ rejections }: any) => rejections.length > 0,
    );
    expect(status).toMatchObject({
      received: 1,
      rejected: 0,
      rejections: [{ code: 'NotForwarded' }],
    });
    await server.close();
  });
});

describe('the options', () => {
  it.each([
    ['7d', { seconds: 604_800 }],
    ['500MB', { bytes: 5e8 }],
    ['12h, 1.5gb', { seconds: 43_200, bytes: 1.5e9 }],
  ])('accept a retention of %s', (text, expected) => {
    expect(parseRetention(text)).toEqual(expected);
  });

  it.each([
    [() => parseRetention('7x'), /--retention is "7x".*Write it like 7d/],
    [() => parseRetention('1d,0MB'), /"0MB" is neither a time nor a size above 0/],
    [() => resolveOptions({ database: '' }), /--db is empty.*:memory:/],
    [() => resolveOptions({ address: 'nowhere' }), /XRAY_LOCAL_ADDRESS or --address is "nowhere"/],
    [
      () => resolveOptions({ address: '127.0.0.1:99999' }),
      /not a valid host:port: ports end at 65535/,
    ],
    [() => resolveOptions({ forward: 'somewhere' }), /--forward does not accept "somewhere"/],
    [() => resolveOptions({ forward: 'udp://x' }), /--forward is "x"/],
  ])('name an invalid value: %s', (make, message) => {
    expect(make).toThrow(OptionError);
    expect(make).toThrow(message);
  });

  it('read address and database from the environment, after the code', () => {
    const env = { XRAY_LOCAL_ADDRESS: '[::1]:3000', XRAY_LOCAL_DB: 'a.db' };

    expect(resolveOptions({}, env)).toMatchObject({ host: '::1', port: 3000, database: 'a.db' });
    expect(resolveOptions({ address: '1' }, env)).toMatchObject({ host: '127.0.0.1', port: 1 });
    expect(resolveOptions({}, {})).toMatchObject({ host: '127.0.0.1', port: 2000, strict: false });
  });
});

import { HttpModule, HttpService } from '@nestjs/axios';
import { Test } from '@nestjs/testing';
import axios from 'axios';
import { once } from 'node:events';
import http, {
  createServer as createHttpServer,
  get,
  request,
  type IncomingMessage,
} from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { firstValueFrom } from 'rxjs';
import { Agent, Pool, request as undiciRequest, fetch as undiciFetch } from 'undici';
import { parseTraceHeader } from '@nestjs-xray/document';
import { XrayService } from 'nestjs-xray';
import { echo, tracing, type Tracing } from './tracing';

interface Echoed {
  url: string;
  headers: Record<string, string>;
}

const read = async (response: IncomingMessage): Promise<Echoed> => {
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return JSON.parse(text) as Echoed;
};
const get1 = (url: string, options: http.RequestOptions = {}) =>
  new Promise<Echoed>((done, fail) => {
    get(url, options, (response) => void read(response).then(done, fail)).on('error', fail);
  });
const requested = (url: string, options: http.RequestOptions = {}) =>
  new Promise<Echoed>((done, fail) => {
    const sent = request(url, options, (response) => void read(response).then(done, fail));
    sent.on('error', fail).end();
  });

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

describe('an outgoing HTTP call', () => {
  let xray: Tracing;
  let server: Awaited<ReturnType<typeof echo>>;
  let httpService: HttpService;

  beforeAll(async () => {
    [xray, server] = await Promise.all([tracing({ serviceName: 'shop' }), echo()]);
    const module = await Test.createTestingModule({ imports: [HttpModule] }).compile();
    httpService = module.get(HttpService);
  });
  afterAll(async () => {
    await server.close();
    await xray.close();
  });

  const clients: [string, (url: string) => Promise<Echoed>][] = [
    ['http.get', get1],
    ['http.request', (url) => requested(url)],
    [
      'http.request with headers in an array',
      (url) => requested(url, { headers: ['Host', new URL(url).host, 'Accept', '*/*'] }),
    ],
    [
      'http.request that waits for 100 Continue',
      (url) => requested(url, { method: 'GET', headers: { Expect: '100-continue' } }),
    ],
    ['fetch', async (url) => (await (await fetch(url)).json()) as Echoed],
    [
      'fetch of the undici package',
      async (url) => (await (await undiciFetch(url)).json()) as Echoed,
    ],
    ['undici.request', async (url) => (await (await undiciRequest(url)).body.json()) as Echoed],
    ['axios', async (url) => (await axios.get<Echoed>(url, { validateStatus: null })).data],
    [
      "Nest's HttpService",
      async (url) =>
        (await firstValueFrom(httpService.get<Echoed>(url, { validateStatus: null }))).data,
    ],
  ];

  describe.each(clients)('by %s', (_name, call) => {
    it('is a remote subsegment and carries its id as Parent', async () => {
      const { result, segment } = await xray.request(() => call(`${server.url}/a/b?secret=1`));
      expect(segment.subsegments).toHaveLength(1);
      const [remote] = segment.subsegments!;
      expect(remote).toMatchObject({
        name: '127.0.0.1',
        namespace: 'remote',
        http: { request: { method: 'GET', url: `${server.url}/a/b` }, response: { status: 200 } },
      });
      expect(remote!.end_time).toBeGreaterThanOrEqual(remote!.start_time);
      expect(result.url).toBe('/a/b?secret=1');
      expect(parseTraceHeader(result.headers['x-amzn-trace-id'])).toEqual({
        root: segment.trace_id,
        parent: remote!.id,
        sampled: true,
      });
    });

    it('treats two slashes at the beginning of a path as a path, not as another host', async () => {
      const url = `${server.url}//other.example/a b//c`.replaceAll(' ', '%20');
      const { result, segment } = await xray.request(() => call(url));
      expect(segment.subsegments).toMatchObject([
        { name: '127.0.0.1', http: { request: { url } } },
      ]);
      expect(result.url).toBe('//other.example/a%20b//c');
    });

    it.each([
      [404, { error: true }],
      [429, { error: true, throttle: true }],
      [503, { fault: true }],
    ])('marks a status %d', async (status, flags) => {
      const { segment } = await xray.request(() => call(`${server.url}/status/${status}`));
      expect(segment.subsegments).toMatchObject([{ ...flags, http: { response: { status } } }]);
    });

    it('marks a host that cannot be reached, and fails as without tracing', async () => {
      const url = `http://127.0.0.1:${await closedPort()}/x`;
      const untraced = await call(url).catch((thrown: Error) => thrown);
      const { result, segment } = await xray.request(() => call(url).catch((e: Error) => e));
      expect((result as Error).message).toBe((untraced as Error).message);
      expect(segment.subsegments).toMatchObject([
        { fault: true, cause: { exceptions: [{ message: expect.stringMatching(/./) }] } },
      ]);
    });

    it('keeps 20 concurrent requests apart', async () => {
      const requests = await Promise.all(
        Array.from({ length: 20 }, () =>
          xray.request(() => Promise.all([call(`${server.url}/1`), call(`${server.url}/2`)])),
        ),
      );
      for (const { result, segment } of requests) {
        const ids = segment.subsegments!.map(({ id }) => id).sort();
        const headers = result.map(({ headers }) => parseTraceHeader(headers['x-amzn-trace-id']));
        expect(headers.map(({ root }) => root)).toEqual([segment.trace_id, segment.trace_id]);
        expect(headers.map(({ parent }) => parent).sort()).toEqual(ids);
      }
    });

    it('passes on Sampled=0 and other fields in a request that is not sampled', async () => {
      const root = '1-5759e988-bd862e3fe1be46a994272793';
      const { result } = await xray.request(() => call(server.url), {
        'x-amzn-trace-id': `Root=${root};Sampled=0;Lineage=a:1`,
      });
      expect(parseTraceHeader(result.headers['x-amzn-trace-id'])).toMatchObject({
        root,
        sampled: false,
        extra: 'Lineage=a:1',
      });
    });

    it('is unchanged outside a request', async () => {
      expect((await call(server.url)).headers).not.toHaveProperty('x-amzn-trace-id');
    });
  });

  const passingOn: [string, (url: string, headers: Record<string, string>) => Promise<Echoed>][] = [
    ['http.get', (url, headers) => get1(url, { headers })],
    [
      'http.request with headers in an array',
      (url, headers) =>
        requested(url, { headers: ['Host', new URL(url).host, ...Object.entries(headers).flat()] }),
    ],
    ['fetch', async (url, headers) => (await (await fetch(url, { headers })).json()) as Echoed],
    [
      'undici.request',
      async (url, headers) => (await (await undiciRequest(url, { headers })).body.json()) as Echoed,
    ],
    [
      'undici.request with headers in an array',
      async (url, headers) => {
        const list = Object.entries(headers).flat();
        return (await (await undiciRequest(url, { headers: list })).body.json()) as Echoed;
      },
    ],
    ['axios', async (url, headers) => (await axios.get<Echoed>(url, { headers })).data],
  ];
  const came = '1-5759e988-bd862e3fe1be46a994272793';
  const caller = '53995c3f42cd8ad8';
  const w3c = '5759e988bd862e3fe1be46a994272793';
  const traceparent = `00-${w3c}-${caller}-01`;
  const other = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const xrayHeader = `Root=${came};Parent=${caller};Sampled=1`;
  describe.each<[string, Record<string, string>]>([
    ['a parent', { 'x-amzn-trace-id': xrayHeader }],
    ['a trace alone, as a load balancer sets it', { 'x-amzn-trace-id': `Root=${came}` }],
    ['traceparent', { traceparent, tracestate: 'a=b' }],
    ['both', { 'X-Amzn-Trace-Id': xrayHeader, traceparent }],
    [
      'two of different traces, of which one is followed',
      { 'x-amzn-trace-id': xrayHeader, traceparent: other, tracestate: 'a=b' },
    ],
  ])('of a proxy that passes on %s', (_what, headers) => {
    it.each(passingOn)('carries the id of its own subsegment by %s', async (_client, call) => {
      const { result, segment } = await xray.request(() => call(server.url, headers), headers);
      expect(segment.trace_id).toBe(came);
      expect(segment.subsegments).toMatchObject([{ namespace: 'remote' }]);
      const { id } = segment.subsegments![0]!;
      expect(parseTraceHeader(result.headers['x-amzn-trace-id'])).toMatchObject({
        root: came,
        parent: id,
        sampled: true,
      });
      expect(result.headers.traceparent).toBe(`00-${w3c}-${id}-01`);
      const carried = headers.traceparent === other ? undefined : headers.tracestate;
      expect(result.headers.tracestate).toBe(carried);
    });
  });

  it('replaces a malformed header that came with the request', async () => {
    const headers = { 'x-amzn-trace-id': 'Root=broken' };
    const { result, segment } = await xray.request(() => get1(server.url, { headers }), headers);
    expect(parseTraceHeader(result.headers['x-amzn-trace-id'])).toMatchObject({
      root: segment.trace_id,
      parent: segment.subsegments![0]!.id,
    });
  });

  it.each(passingOn)(
    'says Sampled=0 where a proxy passes on no decision by %s',
    async (_, call) => {
      const never = await tracing({ serviceName: 'never', sampling: 0 });
      const headers = { 'x-amzn-trace-id': `Root=${came}` };
      const { result } = await never.request(
        () => call(server.url, headers),
        headers,
        'without a segment',
      );
      await never.close();
      expect(parseTraceHeader(result.headers['x-amzn-trace-id'])).toMatchObject({
        root: came,
        sampled: false,
      });
      expect(result.headers.traceparent).toMatch(new RegExp(`^00-${w3c}-[0-9a-f]{16}-00$`));
    },
  );

  it('carries its own id if a client repeats the headers of the previous call', async () => {
    const { result, segment } = await xray.request(
      () =>
        new Promise<Echoed>((done, fail) => {
          const first = get(server.url, (response) => {
            response.resume();
            const headers = first.getHeaders();
            get1(server.url, { headers }).then(done, fail);
          });
        }),
    );
    expect(segment.subsegments).toHaveLength(2);
    const [, { id }] = segment.subsegments as [object, { id: string }];
    expect(parseTraceHeader(result.headers['x-amzn-trace-id'])).toMatchObject({ parent: id });
    expect(result.headers.traceparent).toContain(id);
  });

  it.each(passingOn)('is recorded with the header of the active node by %s', async (_, call) => {
    const { result, segment } = await xray.request(() =>
      call(server.url, { 'x-amzn-trace-id': xray.service.traceHeader()! }),
    );
    expect(parseTraceHeader(result.headers['x-amzn-trace-id'])).toMatchObject({
      parent: segment.subsegments![0]!.id,
    });
  });

  it.each(passingOn)('leaves a header of another trace as it was set by %s', async (_, call) => {
    const { result, segment } = await xray.request(
      () => call(server.url, { 'x-amzn-trace-id': xrayHeader, traceparent: other }),
      { 'x-amzn-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272799;Sampled=1' },
    );
    expect(result.headers['x-amzn-trace-id']).toBe(xrayHeader);
    expect(result.headers.traceparent).toBe(other);
    expect(segment.subsegments).toBeUndefined();
  });

  it('sends no tracestate next to a traceparent of another trace', async () => {
    const { result } = await xray.request(
      () => get1(server.url, { headers: { traceparent: other } }),
      { traceparent, tracestate: 'a=b' },
    );
    expect(result.headers).toMatchObject({ traceparent: other });
    expect(result.headers).not.toHaveProperty('tracestate');
  });

  it('does not record a call that other code records', async () => {
    const { segment } = await xray.request(() =>
      xray.service.capture('call', async (subsegment) => {
        (subsegment as { namespace?: string }).namespace = 'remote';
        const headers = { 'x-amzn-trace-id': subsegment!.traceHeader() };
        await get1(server.url, { headers });
        await (await fetch(server.url, { headers })).text();
      }),
    );
    expect(segment.subsegments).toMatchObject([{ name: 'call' }]);
    expect(segment.subsegments![0]!.subsegments).toBeUndefined();
  });

  it('passes on baggage, and no header that is not propagated', async () => {
    const alone = await tracing({ serviceName: 'alone', propagate: ['xray'] });
    const headers = { traceparent, baggage: 'a=1' };
    const { result, segment } = await alone.request(() => get1(server.url, { headers }), headers);
    await alone.close();
    expect(parseTraceHeader(result.headers['x-amzn-trace-id'])).toMatchObject({
      parent: segment.subsegments![0]!.id,
    });
    expect(result.headers).not.toHaveProperty('traceparent');
    expect(result.headers.baggage).toBe('a=1');
  });

  it('does not change a call that already has a trace header', async () => {
    const { result, segment } = await xray.request(async () => [
      await get1(server.url, { headers: { 'x-amzn-trace-id': 'Root=mine' } }),
      await requested(server.url, { headers: ['X-Amzn-Trace-Id', 'Root=mine', 'Host', 'shop'] }),
      (await (
        await fetch(server.url, { headers: { 'X-Amzn-Trace-Id': 'Root=mine' } })
      ).json()) as Echoed,
    ]);
    expect(result.map(({ headers }) => headers['x-amzn-trace-id'])).toEqual([
      'Root=mine',
      'Root=mine',
      'Root=mine',
    ]);
    expect(segment.subsegments).toBeUndefined();
  });

  it.each([
    ['an Agent', {}, () => new Agent({ connections: 1, pipelining: 1 })],
    [
      'a Pool, with a body',
      { method: 'POST' as const, body: 'x' },
      () => new Pool(server.url, { connections: 1, pipelining: 1 }),
    ],
  ])(
    'belongs to its request while requests wait for the only connection of %s',
    async (_, how, make) => {
      const dispatcher = make();
      const requests = await Promise.all(
        Array.from({ length: 10 }, () =>
          xray.request(async () => {
            const { body } = await undiciRequest(server.url, { dispatcher, ...how });
            return (await body.json()) as Echoed;
          }),
        ),
      );
      await dispatcher.close();
      for (const { result, segment } of requests) {
        expect(segment.subsegments).toHaveLength(1);
        expect(parseTraceHeader(result.headers['x-amzn-trace-id'])).toMatchObject({
          root: segment.trace_id,
          parent: segment.subsegments![0]!.id,
        });
      }
    },
  );

  it('leaves a response without a listener to Node', async () => {
    const { segment } = await xray.request(
      () => new Promise<void>((done) => void request(server.url).on('close', done).end()),
    );
    expect(segment.subsegments).toMatchObject([{ http: { response: { status: 200 } } }]);
  });

  it.each([
    ['http', (url: string) => get1(url)],
    ['fetch', async (url: string) => (await fetch(url)).text()],
  ])('marks a response by %s that breaks off', async (_name, call) => {
    const broken = createHttpServer((_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    });
    const { segment } = await xray.request(async () => {
      await once(broken.listen(0, '127.0.0.1'), 'listening');
      const { port } = broken.address() as AddressInfo;
      await expect(call(`http://127.0.0.1:${port}`)).rejects.toThrow();
    });
    broken.close();
    expect(segment.subsegments).toMatchObject([
      { fault: true, http: { response: { status: 200 } }, cause: { exceptions: [{}] } },
    ]);
  });

  it('records a tunnel by the requests that use it', async () => {
    const proxy = createHttpServer().on('connect', (_request, socket) =>
      socket.end('HTTP/1.1 200 OK\r\n\r\n'),
    );
    const { segment } = await xray.request(async () => {
      await once(proxy.listen(0, '127.0.0.1'), 'listening');
      const { port } = proxy.address() as AddressInfo;
      const tunnel = request({ host: '127.0.0.1', port, method: 'CONNECT', path: 'shop.test:443' });
      await once(tunnel.end(), 'connect');
    });
    proxy.close();
    expect(segment.subsegments).toBeUndefined();
  });

  it('records no credentials, and the query string only if it is kept', async () => {
    const keeping = await tracing({ serviceName: 'keeping', urlQuery: 'keep' });
    const url = server.url.replace('http://', 'http://me:pa55word@');
    const { segment } = await keeping.request(() => get1(`${url}/x?q=1`));
    expect(segment.subsegments).toMatchObject([
      { http: { request: { url: `${server.url}/x?q=1` } } },
    ]);
    expect(JSON.stringify(segment)).not.toContain('pa55word');
    await keeping.close();
  });

  it('sends headers only to the configured hosts', async () => {
    const choosy = await tracing({
      serviceName: 'choosy',
      capture: { headerHosts: ['*.internal', 'localhost'] },
    });
    const { result, segment } = await choosy.request(async () => [
      await get1(server.url),
      (await (await fetch(server.url)).json()) as Echoed,
      await get1(server.url.replace('127.0.0.1', 'localhost')),
    ]);
    expect(result.map(({ headers }) => 'x-amzn-trace-id' in headers)).toEqual([false, false, true]);
    expect(segment.subsegments).toHaveLength(3);
    await choosy.close();
  });

  it.each([
    ['capture: false', { capture: false as const }, 0],
    ['http: false', { capture: { http: false } }, 1],
    ['fetch: false', { capture: { fetch: false } }, 1],
    ['predicates', { capture: { http: never, fetch: never } }, 0],
    ['predicates that throw', { capture: { http: broken, fetch: broken } }, 0],
  ])('is not recorded with %s', async (_what, options, recorded) => {
    const quiet = await tracing({ serviceName: 'quiet', ...options });
    const { segment } = await quiet.request(async () => {
      await get1(server.url);
      await (await fetch(server.url)).text();
    });
    expect(segment.subsegments ?? []).toHaveLength(recorded);
    await quiet.close();
  });

  it('is described to a predicate by method, host and path', async () => {
    const seen: unknown[] = [];
    const note = (call: unknown) => seen.push(call) > 0;
    const noting = await tracing({ serviceName: 'noting', capture: { http: note, fetch: note } });
    await noting.request(async () => {
      await get1(`${server.url}/a?b`);
      await (await fetch(`${server.url}/c?d`, { method: 'PUT' })).text();
    });
    expect(seen).toMatchObject([
      { method: 'GET', host: '127.0.0.1', path: '/a' },
      { method: 'PUT', host: '127.0.0.1', path: '/c' },
    ]);
    await noting.close();
  });

  it('keeps the visible properties of `http`', () => {
    expect([http.get.name, http.get.length, http.request.name, http.request.length]).toEqual([
      'get',
      3,
      'request',
      3,
    ]);
    expect(xray.service).toBeInstanceOf(XrayService);
  });
});

function never(): boolean {
  return false;
}

function broken(): never {
  throw new Error('broken predicate');
}

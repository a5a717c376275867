import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId, newTraceId } from '@nestjs-xray/document';
import { OptionError, type LocalXray } from '../src';
import { resolveOptions } from '../src/options/local-xray.options';
import { call, put, start, until, url } from './support/client';

interface Received {
  path: string;
  type: string;
  body: Buffer;
}

/** A collector that keeps what it is sent, and answers with the statuses given, then with 200. */
async function collector(...statuses: number[]) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const type = request.headers['content-type']!;
        received.push({ path: request.url!, type, body: Buffer.concat(chunks) });
        response.statusCode = statuses.shift() ?? 200;
        response
          .setHeader('content-type', 'application/json')
          .end(response.statusCode === 200 ? '{"partialSuccess":{}}' : 'not today');
      });
  });
  return { ...(await listening(server)), received };
}

async function listening(server: Server) {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { forward: `http://127.0.0.1:${port}/v1/traces`, close };
}

const START = 1_790_000_000.25;
const node = (name: string, over: object = {}) => ({
  id: newId(),
  name,
  start_time: START,
  end_time: START + 0.5,
  ...over,
});

function shopTrace() {
  const trace_id = newTraceId();
  const query = node('shop@db', { namespace: 'remote', sql: { sanitized_query: 'SELECT 1' } });
  const call = node('billing', {
    namespace: 'remote',
    fault: true,
    http: { request: { method: 'GET', url: 'http://billing/x' }, response: { status: 503 } },
    subsegments: [query],
  });
  const segment = node('shop', {
    trace_id,
    annotations: { plan: 'gold', order: 2 ** 40 },
    http: { request: { method: 'GET', url: 'http://shop/cart' }, response: { status: 200 } },
    subsegments: [node('work', { subsegments: [call] })],
  });
  const later = node('later', { trace_id, parent_id: segment.id, type: 'subsegment' });
  const below = node('below', { trace_id, parent_id: later.id, type: 'subsegment' });
  const billing = node('billing', { trace_id, parent_id: call.id });
  return { trace_id, segment, documents: [below, later, segment, billing] };
}

/** All nodes of a trace as a local X-Ray shows them, each below its parent. */
async function treeOf(server: LocalXray, traceId: string): Promise<string[]> {
  const { body } = await call(server, 'Traces', { TraceIds: [traceId] });
  const lines: string[] = [];
  const walk = (each: any, parent: string | undefined) => {
    const { id, name, start_time, end_time, error, fault, namespace } = each;
    lines.push(JSON.stringify({ id, parent, name, start_time, end_time, error, fault, namespace }));
    for (const child of each.subsegments ?? []) walk(child, id);
  };
  for (const { Document } of body.Traces[0]?.Segments ?? []) {
    const document = JSON.parse(Document);
    walk(document, document.parent_id);
  }
  return lines.sort();
}

function spansIn({ body }: Received): any[] {
  return JSON.parse(body.toString()).resourceSpans.flatMap(({ resource, scopeSpans }: any) =>
    scopeSpans[0].spans.map((span: any) => ({
      ...span,
      attributes: plain(span.attributes),
      service: plain(resource.attributes)['service.name'],
    })),
  );
}

function plain(attributes: any[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

async function rejections(server: LocalXray): Promise<{ code: string; message: string }[]> {
  const status: any = await until(
    async () => (await fetch(url(server, '/console/status'))).json(),
    (answer: any) => answer.rejections.length > 0,
    10_000,
  );
  return status.rejections;
}

function exportOf(spans: object[]): string {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
}

const aSpan = () => ({
  traceId: newTraceId().slice(2).replace('-', ''),
  spanId: newId(),
  name: 'GET /cart',
  kind: 2,
  startTimeUnixNano: '1790000000123456789',
  endTimeUnixNano: '1790000000223456789',
  attributes: [{ key: 'deep', value: { kvlistValue: { values: [] } } }],
});

async function postTraces(server: LocalXray, body: string | Uint8Array, type: string) {
  const response = await fetch(url(server, '/v1/traces'), {
    method: 'POST',
    headers: { 'content-type': type },
    body: body as string,
  });
  return response.status;
}

describe('--forward to a collector', () => {
  it('sends documents as spans, each with its service', async () => {
    const target = await collector();
    const server = await start({ forward: target.forward });
    const { documents, segment, trace_id } = shopTrace();
    await put(server, node('unfinished', { trace_id, end_time: undefined, in_progress: true }));
    await put(server, ...documents);
    await server.close();
    target.close();

    expect(target.received).toHaveLength(1);
    expect(target.received[0]).toMatchObject({ path: '/v1/traces', type: 'application/json' });
    const spans = spansIn(target.received[0]!);
    expect(spans.map(({ name, service }) => `${service}: ${name}`).sort()).toEqual([
      'billing: billing',
      'shop: GET',
      'shop: GET',
      'shop: SELECT',
      'shop: below',
      'shop: later',
      'shop: work',
    ]);
    expect(spans.find(({ spanId }) => spanId === segment.id)).toMatchObject({
      traceId: trace_id.slice(2).replace('-', ''),
      kind: 2,
      startTimeUnixNano: '1790000000250000000',
      attributes: {
        'http.request.method': 'GET',
        'http.response.status_code': 200,
        plan: 'gold',
      },
    });
    expect(spans.find(({ name }) => name === 'SELECT')).toMatchObject({
      kind: 3,
      attributes: { 'db.query.text': 'SELECT 1', 'peer.service': 'shop@db' },
    });
  });

  it('keeps all digits of integers, and accepts documents of other SDKs', async () => {
    const target = await collector();
    const server = await start({ forward: target.forward });
    const odd = node('odd', {
      trace_id: newTraceId(),
      fault: true,
      cause: { working_directory: '/' },
      annotations: { order: 'BIG' },
      metadata: { default: { order: 'BIG' } },
    });
    const text = JSON.stringify(odd).replaceAll('"BIG"', '9007199254740993');
    await call(server, 'TraceSegments', { TraceSegmentDocuments: [text] });
    await server.close();
    target.close();

    const [span] = spansIn(target.received[0]!);
    expect(span.attributes).toMatchObject({
      order: '9007199254740993',
      'aws.xray.metadata.default': '{"order":9007199254740993}',
    });
    expect(span.status).toEqual({ code: 2 });
  });

  it('creates the same tree in a second local X-Ray', async () => {
    const second = await start();
    const first = await start({ forward: url(second, '/v1/traces') });
    const { trace_id, documents } = shopTrace();
    await put(first, ...documents);
    const expected = await treeOf(first, trace_id);
    await first.close();

    expect(expected).toHaveLength(7);
    expect(await treeOf(second, trace_id)).toEqual(expected);
    const { body } = await call(second, 'Traces', { TraceIds: [trace_id] });
    const shop = body.Traces[0].Segments.map(({ Document }: any) => JSON.parse(Document)).find(
      ({ annotations }: any) => annotations,
    );
    expect(shop.annotations).toEqual({ plan: 'gold', order: 2 ** 40 });
    await second.close();
  });

  it.each([
    ['JSON', 'application/json', exportOf([aSpan(), aSpan()])],
    // resource_spans { scope_spans { spans { ids, a name and a field that nobody knows yet } } }
    [
      'protobuf',
      'application/x-protobuf',
      (() => {
        const tag = (value: number) =>
          Buffer.from(value < 128 ? [value] : [(value & 127) | 128, value >> 7]);
        const time = Buffer.alloc(8);
        time.writeBigUInt64LE(1_790_000_000_123_456_789n);
        const field = (number: number, bytes: Buffer) =>
          Buffer.concat([tag((number << 3) | 2), Buffer.from([bytes.length]), bytes]);
        const id = Buffer.from(newTraceId().slice(2).replace('-', ''), 'hex');
        const span = Buffer.concat([
          field(1, id),
          field(2, Buffer.from(newId(), 'hex')),
          field(5, Buffer.from('work')),
          Buffer.concat([tag((7 << 3) | 1), time, tag((8 << 3) | 1), time]),
          field(31, Buffer.from('new')),
        ]);
        return field(1, field(2, field(2, span)));
      })(),
    ],
  ])('forwards an export in %s unchanged, once', async (_name, type, body) => {
    const target = await collector();
    const server = await start({ forward: target.forward });
    expect(await postTraces(server, body as string, type)).toBe(200);
    expect(await postTraces(server, 'nonsense', 'application/json')).toBe(400);
    await server.close();
    target.close();

    expect(target.received).toEqual([{ path: '/v1/traces', type, body: Buffer.from(body) }]);
  });

  it('retries what a collector cannot accept yet', async () => {
    const target = await collector(503, 429);
    const server = await start({ forward: target.forward });
    await put(server, node('shop', { trace_id: newTraceId() }));
    await until(
      () => Promise.resolve(target.received.length),
      (length) => length === 3,
      15_000,
    );
    await server.close();
    target.close();

    const bodies = target.received.map(({ body }) => body.toString());
    expect(bodies).toEqual([bodies[0], bodies[0], bodies[0]]);
  }, 30_000);

  it('does not retry what is rejected, and reports why and how much', async () => {
    const target = await collector(400);
    const server = await start({ forward: target.forward });
    await postTraces(server, exportOf([aSpan(), aSpan(), aSpan()]), 'application/json');

    expect(await rejections(server)).toMatchObject([
      {
        code: 'NotForwarded',
        message: expect.stringMatching(
          /^So far 3 documents or spans could not be forwarded to the collector at http:.*: it answered 400 not today$/,
        ),
      },
    ]);
    await server.close();
    target.close();
    expect(target.received).toHaveLength(1);
  });

  it('receives and stops as usual while a collector does not answer', async () => {
    const asked: string[] = [];
    const target = await listening(createServer((request) => asked.push(request.url!)));
    const server = await start({ forward: target.forward });
    const documents = Array.from({ length: 1500 }, () => node('shop', { trace_id: newTraceId() }));
    await put(server, ...documents);
    await until(
      () => Promise.resolve(asked.length),
      (length) => length > 0,
    );
    await put(server, node('shop', { trace_id: newTraceId() }));
    const status: any = await until(
      async () => (await fetch(url(server, '/console/status'))).json(),
      ({ received }: any) => received === 1501,
    );

    expect(status.received).toBe(1501);
    await server.close();
    target.close();
    expect(asked).toHaveLength(1);
  }, 30_000);

  it.each(['http://', 'ftp://collector/v1/traces', 'collector:4318'])(
    'lists the valid values instead of %s',
    (forward) => {
      expect(() => resolveOptions({ forward })).toThrow(OptionError);
      expect(() => resolveOptions({ forward })).toThrow('http://host:4318/v1/traces');
    },
  );
});

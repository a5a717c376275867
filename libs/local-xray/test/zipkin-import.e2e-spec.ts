import { newTraceId, type SegmentDocument } from '@nestjs-xray/document';
import type { LocalXray } from '../src';
import { call, start, url } from './support/client';

const T0 = Math.floor(Date.now() / 1000) - 5000;

let server: LocalXray;
beforeAll(async () => {
  server = await start();
});
afterAll(() => server.close());

async function importing(body: unknown) {
  const response = await fetch(url(server, '/console/import'), {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as any };
}

async function documentsOf(...ids: string[]): Promise<SegmentDocument[]> {
  const { body } = await call(server, 'Traces', { TraceIds: ids });
  return body.Traces.flatMap(({ Segments }: any) =>
    Segments.map(({ Document }: { Document: string }) => JSON.parse(Document) as SegmentDocument),
  );
}

let trace: string;
let traceId: string;
beforeEach(() => {
  trace = newTraceId(T0);
  traceId = trace.slice(2).replace('-', '');
});

const span = (id: string, service: string, more: object = {}) => ({
  traceId,
  id,
  timestamp: T0 * 1e6,
  duration: 1_000_000,
  localEndpoint: { serviceName: service, ipv4: '10.0.0.1' },
  ...more,
});

describe('import of Zipkin’s JSON', () => {
  it.each([
    ['a trace', (spans: object[]) => spans],
    ['several traces', (spans: object[]) => [[spans[0]], spans.slice(1)]],
    ['a span a line', (spans: object[]) => spans.map((each) => JSON.stringify(each)).join('\n')],
    [
      'several traces a line',
      (spans: object[]) =>
        [[[spans[0]]], [spans.slice(1)]].map((each) => JSON.stringify(each)).join('\n'),
    ],
  ])(
    'creates a segment for the server span of a call, with the calls it makes: %s',
    async (_, shape) => {
      const spans = [
        span('f1', 'cron', { traceId: 'F00D', name: 'nightly', kind: 'CONSUMER' }),
        span('1', 'web', { kind: 'SERVER', name: 'get /cart' }),
        span('2', 'web', {
          kind: 'CLIENT',
          parentId: '1',
          remoteEndpoint: { serviceName: 'stock' },
        }),
        // The service that is called may leave the times to its caller.
        {
          ...span('2', 'stock', { kind: 'SERVER', parentId: '1', shared: true }),
          timestamp: undefined,
          duration: undefined,
        },
        span('3', 'stock', { parentId: '2', name: 'look up' }),
      ];
      const cron = '1-00000000-00000000000000000000f00d';

      const answer = await importing(shape(spans));
      expect(answer.body).toEqual({ traces: expect.any(Array), rejected: [] });
      expect(new Set(answer.body.traces)).toEqual(new Set([trace, cron]));
      const documents = await documentsOf(trace, cron);
      const named = (name: string) => documents.find((each) => each.name === name);
      expect(documents).toHaveLength(3);
      expect(named('cron')).toMatchObject({ id: '00000000000000f1', end_time: T0 + 1 });
      expect(named('web')).toMatchObject({
        id: '0000000000000001',
        subsegments: [{ id: '0000000000000002', name: 'stock', namespace: 'remote' }],
      });
      expect(named('stock')).toMatchObject({
        id: '8000000000000002',
        parent_id: '0000000000000002',
        start_time: T0,
        end_time: T0 + 1,
        subsegments: [{ id: '0000000000000003', name: 'look up' }],
      });
    },
  );

  // The example of https://zipkin.io/zipkin-api/#/default/get_traces, with what Brave's HTTP tags add.
  it('converts tags, endpoints and annotations', async () => {
    const answer = await importing([
      {
        id: '352bff9a74ca9ad2',
        traceId: '5af7183fb1d4cf5f',
        parentId: '6b221d5bc9e6496c',
        name: 'get /api',
        timestamp: 1556604172355737,
        duration: 1431,
        kind: 'SERVER',
        localEndpoint: { serviceName: 'backend', ipv4: '192.168.99.1', port: 3306 },
        remoteEndpoint: { ipv4: '172.19.0.2', port: 58648 },
        annotations: [{ timestamp: 1556604172356000, value: 'cache miss' }],
        tags: {
          'http.method': 'GET',
          'http.host': 'backend:9000',
          'http.path': '/api',
          'http.status_code': '404',
          'mvc.controller.class': 'Api',
        },
      },
    ]);

    const id = '1-00000000-000000005af7183fb1d4cf5f';
    expect(answer.body).toEqual({ traces: [id], rejected: [] });
    const [document] = await documentsOf(id);
    expect(document).toMatchObject({
      id: '352bff9a74ca9ad2',
      parent_id: '6b221d5bc9e6496c',
      name: 'backend',
      start_time: 1556604172.355737,
      end_time: 1556604172.357168,
      error: true,
      http: {
        request: { method: 'GET', url: 'http://backend:9000/api', client_ip: '172.19.0.2' },
        response: { status: 404 },
      },
    });
    expect(JSON.stringify(document!.metadata)).toContain('"mvc.controller.class":"Api"');
    expect(document!.metadata).toMatchObject({
      otel: { name: 'get /api', events: [{ name: 'cache miss', time: 1556604172.356 }] },
    });
  });

  it.each([
    ['a message', { error: 'timed out' }, 'timed out'],
    ['nothing but that it failed', { error: '' }, undefined],
    ['true', { error: 'true' }, undefined],
    [
      'the status of OpenTelemetry’s exporter',
      { 'otel.status_code': 'ERROR', 'otel.status_description': 'no stock' },
      'no stock',
    ],
  ])('marks a call as failed by %s', async (_, tags, message) => {
    await importing([
      span('1', 'web', { kind: 'SERVER' }),
      span('2', 'web', { kind: 'CLIENT', parentId: '1', name: 'query', tags }),
    ]);

    const [document] = await documentsOf(trace);
    expect(document!.fault).toBeUndefined();
    expect(document!.subsegments).toMatchObject([{ name: 'query', fault: true }]);
    expect((document!.subsegments![0]!.cause as any)?.exceptions[0].message).toBe(message);
  });

  it('does not treat the tag error=false as a failure, and shows SQL statements', async () => {
    const tags = { error: 'false', 'sql.query': 'select 1' };
    await importing([
      span('1', 'web', { kind: 'SERVER', debug: true }),
      span('2', 'web', {
        kind: 'CLIENT',
        parentId: '1',
        name: 'query',
        tags,
        remoteEndpoint: { serviceName: 'orders', ipv4: '10.0.0.9', port: 5432 },
      }),
    ]);

    const [document] = await documentsOf(trace);
    const [subsegment] = document!.subsegments!;
    expect(subsegment).toMatchObject({ name: 'orders', sql: { sanitized_query: 'select 1' } });
    expect(subsegment!.fault).toBeUndefined();
  });

  it.each([
    ['a time that is none', { timestamp: 'soon' }],
    ['a time beyond all numbers', { timestamp: 1e999 }],
    ['tags that are none', { tags: [1], annotations: {}, localEndpoint: 'web', kind: 5 }],
  ])('accepts %s', async (_, more) => {
    const text = JSON.stringify([span('1', 'web', more)]).replace(
      '"timestamp":null',
      '"timestamp":1e999',
    );
    const answer = await importing(text);

    expect(answer.status).toBe(200);
  });

  it.each([
    ['the trace', { traceId: 'not hexadecimal' }],
    ['the span', { id: 'g'.repeat(16) }],
  ])('rejects a span with the invalid id %s, and stores the others', async (_, more) => {
    const answer = await importing([span('1', 'web'), span('2', 'shop', more)]);

    expect(answer.body.rejected).toHaveLength(1);
    expect((await documentsOf(trace)).map(({ name }) => name)).not.toContain('shop');
    expect(answer.body.traces).toEqual([trace]);
  });
});

import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { newId, newTraceId } from '@nestjs-xray/document';
import * as grpc from '@grpc/grpc-js';
import { AddressError, type LocalXray } from '../src';
import {
  ExportLogsServiceRequestSchema,
  ExportTraceServiceResponseSchema,
  ExportTraceServiceRequestSchema,
} from '../src/ingest/otlp/otlp_pb';
import { put, start, until, url } from './support/client';

const now = Date.now() / 1000;
const plain = (id: string) => id.slice(2).replace('-', '');
const xray = (id: string) => `1-${id.slice(0, 8)}-${id.slice(8)}`;
const nano = (time: number) => BigInt(Math.round(time * 1e6)) * 1000n;

let server: LocalXray;

const segment = (over: object = {}) => ({
  trace_id: newTraceId(),
  id: newId(),
  name: 'shop',
  start_time: now,
  end_time: now + 0.5,
  ...over,
});
const get = async (path: string): Promise<any> => (await fetch(url(server, path))).json();
const post = async (path: string, body: unknown): Promise<any> => {
  const answer = await fetch(url(server, path), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
};
const logs = (logRecords: object[], service = 'shop') => ({
  resourceLogs: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
      scopeLogs: [{ logRecords }],
    },
  ],
});

describe('log lines sent over OTLP', () => {
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.close());
  /** Counts are told four times a second. */
  const counted = (expected: object) =>
    until(
      async () => (await get('/console/status')).logs,
      (counts) => JSON.stringify(counts) === JSON.stringify(expected),
    );

  it('are returned with their trace, by time, whether they arrived before it or after', async () => {
    const document = segment();
    const line = (at: number, text: string, more: object = {}) => ({
      traceId: plain(document.trace_id),
      spanId: document.id,
      timeUnixNano: String(nano(now + at)),
      body: { stringValue: text },
      ...more,
    });
    await post('/v1/logs', logs([line(0.2, 'second', { severityNumber: 17 })]));
    await put(server, document);
    await post('/v1/logs', logs([line(0.1, 'first', { severityText: 'Warning' })]));

    const trace = await get(`/console/traces/${document.trace_id}`);
    expect(trace.logs).toEqual([
      {
        time: expect.closeTo(now + 0.1, 3),
        level: 'warn',
        severity: 'Warning',
        message: 'first',
        attributes: {},
        traceId: document.trace_id,
        segmentId: document.id,
        service: 'shop',
      },
      expect.objectContaining({ level: 'error', message: 'second' }),
    ]);
    expect(trace).not.toHaveProperty('logsDropped');
    await counted({ kept: 2, withoutTrace: 0, beyondLimit: 0 });
  });

  it('are absent if a trace has none', async () => {
    const document = segment();
    await put(server, document);
    expect(await get(`/console/traces/${document.trace_id}`)).not.toHaveProperty('logs');
  });

  it('keep their contents: bodies of any type, attributes, integers of any size, the observed time', async () => {
    const document = segment();
    const traceId = plain(document.trace_id);
    await put(server, document);
    const value = (key: string, intValue: string) => ({ key, value: { intValue } });
    await post(
      '/v1/logs',
      logs([
        {
          traceId,
          observedTimeUnixNano: String(nano(now)),
          body: { kvlistValue: { values: [value('order', '212089821454139392')] } },
          attributes: [{ key: 'exception.type', value: { stringValue: 'TypeError' } }],
        },
        { traceId, timeUnixNano: String(nano(now + 1)), eventName: 'order.placed' },
        { traceId, timeUnixNano: String(nano(now + 2)), body: { stringValue: 'x'.repeat(20_000) } },
      ]),
    );

    const { logs: lines } = await get(`/console/traces/${document.trace_id}`);
    expect(lines).toMatchObject([
      {
        time: expect.closeTo(now, 3),
        level: 'info',
        message: '{"order":212089821454139392}',
        attributes: { 'exception.type': 'TypeError' },
      },
      { message: 'order.placed', attributes: { 'event.name': 'order.placed' } },
      { message: expect.stringMatching(/^x{16384} … \(3616 more characters\)$/) },
    ]);
    expect(lines[0]).not.toHaveProperty('segmentId');
  });

  it('are dropped, counted and reported if they name no trace', async () => {
    const answer = await post('/v1/logs', logs([{ body: { stringValue: 'started' } }]));

    expect(answer).toEqual({
      status: 200,
      body: {
        partialSuccess: {
          rejectedLogRecords: '1',
          errorMessage: '1 without a trace id (logs are only stored with a trace)',
        },
      },
    });
    await counted({ kept: 5, withoutTrace: 1, beyondLimit: 0 });
  });

  it('are stored up to a limit, and counted beyond it', async () => {
    const document = segment();
    await put(server, document);
    const record = { traceId: plain(document.trace_id), body: { stringValue: 'again' } };
    const { body } = await post('/v1/logs', logs(Array.from({ length: 2003 }, () => record)));

    expect(body.partialSuccess).toMatchObject({ rejectedLogRecords: '3' });
    const trace = await get(`/console/traces/${document.trace_id}`);
    expect(trace.logs).toHaveLength(2000);
    expect(trace.logsDropped).toBe(3);
  });

  it('are exported with their trace, and imported', async () => {
    const document = segment();
    await put(server, document);
    const record = { traceId: plain(document.trace_id), body: { stringValue: 'kept' } };
    await post('/v1/logs', logs([record]));
    const exported = await get(`/console/traces/${document.trace_id}`);
    await server.close();
    server = await start();
    await post('/console/import', exported);

    expect((await get(`/console/traces/${document.trace_id}`)).logs).toEqual(exported.logs);
  });

  it('are rejected if the body is not an export of logs', async () => {
    expect(await post('/v1/logs', { resourceLogs: 'none' })).toMatchObject({
      status: 400,
      body: { code: 3, message: expect.stringMatching(/^The body is not an OTLP export of logs/) },
    });
  });
});

describe('links of spans', () => {
  afterEach(() => server.close());

  it('are found from the trace that they point to', async () => {
    server = await start();
    const sender = { traceId: plain(newTraceId()), spanId: newId() };
    const consumer = { traceId: plain(newTraceId()), spanId: newId() };
    const span = (ids: typeof sender, name: string, kind: number, more = {}) => ({
      resourceSpans: [
        {
          scopeSpans: [
            {
              spans: [
                {
                  ...ids,
                  name,
                  kind,
                  startTimeUnixNano: String(nano(now)),
                  endTimeUnixNano: String(nano(now + 1)),
                  ...more,
                },
              ],
            },
          ],
        },
      ],
    });
    const attributes = [{ key: 'messaging.message.id', value: { stringValue: 'm-1' } }];
    await post('/v1/traces', span(sender, 'orders send', 4));
    await post(
      '/v1/traces',
      span(consumer, 'orders process', 5, { links: [{ ...sender, attributes }] }),
    );

    const { from } = await get(`/console/traces/${xray(sender.traceId)}/links`);
    expect(from).toMatchObject([
      {
        row: { id: xray(consumer.traceId) },
        links: [
          {
            to: sender.spanId,
            id: consumer.spanId,
            attributes: { 'messaging.message.id': 'm-1' },
          },
        ],
      },
    ]);
  });
});

describe('attributes of spans', () => {
  const found = async (filter: string) => {
    const rows = (await get(`/console/traces?filter=${encodeURIComponent(filter)}`)).rows;
    return rows.length as number;
  };
  const send = () =>
    post('/v1/traces', {
      resourceSpans: [
        {
          scopeSpans: [
            {
              spans: [
                {
                  traceId: plain(newTraceId()),
                  spanId: newId(),
                  name: 'POST /cart',
                  kind: 2,
                  startTimeUnixNano: String(nano(now)),
                  endTimeUnixNano: String(nano(now + 1)),
                  attributes: [
                    { key: 'order.id', value: { stringValue: 'A-4711' } },
                    { key: 'messaging.system', value: { stringValue: 'kafka' } },
                  ],
                },
              ],
            },
          ],
        },
      ],
    });
  afterEach(() => server.close());

  it('can be searched if the application defines them itself', async () => {
    server = await start();
    await send();
    expect(await found('annotation["order.id"] = "A-4711"')).toBe(1);
    expect(await found('annotation["messaging.system"]')).toBe(0);
  });

  it('can be searched as the option says', async () => {
    server = await start({ indexAttributes: ['messaging.*'] });
    await send();
    expect(await found('annotation["order.id"]')).toBe(0);
    expect(await found('annotation[messaging.system] = "kafka"')).toBe(1);
  });
});

describe('OTLP over gRPC', () => {
  let client: grpc.Client;
  beforeAll(async () => {
    server = await start({ otlpGrpc: '127.0.0.1:0' });
    client = new grpc.Client(server.otlp.grpc!, grpc.credentials.createInsecure(), {
      'grpc.max_send_message_length': -1,
    });
  });
  afterAll(async () => {
    client.close();
    await server.close();
  });

  const exported = (service: string, body: Uint8Array): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        `/opentelemetry.proto.collector.${service}/Export`,
        (bytes: Uint8Array) => Buffer.from(bytes),
        (bytes: Buffer) => bytes,
        body,
        (error, answer) => (error ? reject(error) : resolve(answer!)),
      );
    });
  const TRACES = 'trace.v1.TraceService';
  const spans = (...all: { name: string; traceId?: Buffer }[]) =>
    toBinary(
      ExportTraceServiceRequestSchema,
      create(ExportTraceServiceRequestSchema, {
        resourceSpans: [
          {
            scopeSpans: [
              {
                spans: all.map(({ name, traceId = Buffer.from(plain(newTraceId()), 'hex') }) => ({
                  name,
                  traceId,
                  spanId: Buffer.from(newId(), 'hex'),
                  startTimeUnixNano: nano(now),
                  endTimeUnixNano: nano(now + 1),
                })),
              },
            ],
          },
        ],
      }),
    );

  it('stores what it can of an export, and reports the rest', async () => {
    const answer = await exported(
      TRACES,
      spans({ name: 'good' }, { name: 'bad', traceId: Buffer.from('00ff', 'hex') }),
    );

    expect(fromBinary(ExportTraceServiceResponseSchema, answer)).toMatchObject({
      partialSuccess: { rejectedSpans: 1n, errorMessage: expect.stringContaining('trace_id') },
    });
    expect((await get('/console/traces')).rows).toMatchObject([{ service: 'good' }]);
  });

  it('accepts logs and metrics too', async () => {
    const traceId = plain(newTraceId());
    await put(server, segment({ trace_id: xray(traceId) }));
    const request = create(ExportLogsServiceRequestSchema, {
      resourceLogs: [{ scopeLogs: [{ logRecords: [{ traceId: Buffer.from(traceId, 'hex') }] }] }],
    });
    await exported('logs.v1.LogsService', toBinary(ExportLogsServiceRequestSchema, request));
    await exported('metrics.v1.MetricsService', new Uint8Array());

    expect((await get(`/console/traces/${xray(traceId)}`)).logs).toHaveLength(1);
    expect(await get('/console/status')).toMatchObject({ metricsDropped: 1 });
  });

  it.each([
    ['what is no export', TRACES, Buffer.from('nonsense'), grpc.status.INVALID_ARGUMENT],
    ['a message above 16 MB', TRACES, Buffer.alloc(17e6), grpc.status.RESOURCE_EXHAUSTED],
    ['another service', 'profiles.v1.ProfilesService', Buffer.alloc(0), grpc.status.UNIMPLEMENTED],
  ])('rejects %s', async (_what, service, body, code) => {
    await expect(exported(service, body)).rejects.toMatchObject({ code });
  });

  it('asks exporters to retry when the store cannot write', async () => {
    await server.store.change({ sql: 'ALTER TABLE documents RENAME TO elsewhere', values: [] });

    await expect(exported(TRACES, spans({ name: 'x' }))).rejects.toMatchObject({
      code: grpc.status.UNAVAILABLE,
      details: expect.stringContaining('could not be stored'),
    });
  });
});

describe('the addresses of OTLP', () => {
  let planted: Server | undefined;
  afterEach(async () => {
    await server.close();
    if (!planted) return;
    planted.close();
    await once(planted, 'close');
    planted = undefined;
  });
  /** Takes a port, so that local X-Ray cannot. */
  const plant = async (port = 0): Promise<number> => {
    planted = createServer();
    planted.listen(port, '127.0.0.1');
    await once(planted, 'listening');
    return (planted.address() as AddressInfo).port;
  };

  it('accept OTLP over HTTP too, and are printed', async () => {
    server = await start({ otlpHttp: '127.0.0.1:0', otlpGrpc: '127.0.0.1:0' });
    const answer = await fetch(`http://${server.otlp.http}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });

    expect(answer.status).toBe(200);
    expect((await get('/console/status')).otlp).toEqual({
      http: server.otlp.http,
      grpc: server.otlp.grpc,
    });
  });

  it('keep idle connections for longer than exporters wait between two exports', async () => {
    server = await start({ otlpHttp: '127.0.0.1:0' });
    for (const address of [server.address, server.otlp.http]) {
      const { headers } = await fetch(`http://${address}/health`);
      expect(headers.get('keep-alive')).toBe('timeout=65');
    }
  });

  it('are off unless they are configured', async () => {
    server = await start({ otlpGrpc: 'off' });
    expect(server.otlp).toMatchObject({ http: undefined, grpc: undefined, missing: [] });
  });

  it('that are configured but in use cause an error that names the option', async () => {
    const port = await plant();
    server = await start();
    const error = await start({ otlpHttp: `127.0.0.1:${port}` }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(AddressError);
    expect(error.message).toBe(
      `OTLP over HTTP is not available on 127.0.0.1:${port}: the port is in use, perhaps by an OpenTelemetry Collector. ` +
        'Choose another address with --otlp-http, or turn it off with "--otlp-http off".',
    );
  });

  it('that are OpenTelemetry’s defaults and in use are reported, and local X-Ray runs without them', async () => {
    await plant(4317).catch(() => undefined);
    const free = await start({ otlpHttp: 'off' });
    await free.close();
    const { XRAY_LOCAL_OTLP_GRPC } = process.env;
    delete process.env.XRAY_LOCAL_OTLP_GRPC;
    server = await start({
      address: `127.0.0.1:${free.port}`,
      standardOtlpPorts: true,
      otlpHttp: 'off',
    });
    process.env.XRAY_LOCAL_OTLP_GRPC = XRAY_LOCAL_OTLP_GRPC;

    expect(server.otlp).toMatchObject({ http: undefined, grpc: undefined });
    expect(server.otlp.missing).toEqual([
      'OTLP over gRPC is not available on 127.0.0.1:4317: the port is in use, perhaps by an OpenTelemetry Collector. ' +
        'Choose another address with --otlp-grpc, or turn it off with "--otlp-grpc off".',
    ]);
  });
});

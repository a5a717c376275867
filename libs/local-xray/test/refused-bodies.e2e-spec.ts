import { gzipSync } from 'node:zlib';
import { create, toBinary } from '@bufbuild/protobuf';
import { newId, newTraceId } from '@nestjs-xray/document';
import type { LocalXray } from '../src';
import {
  ExportLogsServiceRequestSchema,
  ExportTraceServiceRequestSchema,
} from '../src/ingest/otlp/otlp_pb';
import { call, start, url } from './support/client';

const bytes = (hex: string) => Buffer.from(hex, 'hex');
const now = BigInt(Date.now()) * 1_000_000n;
const SPANS = create(ExportTraceServiceRequestSchema, {
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: [
            {
              traceId: bytes(newTraceId().slice(2).replace('-', '')),
              spanId: bytes(newId()),
              name: 'GET /',
              startTimeUnixNano: now,
              endTimeUnixNano: now + 1_000_000n,
            },
          ],
        },
      ],
    },
  ],
});
const LOGS = create(ExportLogsServiceRequestSchema, {
  resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: now, severityText: 'INFO' }] }] }],
});
/** One gauge: Metric { name = 1, gauge = 5 }, in the metrics, scope and resource that contain it. */
const METRICS = [
  [1, 2],
  [2, 2],
  [2, 2],
].reduceRight(
  (inner, [field]) => Buffer.concat([Buffer.from([(field! << 3) | 2, inner.length]), inner]),
  Buffer.concat([Buffer.from([0x0a, 4]), Buffer.from('cpu0'), Buffer.from([0x2a, 0])]),
);
const spans = Buffer.from(toBinary(ExportTraceServiceRequestSchema, SPANS));
const logs = Buffer.from(toBinary(ExportLogsServiceRequestSchema, LOGS));
const EMPTY_RECORDS = { spans: [], logRecords: [], metrics: [] };
const json = (field: string) => JSON.stringify({ [field]: [{ scope: EMPTY_RECORDS }] });

const JSON_TYPE = 'application/json';
const PROTOBUF = 'application/x-protobuf';
const PATHS = [
  'TraceSegments',
  'Traces',
  'v1/traces',
  'v1/logs',
  'v1/metrics',
  'console/import',
] as const;

describe('A request body that cannot be taken', () => {
  let server: LocalXray;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.close());

  async function post(path: string, body: Buffer | string, headers: Record<string, string>) {
    const response = await fetch(url(server, `/${path}`), {
      method: 'POST',
      body: Buffer.from(body),
      headers,
    });
    const text = await response.text();
    return { status: response.status, text };
  }

  it.each<[path: string, type: string, body: Buffer | string, problem: RegExp]>([
    [
      'v1/logs',
      JSON_TYPE,
      json('resourceSpans'),
      /it has resourceSpans. Send traces to \/v1\/traces/,
    ],
    ['v1/logs', JSON_TYPE, json('resource_spans'), /Send traces to \/v1\/traces/],
    ['v1/traces', JSON_TYPE, json('resourceLogs'), /Send logs to \/v1\/logs/],
    ['v1/traces', JSON_TYPE, json('resourceMetrics'), /Send metrics to \/v1\/metrics/],
    [
      'v1/metrics',
      JSON_TYPE,
      json('resourceSpans'),
      /export of metrics.*Send traces to \/v1\/traces/,
    ],
    [
      'v1/traces',
      JSON_TYPE,
      '{"TraceSegmentDocuments":[]}',
      /Send X-Ray segments to \/TraceSegments/,
    ],
    ['v1/logs', JSON_TYPE, '{"lines":[]}', /it has no resourceLogs/],
    [
      'v1/traces',
      JSON_TYPE,
      '[{"traceId":"a"}]',
      /expected an object with resourceSpans, found an array/,
    ],
    ['v1/metrics', JSON_TYPE, '"x"', /expected an object with resourceMetrics, found a string/],
    ['v1/logs', JSON_TYPE, 'null', /found null/],
    ['v1/logs', JSON_TYPE, '', /export of logs in json: it is empty/],
    ['v1/metrics', JSON_TYPE, '{"resourceMetrics":[', /export of metrics in json: /],
    ['v1/logs', PROTOBUF, spans, /it contains traces. Send traces to \/v1\/traces/],
    ['v1/metrics', PROTOBUF, spans, /it contains traces/],
    ['v1/traces', PROTOBUF, logs, /it contains logs. Send logs to \/v1\/logs/],
    ['v1/traces', PROTOBUF, METRICS, /it contains metrics. Send metrics to \/v1\/metrics/],
    ['v1/logs', PROTOBUF, METRICS, /it contains metrics/],
  ])('is refused by /%s as %s with what is wrong: %#', async (path, type, body, problem) => {
    const { status, text } = await post(path, body, { 'content-type': type });

    expect([status, text]).toEqual([400, expect.stringMatching(problem)]);
  });

  it.each([
    ['v1/traces', spans],
    ['v1/logs', logs],
  ])('is refused by /%s wherever its protobuf was cut off', async (path, whole) => {
    for (let length = 1; length < whole.length; length++) {
      const cut = whole.subarray(0, length);
      const { status, text } = await post(path, cut, { 'content-type': PROTOBUF });
      expect([length, status, text]).toEqual([
        length,
        400,
        expect.stringContaining('it ends in the middle of a field: it was cut off'),
      ]);
    }
  });

  it.each([
    ['v1/traces', JSON_TYPE, '{}'],
    ['v1/logs', JSON_TYPE, '{}'],
    ['v1/metrics', JSON_TYPE, '{}'],
    ['v1/traces', PROTOBUF, ''],
    ['v1/logs', PROTOBUF, ''],
    ['v1/traces', PROTOBUF, spans],
    ['v1/logs', PROTOBUF, logs],
    ['v1/metrics', PROTOBUF, METRICS],
    ['v1/metrics', JSON_TYPE, json('resourceMetrics')],
  ])('is no export of the right signal, also an empty one: /%s %s %#', async (path, type, body) => {
    expect(await post(path, body, { 'content-type': type })).toMatchObject({ status: 200 });
  });

  it.each(PATHS)('is refused by /%s when it is not what Content-Encoding says', async (path) => {
    for (const [encoding, body] of [
      ['gzip', Buffer.from('no gzip')],
      ['gzip', gzipSync('{}'.repeat(1000)).subarray(0, 20)],
      ['deflate', Buffer.from([1, 2, 3, 4])],
      ['br', Buffer.from('no brotli, and longer than a few bytes')],
    ] as const) {
      const { status, text } = await post(path, body, {
        'content-type': JSON_TYPE,
        'content-encoding': encoding,
      });
      expect([status, text]).toEqual([
        400,
        expect.stringMatching(
          `Cannot read the body of POST /${path}: its Content-Encoding is ${encoding}, but it is not valid ${encoding} .*send it without Content-Encoding`,
        ),
      ]);
    }
  });

  it.each(PATHS)('is refused by /%s with an unknown Content-Encoding', async (path) => {
    const headers = { 'content-type': JSON_TYPE, 'content-encoding': 'zstd' };
    const { status, text } = await post(path, Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), headers);

    expect([status, text]).toEqual([
      415,
      expect.stringContaining(
        'Content-Encoding is zstd, which is not supported. Use gzip, deflate or br',
      ),
    ]);
  });

  it.each(PATHS)('is refused by /%s above the limit, which the error names', async (path) => {
    // Compressed, so that the server does not have to close the connection while the client still sends.
    const body = gzipSync(Buffer.alloc(17 * 2 ** 20, 32));
    const headers = { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' };
    const { status, text } = await post(path, body, headers);

    expect([status, text]).toEqual([
      413,
      expect.stringMatching(
        `Cannot read the body of POST /${path}: it is larger than 16 MiB, the limit, .*Send fewer documents in each request`,
      ),
    ]);
  });

  it.each(['v1/traces', 'v1/logs', 'v1/metrics'])(
    'is refused by /%s with another Content-Type, which the error names',
    async (path) => {
      const { status, text } = await post(path, '{}', { 'content-type': 'text/plain' });

      expect([status, text]).toEqual([
        415,
        expect.stringMatching(/its Content-Type is .*text\/plain.*Send application\/json or/),
      ]);
    },
  );

  it('is an OTLP export sent to PutTraceSegments', async () => {
    const { status, body } = await call(server, 'TraceSegments', { resourceSpans: [] });

    expect(status).toBe(400);
    expect(body.Message).toContain('TraceSegmentDocuments must be an array of strings');
  });
});

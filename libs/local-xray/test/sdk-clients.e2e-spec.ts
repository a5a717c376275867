import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LocalXray, Trace } from '../src';
import { call, start, until, url } from './support/client';
import { describeWith, runProgram } from './support/processes';

const CLIENTS = join(__dirname, 'clients');
const PYTHON = '/usr/bin/python3';

let server: LocalXray;
beforeEach(async () => {
  server = await start({ otlpGrpc: '127.0.0.1:0' });
});
afterEach(() => server.close());

const traces = async (server: LocalXray): Promise<any> =>
  (await fetch(url(server, '/console/traces'))).json();

async function documents(server: LocalXray, traceId: string): Promise<any[]> {
  const { body } = await call(server, 'Traces', { TraceIds: [traceId] });
  return body.Traces[0].Segments.map((each: any) => JSON.parse(each.Document));
}

describeWith(
  "python3-aws-xray-sdk with the article's Flask service",
  'python3-aws-xray-sdk python3-flask',
  [PYTHON, '-c', 'import aws_xray_sdk, flask'],
  () => {
    it('has every request stored, with subsegments in place and faults marked', async () => {
      const { code, stdout, stderr } = await runProgram(
        PYTHON,
        [join(CLIENTS, 'flask_service.py'), 'andrewbrown', 'boom'],
        { AWS_XRAY_DAEMON_ADDRESS: server.address },
      );
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      const [good, bad] = JSON.parse(stdout);
      await until(
        () => traces(server),
        ({ rows }) => rows.length === 2,
      );

      expect(await documents(server, good)).toMatchObject([
        {
          name: 'backend-flask',
          http: { response: { status: 200 } },
          subsegments: [
            {
              name: 'activities_users',
              subsegments: [
                {
                  name: 'mock-data',
                  annotations: { handle: 'andrewbrown', size: 1, cached: false },
                },
              ],
            },
          ],
        },
      ]);
      expect(await documents(server, bad)).toMatchObject([
        {
          fault: true,
          subsegments: [{ fault: true, cause: { exceptions: [{ message: 'boom' }] } }],
        },
      ]);
    });
  },
);

describe('aws-xray-sdk-core with central sampling', () => {
  it.each([
    [1, 12],
    [0, 0],
  ])(
    'samples by the rule of the server: rate %s takes %s of 12 requests',
    async (rate, expected) => {
      await call(server, 'CreateSamplingRule', {
        SamplingRule: {
          RuleName: 'ours',
          ResourceARN: '*',
          Priority: 1,
          FixedRate: rate,
          ReservoirSize: 0,
          ServiceName: 'node-service',
          ServiceType: '*',
          Host: '*',
          HTTPMethod: 'GET',
          URLPath: '/orders',
          Version: 1,
        },
      });
      const child = spawn(process.execPath, [join(CLIENTS, 'node-sdk.cjs'), '12'], {
        env: {
          ...process.env,
          AWS_XRAY_DAEMON_ADDRESS: server.address,
          AWS_XRAY_CONTEXT_MISSING: 'IGNORE_ERROR',
        },
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const [output] = await once(child.stdout, 'data');
      const { rule, sampled } = JSON.parse(String(output));
      const orders = await until(
        async () => (await traces(server)).rows.filter(({ url }: any) => url?.endsWith('/orders')),
        (rows) => rows.length === expected,
      );
      child.stdin.write('end\n');
      await once(child, 'exit');

      expect({ rule, sampled: sampled.length }).toEqual({ rule: 'ours', sampled: expected });
      expect(orders.map(({ id }: any) => id).sort()).toEqual(sampled.sort());
      expect(orders.every(({ annotations }: any) => annotations.plan === 'gold')).toBe(true);
    },
  );
});

describe('the OTLP exporters of OpenTelemetry', () => {
  it.each([
    ['http', 'none'],
    ['http', 'gzip'],
    ['proto', 'none'],
    ['proto', 'gzip'],
    ['grpc', 'none'],
    ['grpc', 'gzip'],
  ])('are accepted: %s, compression %s', async (protocol, compression) => {
    const { code, stdout, stderr } = await runProgram(process.execPath, [
      join(CLIENTS, 'otel.cjs'),
      protocol,
      protocol === 'grpc' ? `http://${server.otlp.grpc}` : url(server, '/v1/traces'),
      compression,
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const id: string = JSON.parse(stdout);

    expect(await documents(server, `1-${id.slice(0, 8)}-${id.slice(8)}`)).toMatchObject([
      {
        name: `otel-${protocol}`,
        service: { version: '1.2.3' },
        fault: true,
        http: {
          request: { method: 'GET', url: 'http://shop.test/orders' },
          response: { status: 503 },
        },
        annotations: { plan: 'gold', size: 3 },
        subsegments: [
          {
            name: 'orders',
            namespace: 'remote',
            fault: true,
            sql: { database_type: 'postgresql', sanitized_query: 'SELECT 1' },
            cause: {
              exceptions: [
                {
                  type: 'TypeError',
                  message: 'no such table',
                  stack: expect.arrayContaining([
                    expect.objectContaining({ line: expect.any(Number) }),
                  ]),
                },
              ],
            },
          },
        ],
      },
    ]);
    if (protocol !== 'grpc') return;
    const trace = await fetch(url(server, `/console/traces/1-${id.slice(0, 8)}-${id.slice(8)}`));
    const { logs } = (await trace.json()) as Trace;
    expect(logs).toEqual([
      {
        time: expect.any(Number),
        level: 'warn',
        severity: 'WARN',
        message: 'slow',
        attributes: { 'otel.scope.name': 'orders 2.0' },
        traceId: `1-${id.slice(0, 8)}-${id.slice(8)}`,
        segmentId: expect.stringMatching(/^[\da-f]{16}$/),
        service: 'otel-grpc',
      },
    ]);
  });
});

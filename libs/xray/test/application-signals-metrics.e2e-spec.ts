import 'nestjs-xray/opentelemetry';
import {
  BadRequestException,
  Controller,
  Get,
  InternalServerErrorException,
  Module,
  Param,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { context, SpanKind, trace as api } from '@opentelemetry/api';
import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import root from '@opentelemetry/otlp-transformer/build/src/generated/root';
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  type ExponentialHistogram,
  type PushMetricExporter,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { startLocalXray } from 'local-xray';
import { capture, XrayModule, XrayService, type XrayOptions } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { echo } from './tracing';

const SAMPLED = { 'x-amzn-trace-id': 'Sampled=1' };
const UNSAMPLED = { 'x-amzn-trace-id': 'Sampled=0' };

/** What a handler does; each test has its own. */
let work: (xray: XrayService) => unknown = () => undefined;

@Controller('carts')
class CartsController {
  constructor(private readonly xray: XrayService) {}

  @Get('orders/:id')
  async work(@Param('id') id: string): Promise<string> {
    await work(this.xray);
    return id;
  }

  @Get('refused')
  refused(): string {
    throw new BadRequestException();
  }

  @Get('broken')
  broken(): string {
    throw new InternalServerErrorException();
  }
}

/** The three metrics of one set of attributes, over all exports. */
interface Measured {
  attributes: Record<string, unknown>;
  count: number;
  errors: number;
  faults: number;
  latencyMs: number;
}

/** An application whose metrics are kept. */
async function measuredApp(options: Partial<XrayOptions> = {}) {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
  const emitter = new MemoryEmitter();
  const warnings: string[] = [];
  const logger = { warn: (message: string) => void warnings.push(message) };
  const applicationSignals = { exporter };
  const given = { serviceName: 'shop', emitter, logger, applicationSignals, ...options };
  @Module({ imports: [XrayModule.forRoot(given)], controllers: [CartsController] })
  class App {}
  const app = await NestFactory.create(App, { logger: false });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/carts`;
  return {
    emitter,
    exporter,
    warnings,
    xray: app.get(XrayService),
    close: () => app.close(),
    async get(path: string, headers: Record<string, string> = {}): Promise<Headers> {
      const response = await fetch(`${url}/${path}`, { headers });
      await response.text();
      return response.headers;
    },
    /** Ends the application, whose requests have ended by then. */
    async metrics(): Promise<Measured[]> {
      await app.close();
      return measuredIn(exporter.getMetrics());
    },
  };
}

function measuredIn(exports: ReturnType<InMemoryMetricExporter['getMetrics']>): Measured[] {
  const found = new Map<string, Measured>();
  for (const { descriptor, dataPoints } of exports
    .flatMap(({ scopeMetrics }) => scopeMetrics)
    .flatMap(({ metrics }) => metrics)) {
    for (const { attributes, value } of dataPoints) {
      const key = JSON.stringify(attributes);
      const { count, sum = NaN } = value as ExponentialHistogram;
      const known = found.get(key) ?? { attributes, count: 0, errors: 0, faults: 0, latencyMs: 0 };
      found.set(key, known);
      if (descriptor.name === 'Latency') {
        known.count += count;
        known.latencyMs += sum;
      } else known[descriptor.name === 'Error' ? 'errors' : 'faults'] += sum;
    }
  }
  return [...found.values()];
}

const service = (operation: string) => ({
  'aws.local.service': 'shop',
  'aws.local.operation': operation,
  'aws.local.environment': 'generic:default',
  'aws.span.kind': 'LOCAL_ROOT',
});

/** An exporter by OTLP as OpenTelemetry's: its serializer, and a POST. */
function otlpExporter(urls: string[]): PushMetricExporter & { statuses: number[] } {
  const statuses: number[] = [];
  const post = async (metrics: ResourceMetrics) => {
    const body = ProtobufMetricsSerializer.serializeRequest(metrics)!;
    const headers = { 'content-type': 'application/x-protobuf' };
    for (const url of urls) {
      statuses.push((await fetch(url, { method: 'POST', headers, body: body.slice() })).status);
    }
  };
  return {
    statuses,
    export: (metrics, done) =>
      void post(metrics).then(
        () => done({ code: 0 }),
        (error: Error) => done({ code: 1, error }),
      ),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

/** What OTLP tells of one metric. */
interface OtlpMetric {
  name: string;
  unit: string;
  exponentialHistogram: { aggregationTemporality: number; dataPoints: { sum: number }[] };
}

/** A receiver of metrics that decodes what it gets. */
async function receiver() {
  const received: { resource: object; scopeMetrics: { metrics: OtlpMetric[] }[] }[] = [];
  const schema = (root as any).opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push(...schema.decode(Buffer.concat(chunks)).resourceMetrics);
      response.end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    received,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/metrics`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

beforeEach(() => {
  work = () => undefined;
});

describe('metrics for Application Signals', () => {
  it('count every request, sampled or not, with its errors and faults', async () => {
    const app = await measuredApp();
    for (const headers of [SAMPLED, UNSAMPLED, UNSAMPLED]) {
      await app.get('orders/7', headers);
      await app.get('refused', headers);
      await app.get('broken', headers);
    }
    const metrics = await app.metrics();

    const any: unknown = expect.any(Number);
    expect(metrics).toEqual([
      {
        attributes: service('GET /carts/orders/:id'),
        count: 3,
        errors: 0,
        faults: 0,
        latencyMs: any,
      },
      { attributes: service('GET /carts/refused'), count: 3, errors: 3, faults: 0, latencyMs: any },
      { attributes: service('GET /carts/broken'), count: 3, errors: 0, faults: 3, latencyMs: any },
    ]);
    expect(app.emitter.documents).toHaveLength(3);
  });

  it('have the names, unit, temporality and aggregation of AWS’s distribution', async () => {
    const app = await measuredApp();
    await app.get('orders/7');
    await app.close();
    const [{ resource, scopeMetrics } = { resource: undefined, scopeMetrics: [] }] =
      app.exporter.getMetrics();

    expect(resource?.attributes).toMatchObject({ 'service.name': 'shop' });
    const described = scopeMetrics[0]?.metrics.map(({ descriptor, ...metric }) => [
      descriptor.name,
      descriptor.unit,
      metric.aggregationTemporality,
      metric.dataPointType,
    ]);
    const kept = [AggregationTemporality.DELTA, DataPointType.EXPONENTIAL_HISTOGRAM];
    expect(described).toEqual([
      ['Latency', 'Milliseconds', ...kept],
      ['Error', '', ...kept],
      ['Fault', '', ...kept],
    ]);
  });

  it('arrive unchanged over OTLP, and local X-Ray accepts them', async () => {
    const local = await startLocalXray({ address: '127.0.0.1:0', database: ':memory:' });
    const agent = await receiver();
    const exporter = otlpExporter([`http://${local.address}/v1/metrics`, agent.url]);
    const app = await measuredApp({ applicationSignals: { exporter } });
    await app.get('broken', UNSAMPLED);
    await app.close();
    await local.close();
    agent.close();

    expect(exporter.statuses).toEqual([200, 200]);
    expect(app.warnings).toEqual([]);
    const [{ resource, scopeMetrics } = { resource: {}, scopeMetrics: [] }] = agent.received;
    expect(JSON.stringify(resource)).toContain(
      '{"key":"service.name","value":{"stringValue":"shop"}}',
    );
    const told = scopeMetrics[0]?.metrics.map(({ name, unit, exponentialHistogram }) => {
      const { aggregationTemporality, dataPoints } = exponentialHistogram;
      // One is delta.
      return { name, unit, aggregationTemporality, sums: dataPoints.map(({ sum }) => sum) };
    });
    expect(told).toEqual([
      {
        name: 'Latency',
        unit: 'Milliseconds',
        aggregationTemporality: 1,
        sums: [expect.any(Number)],
      },
      { name: 'Error', unit: '', aggregationTemporality: 1, sums: [0] },
      { name: 'Fault', unit: '', aggregationTemporality: 1, sums: [1] },
    ]);
  });

  it('measure the time of a request in milliseconds', async () => {
    const app = await measuredApp();
    let from = 0;
    work = async () => {
      from = performance.now();
      while (performance.now() - from < 30) await new Promise((turn) => setImmediate(turn));
    };
    await app.get('orders/7', UNSAMPLED);
    const until = performance.now() - from;
    const [{ latencyMs } = { latencyMs: 0 }] = await app.metrics();

    expect(latencyMs).toBeGreaterThanOrEqual(29);
    expect(latencyMs).toBeLessThan(until + 1_000);
  });

  it.each([SAMPLED, UNSAMPLED])('count what a request calls, with %o', async (headers) => {
    const other = await echo();
    const app = await measuredApp();
    work = async () => {
      await fetch(`${other.url}/orders/17`);
      await fetch(`${other.url}/orders/18/status/503`);
      const attributes = { 'aws.remote.service': 'billing', 'aws.remote.operation': 'charge' };
      api.getTracer('t').startSpan('call', { kind: SpanKind.CLIENT, attributes }).end();
      api.getTracer('t').startSpan('inside').end();
    };
    await app.get('orders/7', headers);
    const metrics = await app.metrics();
    await other.close();

    const call = { ...service('GET /carts/orders/:id'), 'aws.span.kind': 'CLIENT' };
    const http = { 'aws.remote.service': '127.0.0.1', 'aws.remote.operation': 'GET /orders' };
    const named = { 'aws.remote.service': 'billing', 'aws.remote.operation': 'charge' };
    expect(metrics).toHaveLength(3);
    expect(metrics).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ attributes: service('GET /carts/orders/:id'), count: 1 }),
        expect.objectContaining({ attributes: { ...call, ...http }, count: 2, faults: 1 }),
        expect.objectContaining({ attributes: { ...call, ...named }, count: 1, faults: 0 }),
      ]),
    );
  });

  it('count each call of a request once, however many there are and whenever they end', async () => {
    const app = await measuredApp();
    let late: (() => void) | undefined;
    const call = () => api.getTracer('t').startSpan('call', { kind: SpanKind.CLIENT });
    work = () => {
      for (let i = 0; i < 450; i++) capture('step', () => call().end());
      const span = call();
      const within = api.setSpan(context.active(), span);
      const inner = context.with(within, call);
      late = () => {
        inner.end();
        span.end();
      };
    };
    for (const headers of [SAMPLED, UNSAMPLED]) {
      await app.get('orders/7', headers);
      // The request has ended before the first export, and its last calls after it.
      await app.xray.flush();
      late?.();
    }
    const metrics = await app.metrics();

    const calls = metrics.filter(({ attributes }) => attributes['aws.span.kind'] === 'CLIENT');
    expect(calls.reduce((sum, { count }) => sum + count, 0)).toBe(2 * 452);
    const requests = metrics.filter(
      ({ attributes }) => 'aws.remote.service' in attributes === false,
    );
    expect(requests.map(({ count }) => count)).toEqual([2]);
  });

  it('leave everything else unchanged for a request that is not sampled', async () => {
    const other = await echo();
    const app = await measuredApp();
    let seen: unknown[] = [];
    let sent: Record<string, string> = {};
    work = async (xray) => {
      xray.annotate('cart', '7');
      const { traceFlags } = api.getSpan(context.active())!.spanContext();
      seen = [xray.current, xray.traceHeader(), traceFlags];
      const response = await fetch(other.url);
      sent = ((await response.json()) as { headers: Record<string, string> }).headers;
    };
    const root = '1-58406520-a006649127e371903a2de979';
    const headers = await app.get('orders/7', { 'x-amzn-trace-id': `Root=${root};Sampled=0` });
    await app.metrics();
    await other.close();

    expect(headers.has('x-trace-id')).toBe(false);
    expect(seen).toEqual([undefined, expect.stringMatching(/Sampled=0/), 0]);
    expect(sent['x-amzn-trace-id']).toMatch(new RegExp(`^Root=${root};Parent=\\w{16};Sampled=0`));
    expect(sent.traceparent).toMatch(/-00$/);
    expect(app.emitter.documents).toEqual([]);
    expect(app.xray.stats()).toMatchObject({ opened: 0, closed: 0, sent: 0, dropped: 0 });
  });

  it('are off unless the option or AWS’s variable turns them on', async () => {
    const off = await measuredApp({ applicationSignals: undefined });
    await off.get('orders/7', UNSAMPLED);
    await off.close();
    process.env.OTEL_AWS_APPLICATION_SIGNALS_ENABLED = 'true';
    try {
      const on = await measuredApp({ applicationSignals: undefined });
      await on.get('orders/7');
      await on.close();
      // The repository has the SDK, and no exporter by OTLP.
      expect(on.warnings).toEqual([
        expect.stringMatching(/cannot be sent: .*Cannot find module.* Install/),
      ]);
      expect(on.emitter.documents).toHaveLength(1);

      const refused = await measuredApp({ applicationSignals: false });
      await refused.close();
      expect([...off.warnings, ...refused.warnings]).toEqual([]);
    } finally {
      delete process.env.OTEL_AWS_APPLICATION_SIGNALS_ENABLED;
    }
    expect(off.exporter.getMetrics()).toEqual([]);
  });

  it('log once that they could not be sent, without affecting requests', async () => {
    const exporter = {
      export: (_: unknown, done: (result: { code: number; error: Error }) => void) =>
        done({ code: 1, error: new Error('connect ECONNREFUSED 127.0.0.1:4316') }),
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.reject(new Error('shut down')),
    };
    const app = await measuredApp({ applicationSignals: { exporter } });
    for (let i = 0; i < 2; i++) {
      await app.get('orders/7');
      await app.xray.flush();
    }
    await app.close();

    expect(app.warnings).toEqual([
      expect.stringMatching(/could not be sent: connect ECONNREFUSED/),
    ]);
    expect(app.emitter.documents).toHaveLength(2);
  });

  it('are not sent on AWS Lambda, with a warning', async () => {
    process.env.LAMBDA_TASK_ROOT = '/var/task';
    try {
      const app = await measuredApp();
      await app.close();
      expect(app.warnings).toEqual([expect.stringMatching(/not sent on AWS Lambda/)]);
    } finally {
      delete process.env.LAMBDA_TASK_ROOT;
    }
  });
});

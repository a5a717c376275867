import 'nestjs-xray/opentelemetry';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OtlpEmitter } from 'nestjs-xray';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tracing } from './tracing';

interface Sent {
  name: string;
  kind: number;
  attributes: { key: string; value: Record<string, unknown> }[];
  events?: { name: string }[];
  links?: { traceId: string; spanId: string }[];
  status?: { code: number; message?: string };
}

/** The spans that reach a collector by OTLP of one request that does `work`. */
async function sentBy(work: () => unknown): Promise<Sent[]> {
  const spans: Sent[] = [];
  const collector = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const { resourceSpans } = JSON.parse(body) as {
        resourceSpans: { scopeSpans: { spans: Sent[] }[] }[];
      };
      spans.push(...resourceSpans.flatMap((each) => each.scopeSpans.flatMap((one) => one.spans)));
      response.end('{}');
    });
  });
  await new Promise<void>((done) => collector.listen(0, '127.0.0.1', done));
  const { port } = collector.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/v1/traces`;
  const app = await tracing({
    serviceName: 'shop',
    emitter: new OtlpEmitter({ url, protocol: 'http/json' }),
  });
  await app.request(work);
  await app.close();
  await new Promise((done) => collector.close(done));
  return spans;
}

it('data from the OpenTelemetry API is sent unchanged', async () => {
  const other = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
  const spans = await sentBy(() => {
    const span = trace.getTracer('shop').startSpan('orders publish', {
      kind: SpanKind.PRODUCER,
      attributes: { 'messaging.system': 'kafka', 'messaging.batch.message_count': 2, tags: ['a'] },
      links: [{ context: { ...other, traceFlags: 1 } }],
    });
    span.addEvent('queued', { position: 7 });
    span.recordException(new RangeError('full'));
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'no room' });
    span.end();
    trace.getActiveSpan()!.setAttribute('cart.id', 'c7');
  });
  const published = spans.find(({ name }) => name === 'orders publish')!;

  expect(published).toMatchObject({
    kind: 4,
    links: [other],
    status: { code: SpanStatusCode.ERROR, message: 'no room' },
  });
  expect(published.events!.map(({ name }) => name)).toEqual(['queued', 'exception']);
  // Beside what Application Signals wants to know, which comes last.
  const told = published.attributes.filter(({ key }) => !/^aws\.(local|remote|span)\./.test(key));
  expect(told).toEqual([
    { key: 'messaging.system', value: { stringValue: 'kafka' } },
    { key: 'messaging.batch.message_count', value: { intValue: 2 } },
    { key: 'tags', value: { arrayValue: { values: [{ stringValue: 'a' }] } } },
  ]);
  const server = spans.find(({ kind }) => kind === 2)!;
  expect(server.attributes).toContainEqual({ key: 'cart.id', value: { stringValue: 'c7' } });
});

import 'nestjs-xray/opentelemetry';
import { SpanKind, trace } from '@opentelemetry/api';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { OtlpEmitter } from 'nestjs-xray';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { awsFake } from './aws-fake';
import { echo, tracing } from './tracing';

type Attributes = Record<string, unknown>;

/** The attributes that begin with `aws.local`, `aws.remote` or `aws.span` of what `work` leaves, by span. */
async function signals(work: () => unknown, resource: Record<string, string> = {}) {
  const spans: { name: string; attributes: { key: string; value: object }[] }[] = [];
  const collector = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      for (const { scopeSpans } of JSON.parse(body).resourceSpans)
        spans.push(...scopeSpans[0].spans);
      response.end('{}');
    });
  });
  await new Promise<void>((done) => collector.listen(0, '127.0.0.1', done));
  const { port } = collector.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/v1/traces`;
  const emitter = new OtlpEmitter({ url, protocol: 'http/json', resource });
  const app = await tracing({ serviceName: 'shop', emitter });
  await app.request(() => work());
  await app.close();
  await new Promise((done) => collector.close(done));
  return spans.map(({ name, attributes }) => {
    const told: Attributes = {};
    for (const { key, value } of attributes) {
      if (/^aws\.(local|remote|span)\./.test(key)) told[key] = Object.values(value)[0];
    }
    return { name, told };
  });
}

/** What every span of the request tells of the process. */
const LOCAL = {
  'aws.local.service': 'shop',
  'aws.local.operation': 'GET /work',
  'aws.local.environment': 'generic:default',
};

describe('a span sent over OTLP, for Application Signals,', () => {
  it('of a request is the local root of its service', async () => {
    const [root] = await signals(() => undefined);

    expect(root!.told).toEqual({ ...LOCAL, 'aws.span.kind': 'LOCAL_ROOT' });
  });

  it('has the environment and the service that the user configures', async () => {
    const resource = { 'deployment.environment.name': 'production', 'service.name': 'store' };
    const [root] = await signals(() => undefined, resource);

    expect(root!.told).toMatchObject({
      'aws.local.service': 'store',
      'aws.local.environment': 'production',
    });
  });

  it('of an HTTP call names the called host and the first part of the path', async () => {
    const other = await echo();
    const spans = await signals(() => fetch(`${other.url}/orders/17/lines?secret=1`));
    await other.close();

    expect(spans.at(-1)?.told).toEqual({
      ...LOCAL,
      'aws.span.kind': 'CLIENT',
      'aws.remote.service': '127.0.0.1',
      'aws.remote.operation': 'GET /orders',
    });
  });

  it('of an AWS call names service, operation and resource', async () => {
    const aws = await awsFake();
    const client = new DynamoDBClient(aws.config);
    const command = new GetItemCommand({ TableName: 'carts', Key: { id: { S: '7' } } });
    const spans = await signals(() => client.send(command).catch(() => undefined));
    await aws.close();

    expect(spans.find(({ name }) => name === 'DynamoDB.GetItem')?.told).toEqual({
      ...LOCAL,
      'aws.span.kind': 'CLIENT',
      'aws.remote.service': 'AWS::DynamoDB',
      'aws.remote.operation': 'GetItem',
      'aws.remote.resource.type': 'AWS::DynamoDB::Table',
      'aws.remote.resource.identifier': 'carts',
    });
  });

  it('of a query recorded through the OpenTelemetry API names the database', async () => {
    const spans = await signals(() => {
      const attributes = {
        'db.system': 'mysql',
        'db.name': 'sh|op',
        'db.statement': 'select name from carts',
        'db.user': 'reader',
        'net.peer.name': 'db.internal',
        'net.peer.port': 3306,
      };
      trace.getTracer('t').startSpan('query', { kind: SpanKind.CLIENT, attributes }).end();
    });

    expect(spans.find(({ name }) => name === 'query')?.told).toEqual({
      ...LOCAL,
      'aws.span.kind': 'CLIENT',
      'aws.remote.service': 'shop@db.internal',
      'aws.remote.operation': 'SELECT',
      'aws.remote.resource.type': 'DB::Connection',
      'aws.remote.resource.identifier': 'sh^|op|db.internal|3306',
      'aws.remote.db.user': 'reader',
    });
  });

  it('keeps attributes that were set by hand', async () => {
    const spans = await signals(() => {
      const attributes = { 'aws.remote.service': 'billing', 'aws.remote.operation': 'charge' };
      trace.getTracer('t').startSpan('call', { kind: SpanKind.CLIENT, attributes }).end();
    });

    expect(spans.find(({ name }) => name === 'call')?.told).toMatchObject({
      'aws.remote.service': 'billing',
      'aws.remote.operation': 'charge',
    });
  });

  it('has no such attributes if it is within the process', async () => {
    const spans = await signals(() => trace.getTracer('t').startSpan('inside').end());

    expect(spans.find(({ name }) => name === 'inside')?.told).toEqual({});
  });
});

// Spans a second over OTLP, in exports of 50, four at a time: node bench/local-xray/otlp-ingest.mjs [http|grpc]
// The load is created beforehand, as protobuf.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as grpc from '@grpc/grpc-js';
import { fromJson, toBinary } from '@bufbuild/protobuf';
import { httpClient, sendFor } from './sending.mjs';
import { freePort, round, startServer } from './support.mjs';

const TRANSPORT = process.argv[2] ?? 'http';
const SECONDS = Number(process.env.SECONDS ?? 5);
const CLIENTS = Number(process.env.CLIENTS ?? 4);
const SPANS = 50;
const EXPORTS = 2400;
const DEADLINE_MS = 30_000;
const SCHEMA = new URL('../../dist/libs/local-xray/src/ingest/otlp/otlp_pb.js', import.meta.url)
  .pathname;

const transports = { http: overHttp, grpc: overGrpc };
if (!transports[TRANSPORT]) {
  console.error(`There is no transport "${TRANSPORT}". Use http or grpc.`);
  process.exit(1);
}
if (!existsSync(SCHEMA)) throw new Error('Run npm run build first: dist/ has no local X-Ray.');
const { ExportTraceServiceRequestSchema } = createRequire(import.meta.url)(SCHEMA);

const attribute = (key, value) => ({ key, value: { [`${typeof value}Value`]: value } });
const id = (bytes) => randomBytes(bytes).toString('base64');

/** A request with two database queries, a call to another service, and work of its own. */
function spansOf(number, at) {
  const traceId = id(16);
  const span = (name, kind, from, to, attributes, parentSpanId) => ({
    ...{ traceId, spanId: id(8), name, kind, ...(parentSpanId && { parentSpanId }) },
    startTimeUnixNano: String(BigInt(at + from) * 1_000_000n),
    endTimeUnixNano: String(BigInt(at + to) * 1_000_000n),
    attributes: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
    status: {},
  });
  const root = span('GET /api/orders/:id', 'SPAN_KIND_SERVER', 0, 50 + (number % 97), {
    'http.request.method': 'GET',
    'http.route': '/api/orders/:id',
    'url.path': `/api/orders/${number % 500}`,
    'url.scheme': 'http',
    'server.address': 'shop.test',
    'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
    'enduser.id': `user-${number % 1000}`,
    'shop.tenant': `tenant-${number % 30}`,
  });
  const query = {
    'db.system.name': 'postgresql',
    'db.namespace': 'orders',
    'db.query.text': 'select id, total, created_at from orders where tenant = $1 limit 50',
    'server.address': 'db.test',
  };
  const call = {
    'http.request.method': 'GET',
    'url.full': 'http://billing.test/api/items',
    'http.response.status_code': '200',
    'server.address': 'billing.test',
  };
  const { spanId } = root;
  return [
    root,
    span('SELECT orders', 'SPAN_KIND_CLIENT', 2, 6, query, spanId),
    span('SELECT orders', 'SPAN_KIND_CLIENT', 7, 9, query, spanId),
    span('GET', 'SPAN_KIND_CLIENT', 10, 40, call, spanId),
    span('OrdersService.total', 'SPAN_KIND_INTERNAL', 41, 48, { 'shop.items': '4' }, spanId),
  ];
}

function exportOf(number) {
  const spans = [];
  while (spans.length < SPANS) spans.push(...spansOf(number++, Date.now()));
  const resource = { attributes: [attribute('service.name', 'shop')] };
  const json = { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'bench' }, spans }] }] };
  return Buffer.from(
    toBinary(ExportTraceServiceRequestSchema, fromJson(ExportTraceServiceRequestSchema, json)),
  );
}

/** Resolves to '' if an export was accepted completely, else to the response. */
function overHttp(server) {
  const { send, close } = httpClient(`${server.base}/v1/traces`, {
    connections: CLIENTS,
    headers: { 'Content-Type': 'application/x-protobuf' },
  });
  const taken = async (body) => {
    const { status, text } = await send(body);
    return status === 200 ? text : `${status} ${text}`;
  };
  return { send: taken, close };
}

function overGrpc(_server, address) {
  const client = new grpc.Client(address, grpc.credentials.createInsecure());
  const same = (bytes) => bytes;
  const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
  const send = (body) =>
    new Promise((resolve, reject) => {
      const options = { deadline: Date.now() + DEADLINE_MS };
      client.makeUnaryRequest(path, same, same, body, options, (error, answer) =>
        error ? reject(error) : resolve(answer.toString('latin1')),
      );
    });
  return { send, close: () => client.close() };
}

const bodies = Array.from({ length: EXPORTS }, (_, at) => exportOf(at * 10));
const address = `127.0.0.1:${await freePort()}`;
const server = await startServer({ args: ['--otlp-http', 'off', '--otlp-grpc', address] });
const { send, close } = transports[TRANSPORT](server, address);
// The first export loads the decoder.
await send(bodies[0]);
await server.resetLoop();
const before = await server.status();
const cpuBefore = server.cpuMs();
const { bodiesSent, seconds, unexpected } = await sendFor({
  ...{ seconds: SECONDS, clients: CLIENTS, bodies: bodies.slice(1) },
  send,
  expected: '',
});
const sent = bodiesSent * SPANS;
const cpuMs = server.cpuMs() - cpuBefore;
const loop = await server.loop();
const { received, rejected } = await server.status();
console.log(
  JSON.stringify({
    spanBytes: Math.round(bodies.reduce((sum, each) => sum + each.length, 0) / (EXPORTS * SPANS)),
    spansPerSecond: Math.round(sent / seconds),
    cpuMicrosecondsPerSpan: round((cpuMs * 1000) / sent),
    sent,
    documents: received - before.received,
    rejected,
    unexpected: unexpected.slice(0, 3),
    eventLoopP99Ms: round(loop.p99),
    memoryMb: Math.round(server.memory()),
  }),
);
close();
await server.stop();

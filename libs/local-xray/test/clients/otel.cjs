// Exports two spans, and over gRPC two log lines, with OpenTelemetry's own exporters:
// node otel.cjs <http|proto|grpc> <url> <none|gzip>
const { SpanKind, SpanStatusCode, trace, context } = require('@opentelemetry/api');
const { resourceFromAttributes } = require('@opentelemetry/resources');
const { BasicTracerProvider, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-base');

const [, , protocol, url, compression] = process.argv;
const { OTLPTraceExporter } = require(`@opentelemetry/exporter-trace-otlp-${protocol}`);

const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({
    'service.name': `otel-${protocol}`,
    'service.version': '1.2.3',
  }),
  spanProcessors: [new SimpleSpanProcessor(new OTLPTraceExporter({ url, compression }))],
});
const tracer = provider.getTracer('test');
const server = tracer.startSpan('GET /orders', {
  kind: SpanKind.SERVER,
  attributes: {
    'http.request.method': 'GET',
    'url.full': 'http://shop.test/orders',
    'http.response.status_code': 503,
    plan: 'gold',
    size: 3,
    'aws.xray.annotations': ['plan', 'size'],
  },
});
const client = tracer.startSpan(
  'SELECT orders',
  {
    kind: SpanKind.CLIENT,
    attributes: { 'db.system': 'postgresql', 'db.name': 'orders', 'db.statement': 'SELECT 1' },
  },
  trace.setSpan(context.active(), server),
);
client.recordException(new TypeError('no such table'));
client.setStatus({ code: SpanStatusCode.ERROR });
client.end();
server.end();

/** Written while the client's span runs, and outside of any trace. */
async function log() {
  const { LoggerProvider, SimpleLogRecordProcessor } = require('@opentelemetry/sdk-logs');
  const { OTLPLogExporter } = require('@opentelemetry/exporter-logs-otlp-grpc');
  const logs = new LoggerProvider({
    resource: resourceFromAttributes({ 'service.name': 'otel-grpc' }),
    processors: [new SimpleLogRecordProcessor(new OTLPLogExporter({ url, compression }))],
  });
  const logger = logs.getLogger('orders', '2.0');
  const within = trace.setSpan(context.active(), client);
  logger.emit({ severityNumber: 13, severityText: 'WARN', body: 'slow', context: within });
  logger.emit({ body: 'nobody asked' });
  await logs.shutdown();
}

provider
  .shutdown()
  .then(() => (protocol === 'grpc' ? log() : undefined))
  .then(() => process.stdout.write(JSON.stringify(server.spanContext().traceId)))
  .catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });

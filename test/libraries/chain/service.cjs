/* A service as OpenTelemetry's documentation has it: NodeSDK with its HTTP instrumentation. */
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { InMemorySpanExporter, SimpleSpanProcessor } = require('@opentelemetry/sdk-node').tracing;

const exporter = new InMemorySpanExporter();
new NodeSDK({
  serviceName: 'company',
  spanProcessors: [new SimpleSpanProcessor(exporter)],
  instrumentations: [
    new HttpInstrumentation({ ignoreIncomingRequestHook: ({ url }) => url === '/spans' }),
  ],
}).start();
const { createServer, get } = require('node:http');

/** `/go?to=<url>` calls that; `/spans` tells what was recorded. */
const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/spans') {
    const spans = exporter.getFinishedSpans().map((span) => ({
      name: span.name,
      kind: span.kind,
      ...span.spanContext(),
      parent: span.parentSpanContext?.spanId,
      state: span.spanContext().traceState?.serialize(),
    }));
    response.end(JSON.stringify(spans));
    return;
  }
  const to = url.searchParams.get('to');
  if (to === null) return response.end('done');
  get(to, (answer) => answer.pipe(response));
});
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());

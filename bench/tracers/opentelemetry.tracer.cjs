'use strict';

/** OpenTelemetry's Node SDK with the HTTP and Express instrumentations, OTLP over HTTP, and nestjs-otel's @Span. */
function start({ sampled, exporting, httpPort }) {
  const { registerInstrumentations } = require('@opentelemetry/instrumentation');
  const { ExpressInstrumentation } = require('@opentelemetry/instrumentation-express');
  const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
  const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http');
  const { resourceFromAttributes } = require('@opentelemetry/resources');
  const {
    AlwaysOffSampler,
    AlwaysOnSampler,
    BatchSpanProcessor,
    NodeTracerProvider,
    ParentBasedSampler,
  } = require('@opentelemetry/sdk-trace-node');

  const processor = exporting
    ? new BatchSpanProcessor(
        new OTLPTraceExporter({ url: `http://127.0.0.1:${httpPort}/v1/traces` }),
        // Room for all that comes at full load: with the defaults it drops what 2,048 spans do not hold.
        { maxQueueSize: 200_000, maxExportBatchSize: 2048, scheduledDelayMillis: 500 },
      )
    : { onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} };
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'bench' }),
    sampler: new ParentBasedSampler({
      root: sampled ? new AlwaysOnSampler() : new AlwaysOffSampler(),
    }),
    spanProcessors: [processor],
  });
  provider.register();
  registerInstrumentations({
    tracerProvider: provider,
    instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation()],
  });
  const { Span } = require('nestjs-otel');
  return {
    traced: (name) => Span(name),
    flush: () => provider.forceFlush(),
  };
}

module.exports = { start };

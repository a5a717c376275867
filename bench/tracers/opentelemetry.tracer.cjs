'use strict';
const { instrumentationsOf } = require('./instrumentations.cjs');

/** OpenTelemetry's Node SDK, OTLP over HTTP, and nestjs-otel's @Span. */
function start({ sampled, instrumentations = ['http', 'express'], exporting, httpPort }) {
  const { registerInstrumentations } = require('@opentelemetry/instrumentation');
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
        // A queue for full load: with the defaults it drops everything beyond 2,048 spans.
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
    instrumentations: instrumentationsOf(instrumentations),
  });
  const { Span } = require('nestjs-otel');
  return {
    traced: (name) => Span(name),
    flush: () => provider.forceFlush(),
  };
}

module.exports = { start };

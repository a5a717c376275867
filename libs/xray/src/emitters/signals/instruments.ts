import { reasonOf } from '../../core/foreign-values';
import type { Warn } from '../../core/warn-once';
import { loadPeer } from '../load-peer';
import type { MetricsExporter, SignalsSettings } from '../../options/signals-options';

interface Histogram {
  record(value: number, attributes: object): void;
}

/** The part of `@opentelemetry/sdk-metrics` used here. It is an optional package. */
interface MetricsSdk {
  AggregationTemporality: { DELTA: number };
  AggregationType: { EXPONENTIAL_HISTOGRAM: number };
  PeriodicExportingMetricReader: new (options: {
    exporter: MetricsExporter;
    exportIntervalMillis: number;
    exportTimeoutMillis: number;
  }) => object;
  MeterProvider: new (options: { readers: object[] }) => {
    getMeter(name: string): {
      createHistogram(name: string, options?: { unit: string }): Histogram;
    };
    forceFlush(): Promise<void>;
    shutdown(): Promise<void>;
  };
}

/** The instruments that Application Signals expects, and the reader that sends them. */
export interface Instruments {
  record(values: { latencyMs: number; error: number; fault: number }, attributes: object): void;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** The HTTP exporters. Both read OpenTelemetry's variables for headers, timeout and so on. */
const EXPORTERS = [
  '@opentelemetry/exporter-metrics-otlp-proto',
  '@opentelemetry/exporter-metrics-otlp-http',
];

/**
 * Histograms with the names, unit, temporality and aggregation that AWS's distribution of
 * OpenTelemetry for JavaScript uses.
 *
 * @param resource returns the attributes of the process. Called when metrics are sent, because
 *   plugins may detect later where it runs.
 * @throws Error if a package is missing
 */
export function createInstruments(
  settings: SignalsSettings,
  resource: () => Record<string, unknown>,
  warn: Warn,
): Instruments {
  const sdk = loadPeer('@opentelemetry/sdk-metrics') as MetricsSdk;
  const exporter = settings.exporter ?? createExporter(settings.url);
  const { intervalMs } = settings;
  const reader = new sdk.PeriodicExportingMetricReader({
    exporter: withDelta(sdk, exporter, resource, warn),
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: Math.min(intervalMs, 30_000),
  });
  const provider = new sdk.MeterProvider({ readers: [reader] });
  const meter = provider.getMeter('nestjs-xray');
  const latency = meter.createHistogram('Latency', { unit: 'Milliseconds' });
  const error = meter.createHistogram('Error');
  const fault = meter.createHistogram('Fault');
  return {
    record(values, attributes) {
      latency.record(values.latencyMs, attributes);
      error.record(values.error, attributes);
      fault.record(values.fault, attributes);
    },
    flush: () => provider.forceFlush(),
    close: () => provider.shutdown(),
  };
}

function createExporter(url: string): MetricsExporter {
  let problem: unknown;
  for (const name of EXPORTERS) {
    try {
      const { OTLPMetricExporter } = loadPeer(name) as {
        OTLPMetricExporter: new (options: { url: string }) => MetricsExporter;
      };
      return new OTLPMetricExporter({ url });
    } catch (thrown) {
      problem ??= thrown;
    }
  }
  throw problem;
}

interface Preferences {
  selectAggregationTemporality(): number;
  selectAggregation(): { type: number };
}

/** Wraps an exporter so that it sends deltas and the resource, and logs failed exports. */
function withDelta(
  { AggregationTemporality, AggregationType }: MetricsSdk,
  exporter: MetricsExporter,
  resource: () => Record<string, unknown>,
  warn: Warn,
): MetricsExporter & Preferences {
  return {
    selectAggregationTemporality: () => AggregationTemporality.DELTA,
    selectAggregation: () => ({ type: AggregationType.EXPONENTIAL_HISTOGRAM }),
    export(metrics: { resource: object }, done) {
      const attributes = { value: resource(), enumerable: true };
      const named = {
        ...metrics,
        resource: Object.create(metrics.resource, { attributes }) as object,
      };
      exporter.export(named, (result) => {
        if (result.code !== 0) {
          const why = reasonOf(result.error);
          warn(
            `metrics:${why}`,
            `Metrics for Application Signals could not be sent: ${why}. Check ` +
              'OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT and that the CloudWatch agent runs. ' +
              'Traces and requests are not affected.',
          );
        }
        done(result);
      });
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}

import type { OptionsOf } from './check-options';
import * as fits from './fits';

/** Metrics for AWS's Application Signals. */
export interface SignalsOptions {
  /**
   * Where metrics go. `OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT` is used without it. Default
   * `http://localhost:4316/v1/metrics`, the CloudWatch agent.
   */
  url?: string;
  /** Milliseconds between exports. `OTEL_METRIC_EXPORT_INTERVAL` is used without it. Default 60,000. */
  intervalMs?: number;
  /** Sends the metrics instead of the installed OTLP exporter. */
  exporter?: MetricsExporter;
}

/** A PushMetricExporter of `@opentelemetry/sdk-metrics`. */
export interface MetricsExporter {
  // What it exports has a type only where that package is installed.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  export(metrics: any, done: (result: { code: number; error?: Error }) => void): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** The agent aggregates metrics by the minute. */
const MAX_INTERVAL_MS = 60_000;

export const SIGNALS_OPTIONS: OptionsOf<SignalsOptions> = {
  url: { takes: 'a URL such as http://localhost:4316/v1/metrics', fits: fits.httpUrl },
  intervalMs: {
    takes: `a whole number of milliseconds from 1 to ${MAX_INTERVAL_MS}`,
    fits: fits.wholeFrom(1, MAX_INTERVAL_MS),
  },
  exporter: {
    takes: 'an exporter of metrics, with export(), forceFlush() and shutdown()',
    fits: fits.having('export', 'forceFlush', 'shutdown'),
  },
};

export interface SignalsSettings extends SignalsOptions {
  url: string;
  intervalMs: number;
}

/**
 * The settings from code and from the variables of AWS's OpenTelemetry distribution. Undefined if
 * metrics are off, as they are by default.
 */
export function signalsSettings(
  given: boolean | SignalsOptions | undefined,
  env: NodeJS.ProcessEnv = process.env,
): SignalsSettings | undefined {
  const on = given ?? env.OTEL_AWS_APPLICATION_SIGNALS_ENABLED?.trim().toLowerCase() === 'true';
  if (on === false) return undefined;
  const options = on === true ? {} : on;
  const interval = Number(env.OTEL_METRIC_EXPORT_INTERVAL?.trim() || MAX_INTERVAL_MS);
  return {
    ...options,
    url:
      options.url ??
      (env.OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT?.trim() ||
        'http://localhost:4316/v1/metrics'),
    intervalMs:
      options.intervalMs ?? (interval > 0 ? Math.min(interval, MAX_INTERVAL_MS) : MAX_INTERVAL_MS),
  };
}

/**
 * How long an idle connection stays open, in milliseconds. Node's default of 5 s is the interval at
 * which OpenTelemetry's exporters send: a request that meets the closing connection fails.
 */
export const KEEP_ALIVE_MS = 65_000;

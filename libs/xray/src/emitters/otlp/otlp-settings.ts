/** Where and how spans are exported; from OpenTelemetry's standard variables. */
export interface OtlpSettings {
  url: string;
  headers: Record<string, string>;
  protocol: 'http/protobuf' | 'http/json';
  gzip: boolean;
  /** How long one attempt may take. */
  timeoutMs: number;
  /** Attributes put on every resource; `service.name` among them wins over the segment's name. */
  resource: Record<string, string>;
  /** How long spans may wait for others before they leave. */
  delayMs: number;
  /** Segments waiting beyond this number are dropped, and counted. */
  maxQueue: number;
  /** Segments in one request at most. */
  maxBatch: number;
}

/** A standard variable of OpenTelemetry says something that cannot be done; said at start-up. */
export class OtlpSettingsError extends Error {
  constructor(variable: string, value: string, remedy: string) {
    super(`Cannot export by OTLP with ${variable}="${value}": ${remedy}`);
    this.name = 'OtlpSettingsError';
  }
}

const DEFAULT_ENDPOINT = 'http://localhost:4318';

/**
 * Reads `OTEL_EXPORTER_OTLP_*`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_SERVICE_NAME` and `OTEL_BSP_*`.
 *
 * A variable for traces (`OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`) wins over the general one.
 * The delay is one second by default, not OpenTelemetry's five: someone is watching.
 *
 * @throws OtlpSettingsError when a value cannot be used, gRPC among them.
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
export function otlpSettings(env: NodeJS.ProcessEnv = process.env): OtlpSettings {
  const read = (name: string) =>
    env[`OTEL_EXPORTER_OTLP_TRACES_${name}`]?.trim() || env[`OTEL_EXPORTER_OTLP_${name}`]?.trim();
  return {
    url: endpoint(env),
    headers: pairs(read('HEADERS') ?? '', 'OTEL_EXPORTER_OTLP_HEADERS'),
    protocol: protocol(read('PROTOCOL') ?? 'http/protobuf'),
    gzip: compression(read('COMPRESSION') ?? 'none'),
    timeoutMs: milliseconds('OTEL_EXPORTER_OTLP_TIMEOUT', read('TIMEOUT'), 10_000),
    resource: {
      ...pairs(env.OTEL_RESOURCE_ATTRIBUTES ?? '', 'OTEL_RESOURCE_ATTRIBUTES'),
      ...(env.OTEL_SERVICE_NAME ? { 'service.name': env.OTEL_SERVICE_NAME } : {}),
    },
    delayMs: milliseconds('OTEL_BSP_SCHEDULE_DELAY', env.OTEL_BSP_SCHEDULE_DELAY, 1_000),
    maxQueue: milliseconds('OTEL_BSP_MAX_QUEUE_SIZE', env.OTEL_BSP_MAX_QUEUE_SIZE, 2_048),
    maxBatch: milliseconds(
      'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
      env.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
      512,
    ),
  };
}

function endpoint(env: NodeJS.ProcessEnv): string {
  const traces = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?.trim();
  // The one for traces is used as it is; the general one gets the path of the signal.
  if (traces) return checked('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', traces);
  const general = env.OTEL_EXPORTER_OTLP_ENDPOINT?.trim() || DEFAULT_ENDPOINT;
  return `${checked('OTEL_EXPORTER_OTLP_ENDPOINT', general).replace(/\/+$/, '')}/v1/traces`;
}

function checked(variable: string, url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new OtlpSettingsError(variable, url, 'write a URL such as http://localhost:4318.');
  }
  return url;
}

function protocol(value: string): OtlpSettings['protocol'] {
  if (value === 'http/protobuf' || value === 'http/json') return value;
  throw new OtlpSettingsError(
    'OTEL_EXPORTER_OTLP_PROTOCOL',
    value,
    'use http/protobuf or http/json; every collector takes them on port 4318.',
  );
}

function compression(value: string): boolean {
  if (value === 'gzip' || value === 'none') return value === 'gzip';
  throw new OtlpSettingsError('OTEL_EXPORTER_OTLP_COMPRESSION', value, 'use gzip or none.');
}

function milliseconds(variable: string, value: string | undefined, otherwise: number): number {
  if (value === undefined || value === '') return otherwise;
  const number = Number(value);
  if (Number.isInteger(number) && number > 0) return number;
  throw new OtlpSettingsError(variable, value, 'use a whole number above 0.');
}

/** `key=value,key=value`, percent-encoded as in W3C Baggage. */
function pairs(text: string, variable: string): Record<string, string> {
  const result: Record<string, string> = {};
  for (const pair of text.split(',').filter((each) => each.trim() !== '')) {
    const at = pair.indexOf('=');
    if (at < 1) throw new OtlpSettingsError(variable, text, 'write key=value,key=value.');
    result[pair.slice(0, at).trim()] = decode(pair.slice(at + 1).trim());
  }
  return result;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

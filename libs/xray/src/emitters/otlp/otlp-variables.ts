import * as fits from '../../options/fits';
import { XrayConfigurationError } from '../../xray.errors';
import type { OtlpSettings } from './otlp-settings';

/** One of OpenTelemetry's standard variables has a value that cannot be used. Thrown at startup. */
export class OtlpSettingsError extends XrayConfigurationError {
  constructor(variable: string, value: string, remedy: string) {
    super(`Cannot export by OTLP with ${variable}="${value}": ${remedy}`);
    this.name = 'OtlpSettingsError';
  }
}

const DEFAULT_ENDPOINT = 'http://localhost:4318';

/** A variable that is set, with its name. */
interface Variable {
  name: string;
  value: string;
}

/**
 * The settings in `OTEL_EXPORTER_OTLP_*`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_SERVICE_NAME` and
 * `OTEL_BSP_*`. Each is read only when it is needed.
 *
 * A variable for traces (`OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`) takes precedence over the general
 * one. The default delay is one second instead of OpenTelemetry's five, so that traces appear
 * sooner.
 *
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
export function otlpVariables(env: NodeJS.ProcessEnv): {
  [Name in keyof OtlpSettings]: () => OtlpSettings[Name];
} {
  const read = (...names: string[]): Variable | undefined => {
    for (const name of names) {
      const value = env[name]?.trim();
      if (value) return { name, value };
    }
    return undefined;
  };
  const ofExporter = (name: string) =>
    read(`OTEL_EXPORTER_OTLP_TRACES_${name}`, `OTEL_EXPORTER_OTLP_${name}`);
  return {
    url: () => endpoint(ofExporter('ENDPOINT')),
    headers: () => pairs(ofExporter('HEADERS')),
    protocol: () => protocol(ofExporter('PROTOCOL')),
    gzip: () => compression(ofExporter('COMPRESSION')),
    timeoutMs: () => wholeNumber(ofExporter('TIMEOUT'), 10_000, fits.MAX_TIMER_MS),
    resource: () => {
      const service = read('OTEL_SERVICE_NAME');
      const attributes = pairs(read('OTEL_RESOURCE_ATTRIBUTES'));
      return service ? { ...attributes, 'service.name': service.value } : attributes;
    },
    delayMs: () => wholeNumber(read('OTEL_BSP_SCHEDULE_DELAY'), 1_000, fits.MAX_TIMER_MS),
    maxQueue: () => wholeNumber(read('OTEL_BSP_MAX_QUEUE_SIZE'), 2_048),
    maxBatch: () => wholeNumber(read('OTEL_BSP_MAX_EXPORT_BATCH_SIZE'), 512),
  };
}

/**
 * The endpoint for traces is used unchanged. The path for traces is appended to the general one.
 */
function endpoint(variable: Variable | undefined): string {
  const { name, value } = variable ?? { name: '', value: DEFAULT_ENDPOINT };
  if (!fits.httpUrl(value)) {
    throw new OtlpSettingsError(name, value, 'write a URL such as http://localhost:4318.');
  }
  return name.includes('_TRACES_') ? value : `${value.replace(/\/+$/, '')}/v1/traces`;
}

function protocol(variable: Variable | undefined): OtlpSettings['protocol'] {
  if (variable === undefined) return 'http/protobuf';
  const { name, value } = variable;
  if (value === 'http/protobuf' || value === 'http/json') return value;
  const remedy = 'use http/protobuf or http/json; every collector takes them on port 4318.';
  throw new OtlpSettingsError(name, value, remedy);
}

function compression(variable: Variable | undefined): boolean {
  if (variable === undefined) return false;
  const { name, value } = variable;
  if (value === 'gzip' || value === 'none') return value === 'gzip';
  throw new OtlpSettingsError(name, value, 'use gzip or none.');
}

function wholeNumber(variable: Variable | undefined, otherwise: number, most?: number): number {
  if (variable === undefined) return otherwise;
  const number = Number(variable.value);
  if (fits.wholeFrom(1, most)(number)) return number;
  const range = most === undefined ? 'above 0' : `from 1 to ${most}`;
  throw new OtlpSettingsError(variable.name, variable.value, `use a whole number ${range}.`);
}

/** `key=value,key=value`, percent-encoded as in W3C Baggage. */
function pairs(variable: Variable | undefined): Record<string, string> {
  const result: Record<string, string> = {};
  if (variable === undefined) return result;
  const { name, value } = variable;
  for (const pair of value.split(',').filter((each) => each.trim() !== '')) {
    const at = pair.indexOf('=');
    if (at < 1) throw new OtlpSettingsError(name, value, 'write key=value,key=value.');
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

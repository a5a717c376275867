import {
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  type MessageShape,
} from '@bufbuild/protobuf';

import { type AnySignal, checkJsonSignal, checkProtobufSignal } from './check-signal';

export type OtlpEncoding = 'json' | 'protobuf';

/**
 * Decodes the body of an OTLP export.
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp
 *
 * @throws Error if the body is invalid; the message says why.
 */
export function decodeOtlp<Schema extends DescMessage>(
  schema: Schema,
  body: Uint8Array,
  encoding: OtlpEncoding,
  signal: AnySignal,
): MessageShape<Schema> {
  if (encoding === 'json') {
    return fromJson(schema, withBase64Ids(jsonOf(body, signal)), { ignoreUnknownFields: true });
  }
  checkProtobufSignal(signal, body);
  try {
    return fromBinary(schema, body);
  } catch (error) {
    const { message } = error as Error;
    throw /premature EOF|outside the bounds/.test(message)
      ? new Error('it ends in the middle of a field: it was cut off, or is not protobuf')
      : error;
  }
}

/**
 * Checks the body of an export of a signal that is not stored.
 *
 * @throws Error if it is clearly not one; the message says why.
 */
export function checkOtlp(signal: AnySignal, body: Uint8Array, encoding: OtlpEncoding): void {
  if (encoding === 'json') jsonOf(body, signal);
  else checkProtobufSignal(signal, body);
}

/** An integer that a double may not represent, after a key. As text, which protobuf's JSON allows, it stays exact. */
const LARGE_INTEGER = /(?<=[^\\]"):\s*(-?\d{16,})(?=\s*[,}])/g;

function jsonOf(body: Uint8Array, signal: AnySignal): JsonValue {
  if (body.length === 0) throw new Error('it is empty. An export without content is {}');
  const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  const json = JSON.parse(text.replaceAll(LARGE_INTEGER, ':"$1"')) as JsonValue;
  checkJsonSignal(signal, json);
  return json;
}

const ID_KEYS = new Set([
  'traceId',
  'spanId',
  'parentSpanId',
  'trace_id',
  'span_id',
  'parent_span_id',
]);

/** Field names that exporters from before OTLP 0.15 use. */
const FORMER_NAMES = new Map([
  ['instrumentationLibrarySpans', 'scopeSpans'],
  ['instrumentationLibraryLogs', 'scopeLogs'],
  ['instrumentationLibrary', 'scope'],
]);

/**
 * Converts ids from hexadecimal, as OTLP's JSON has them, to base64, as protobuf's JSON has bytes. Only ids of spans,
 * links and log records are converted.
 */
function withBase64Ids(value: JsonValue, depth = 0): JsonValue {
  // resourceSpans → scopeSpans → spans → links: ids are not nested deeper, but attributes may be, without limit.
  if (depth > 8 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => withBase64Ids(each, depth + 1));
  const copy: Record<string, JsonValue> = {};
  for (const [key, each] of Object.entries(value)) {
    if (key === 'attributes' || key === 'body' || key === '__proto__') {
      if (key !== '__proto__') copy[key] = each;
    } else if (ID_KEYS.has(key) && typeof each === 'string') {
      copy[key] = isBase64Id(each) ? each : Buffer.from(each, 'hex').toString('base64');
    } else {
      copy[FORMER_NAMES.get(key) ?? key] = withBase64Ids(each, depth + 1);
    }
  }
  return copy;
}

/** Some exporters write ids as protobuf's JSON writes bytes: 16 or 8 bytes in base64, which ends with `=`. */
function isBase64Id(id: string): boolean {
  return /^(?:[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{11}=)$/.test(id);
}

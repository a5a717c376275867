import type { JsonValue } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

export type AnySignal = 'traces' | 'logs' | 'metrics';

/** The field of the JSON export of each signal; also in the form that protobuf's own names have. */
const FIELDS: Record<AnySignal, string> = {
  traces: 'resourceSpans',
  logs: 'resourceLogs',
  metrics: 'resourceMetrics',
};
const SIGNALS = Object.keys(FIELDS) as AnySignal[];

/**
 * Checks that the JSON of an export has the shape of a signal's. Decoders ignore what they do not know, so that an
 * export of another signal would be an empty one.
 *
 * @throws Error
 */
export function checkJsonSignal(signal: AnySignal, json: JsonValue): void {
  const field = FIELDS[signal];
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    const found = Array.isArray(json) ? 'an array' : json === null ? 'null' : `a ${typeof json}`;
    throw new Error(`expected an object with ${field}, found ${found}`);
  }
  const keys = Object.keys(json);
  if (keys.length === 0 || keys.some((key) => isField(key, field))) return;
  const other = SIGNALS.find((each) => keys.some((key) => isField(key, FIELDS[each])));
  if (other) throw new Error(`it has ${FIELDS[other]}. ${sendTo(other)}`);
  if (keys.includes('TraceSegmentDocuments'))
    throw new Error('it has TraceSegmentDocuments. Send X-Ray segments to /TraceSegments');
  throw new Error(`it has no ${field}`);
}

/**
 * The same for protobuf: the messages of the three signals differ only in the records, which are three levels down.
 *
 * @throws Error
 */
export function checkProtobufSignal(signal: AnySignal, body: Uint8Array): void {
  const found = signalOf(body);
  if (found && found !== signal) throw new Error(`it contains ${found}. ${sendTo(found)}`);
}

function isField(key: string, field: string): boolean {
  return key.toLowerCase().replaceAll('_', '') === field.toLowerCase();
}

function sendTo(signal: AnySignal): string {
  return `Send ${signal} to /v1/${signal}`;
}

/** The signal of the first record; undefined without one, and if the bytes are not protobuf. */
function signalOf(body: Uint8Array): AnySignal | undefined {
  try {
    // Export → resource_… (1) → scope_… (2) → spans, log_records or metrics (2)
    const record = [1, 2, 2].reduce<Uint8Array | undefined>(
      (message, field) => message && firstMessage(message, field),
      body,
    );
    return record && signalOfRecord(record);
  } catch {
    return undefined;
  }
}

function firstMessage(message: Uint8Array, field: number): Uint8Array | undefined {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === field && type === WireType.LengthDelimited) return reader.bytes();
    reader.skip(type, number);
  }
  return undefined;
}

/**
 * What only one kind of record has: a span's times (7, 8) and a log record's times (1, 11) are eight bytes, and a metric's
 * data (5, 7, 9 to 11) is a message after a name (1).
 */
function signalOfRecord(record: Uint8Array): AnySignal | undefined {
  const types = new Map<number, WireType>();
  const reader = new BinaryReader(record);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    types.set(number, type);
    reader.skip(type, number);
  }
  const is = (field: number, type: WireType) => types.get(field) === type;
  if (is(7, WireType.Bit64) || is(8, WireType.Bit64)) return 'traces';
  if (is(1, WireType.Bit64) || is(11, WireType.Bit64)) return 'logs';
  const hasData = [5, 7, 9, 10, 11].some((field) => is(field, WireType.LengthDelimited));
  const isMetric = hasData && is(1, WireType.LengthDelimited) && !is(6, WireType.Varint);
  return isMetric ? 'metrics' : undefined;
}

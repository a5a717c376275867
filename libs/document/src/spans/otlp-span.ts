import { writeJson } from '../exact-json';

/**
 * The part of OTLP's JSON that traces use; the protobuf encoder takes the same objects.
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */
export interface OtlpSpan {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** 16 hexadecimal digits. */
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: SpanKind;
  /** Epoch nanoseconds, as decimal digits: they do not fit a number. */
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: KeyValue[];
  events?: { timeUnixNano: string; name: string; attributes: KeyValue[] }[];
  links?: { traceId: string; spanId: string; attributes: KeyValue[] }[];
  status?: { code: StatusCode; message?: string };
}

export interface ResourceSpans {
  resource: { attributes: KeyValue[] };
  scopeSpans: { scope: { name: string; version?: string }; spans: OtlpSpan[] }[];
}

export interface ExportRequest {
  resourceSpans: ResourceSpans[];
}

export interface KeyValue {
  key: string;
  value: AnyValue;
}

export type AnyValue =
  | { stringValue: string }
  | { boolValue: boolean }
  /** A string if a number cannot represent it. */
  | { intValue: number | string }
  | { doubleValue: number }
  | { arrayValue: { values: AnyValue[] } };

export const SpanKind = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;
export type SpanKind = (typeof SpanKind)[keyof typeof SpanKind];

export const StatusCode = { unset: 0, ok: 1, error: 2 } as const;
export type StatusCode = (typeof StatusCode)[keyof typeof StatusCode];

/** Converts attributes to OTLP's list, without undefined values. */
export function keyValues(attributes: Record<string, unknown>): KeyValue[] {
  return Object.entries(attributes).flatMap(([key, value]) => {
    const any = anyValue(value);
    return any ? [{ key, value: any }] : [];
  });
}

function anyValue(value: unknown): AnyValue | undefined {
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'boolean':
      return { boolValue: value };
    case 'number':
      return Number.isSafeInteger(value) ? { intValue: value } : { doubleValue: value };
    case 'bigint':
      return isInt64(value) ? { intValue: String(value) } : { stringValue: String(value) };
    case 'undefined':
      return undefined;
    default:
      if (!Array.isArray(value)) return { stringValue: writeJson(value) ?? '' };
      return { arrayValue: { values: value.flatMap((item) => anyValue(item) ?? []) } };
  }
}

function isInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

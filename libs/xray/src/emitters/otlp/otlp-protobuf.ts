import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { AnyValue, ExportRequest, KeyValue, OtlpSpan, ResourceSpans } from '../../document';

type Write = (writer: BinaryWriter) => void;

/**
 * Writes an ExportTraceServiceRequest as protobuf. Field numbers are those of
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */
export function encodeExportRequest({ resourceSpans }: ExportRequest): Uint8Array {
  const writer = new BinaryWriter();
  for (const each of resourceSpans) message(writer, 1, (inner) => writeResourceSpans(inner, each));
  return writer.finish();
}

function writeResourceSpans(writer: BinaryWriter, { resource, scopeSpans }: ResourceSpans): void {
  message(writer, 1, (inner) => attributes(inner, 1, resource.attributes));
  for (const { scope, spans } of scopeSpans) {
    message(writer, 2, (inner) => {
      message(inner, 1, (innermost) => {
        text(innermost, 1, scope.name);
        text(innermost, 2, scope.version);
      });
      for (const span of spans) message(inner, 2, (innermost) => writeSpan(innermost, span));
    });
  }
}

function writeSpan(writer: BinaryWriter, span: OtlpSpan): void {
  hexBytes(writer, 1, span.traceId);
  hexBytes(writer, 2, span.spanId);
  hexBytes(writer, 4, span.parentSpanId);
  text(writer, 5, span.name);
  writer.tag(6, WireType.Varint).int32(span.kind);
  writer.tag(7, WireType.Bit64).fixed64(BigInt(span.startTimeUnixNano));
  writer.tag(8, WireType.Bit64).fixed64(BigInt(span.endTimeUnixNano));
  attributes(writer, 9, span.attributes);
  for (const event of span.events ?? []) {
    message(writer, 11, (inner) => {
      inner.tag(1, WireType.Bit64).fixed64(BigInt(event.timeUnixNano));
      text(inner, 2, event.name);
      attributes(inner, 3, event.attributes);
    });
  }
  for (const link of span.links ?? []) {
    message(writer, 13, (inner) => {
      hexBytes(inner, 1, link.traceId);
      hexBytes(inner, 2, link.spanId);
      attributes(inner, 4, link.attributes);
    });
  }
  const { status } = span;
  if (status) {
    message(writer, 15, (inner) => {
      text(inner, 2, status.message);
      inner.tag(3, WireType.Varint).int32(status.code);
    });
  }
}

function attributes(writer: BinaryWriter, field: number, list: KeyValue[]): void {
  for (const { key, value } of list) {
    message(writer, field, (inner) => {
      text(inner, 1, key);
      message(inner, 2, (innermost) => writeValue(innermost, value));
    });
  }
}

function writeValue(writer: BinaryWriter, value: AnyValue): void {
  if ('stringValue' in value) writer.tag(1, WireType.LengthDelimited).string(value.stringValue);
  else if ('boolValue' in value) writer.tag(2, WireType.Varint).bool(value.boolValue);
  else if ('intValue' in value) writer.tag(3, WireType.Varint).int64(value.intValue);
  else if ('doubleValue' in value) writer.tag(4, WireType.Bit64).double(value.doubleValue);
  else {
    message(writer, 5, (inner) => {
      for (const item of value.arrayValue.values) {
        message(inner, 1, (innermost) => writeValue(innermost, item));
      }
    });
  }
}

function message(writer: BinaryWriter, field: number, write: Write): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

function text(writer: BinaryWriter, field: number, value: string | undefined): void {
  if (value !== undefined) writer.tag(field, WireType.LengthDelimited).string(value);
}

function hexBytes(writer: BinaryWriter, field: number, hex: string | undefined): void {
  if (hex !== undefined) writer.tag(field, WireType.LengthDelimited).bytes(Buffer.from(hex, 'hex'));
}

/** Reads an ExportTraceServiceResponse: field 1 holds rejected_spans (1) and error_message (2). */
export function readPartialSuccess(body: Uint8Array): { rejectedSpans: number; message: string } {
  const result = { rejectedSpans: 0, message: '' };
  const outer = new BinaryReader(body);
  while (outer.pos < outer.len) {
    const [field, type] = outer.tag();
    if (field !== 1) {
      outer.skip(type);
      continue;
    }
    const inner = new BinaryReader(outer.bytes());
    while (inner.pos < inner.len) {
      const [innerField, innerType] = inner.tag();
      if (innerField === 1) result.rejectedSpans = Number(inner.int64());
      else if (innerField === 2) result.message = inner.string();
      else inner.skip(innerType);
    }
  }
  return result;
}

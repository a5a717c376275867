import { BinaryReader } from '@bufbuild/protobuf/wire';

/** What a collector said of a request that it took in part. */
export interface PartialSuccess {
  rejectedSpans: number;
  message: string;
}

const NOTHING: PartialSuccess = { rejectedSpans: 0, message: '' };

/**
 * Reads an ExportTraceServiceResponse. One that cannot be read says nothing: the request was taken.
 * https://opentelemetry.io/docs/specs/otlp/#partial-success
 */
export function readPartialSuccess(body: Buffer, contentType: string | undefined): PartialSuccess {
  try {
    return contentType?.includes('json') ? fromJson(body) : fromProtobuf(body);
  } catch {
    return NOTHING;
  }
}

function fromJson(body: Buffer): PartialSuccess {
  const answer = JSON.parse(body.toString()) as {
    partialSuccess?: { rejectedSpans?: string | number; errorMessage?: string };
  };
  const { rejectedSpans = 0, errorMessage = '' } = answer.partialSuccess ?? {};
  return { rejectedSpans: Number(rejectedSpans) || 0, message: String(errorMessage) };
}

/** Field 1 holds rejected_spans (1) and error_message (2). */
function fromProtobuf(body: Buffer): PartialSuccess {
  const result = { ...NOTHING };
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

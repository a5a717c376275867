import { protobuf } from './protobuf';

/** What a collector reports about a request that it accepted in part. */
export interface PartialSuccess {
  rejectedSpans: number;
  message: string;
}

const NOTHING: PartialSuccess = { rejectedSpans: 0, message: '' };

/**
 * Parses an ExportTraceServiceResponse. An unreadable one is ignored, because the request was
 * accepted. https://opentelemetry.io/docs/specs/otlp/#partial-success
 */
export function partialSuccess(body: Buffer, contentType: string | undefined): PartialSuccess {
  try {
    return contentType?.includes('json') ? fromJson(body) : protobuf().readPartialSuccess(body);
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

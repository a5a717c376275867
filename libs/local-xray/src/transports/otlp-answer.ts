import { create, toBinary, toJsonString } from '@bufbuild/protobuf';
import { ExportTraceServiceResponseSchema, RpcStatusSchema } from '../ingest/otlp/otlp_pb';
import type { OtlpEncoding } from '../ingest/otlp/read-otlp';

/** google.rpc.Code.INVALID_ARGUMENT */
const INVALID_ARGUMENT = 3;

/** The answer to an export: spans that were refused are told, and not to be sent again. */
export function otlpAnswer(encoding: OtlpEncoding, rejected: number, message: string): Buffer {
  const answer = create(ExportTraceServiceResponseSchema, {
    partialSuccess:
      rejected > 0 ? { rejectedSpans: BigInt(rejected), errorMessage: message } : undefined,
  });
  return encoding === 'json'
    ? Buffer.from(toJsonString(ExportTraceServiceResponseSchema, answer))
    : Buffer.from(toBinary(ExportTraceServiceResponseSchema, answer));
}

/** The answer to an export that is accepted and of which nothing is kept, with the reason. */
export function otlpDropped(encoding: OtlpEncoding, reason: string): Buffer {
  // Traces, metrics and logs have the same answer but for the name of a field that is left out here.
  const answer = create(ExportTraceServiceResponseSchema, {
    partialSuccess: { errorMessage: reason },
  });
  return encoding === 'json'
    ? Buffer.from(toJsonString(ExportTraceServiceResponseSchema, answer))
    : Buffer.from(toBinary(ExportTraceServiceResponseSchema, answer));
}

/** The body of an error answer. */
export function otlpError(encoding: OtlpEncoding, message: string): Buffer {
  const status = create(RpcStatusSchema, { code: INVALID_ARGUMENT, message });
  return encoding === 'json'
    ? Buffer.from(toJsonString(RpcStatusSchema, status))
    : Buffer.from(toBinary(RpcStatusSchema, status));
}

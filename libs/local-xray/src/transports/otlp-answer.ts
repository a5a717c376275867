import {
  create,
  type DescMessage,
  type MessageShape,
  toBinary,
  toJsonString,
} from '@bufbuild/protobuf';
import type { OtlpEncoding } from '../ingest/otlp/decode-otlp';
import {
  ExportLogsServiceResponseSchema,
  ExportTraceServiceResponseSchema,
  RpcStatusSchema,
} from '../ingest/otlp/otlp_pb';
import type { OtlpSignal } from '../ingest/ingest';

/** google.rpc.Code.INVALID_ARGUMENT */
const INVALID_ARGUMENT = 3;

/** The answer to an export: what was not kept is told, and not to be sent again. */
export function otlpAnswer(
  signal: OtlpSignal,
  encoding: OtlpEncoding,
  rejected: number,
  errorMessage: string,
): Buffer {
  const rejection = rejected > 0;
  if (signal === 'logs') {
    const partialSuccess = rejection
      ? { rejectedLogRecords: BigInt(rejected), errorMessage }
      : undefined;
    const schema = ExportLogsServiceResponseSchema;
    return encoded(schema, create(schema, { partialSuccess }), encoding);
  }
  const partialSuccess = rejection ? { rejectedSpans: BigInt(rejected), errorMessage } : undefined;
  const schema = ExportTraceServiceResponseSchema;
  return encoded(schema, create(schema, { partialSuccess }), encoding);
}

/** The answer to an export of metrics, of which nothing is kept. */
export function metricsAnswer(encoding: OtlpEncoding): Buffer {
  // Metrics have the answer of traces but for the name of a field that is left out here.
  const schema = ExportTraceServiceResponseSchema;
  const errorMessage = 'Local X-Ray keeps traces and their logs only: metrics are dropped.';
  return encoded(schema, create(schema, { partialSuccess: { errorMessage } }), encoding);
}

/** The body of an error answer over HTTP. */
export function otlpError(encoding: OtlpEncoding, message: string): Buffer {
  const status = create(RpcStatusSchema, { code: INVALID_ARGUMENT, message });
  return encoded(RpcStatusSchema, status, encoding);
}

function encoded<Schema extends DescMessage>(
  schema: Schema,
  message: MessageShape<Schema>,
  encoding: OtlpEncoding,
): Buffer {
  return Buffer.from(
    encoding === 'json' ? toJsonString(schema, message) : toBinary(schema, message),
  );
}

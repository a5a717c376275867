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

/** The response to an export. It reports what was not stored, which the exporter must not send again. */
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

/** The response to an export of metrics, which are dropped. */
export function metricsAnswer(encoding: OtlpEncoding): Buffer {
  // The response has the form of that for traces, except for the name of a field that is not used here.
  const schema = ExportTraceServiceResponseSchema;
  const errorMessage =
    'Local X-Ray stores only traces and their logs: metrics are dropped. To stop sending them, set OTEL_METRICS_EXPORTER=none.';
  return encoded(schema, create(schema, { partialSuccess: { errorMessage } }), encoding);
}

/** The body of an error response over HTTP. */
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

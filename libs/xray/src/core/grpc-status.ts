/** The status with which a gRPC call ended. */
export interface GrpcStatus {
  code: number;
  details?: string;
}

/** Indexed by code: https://grpc.io/docs/guides/status-codes/ */
const NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];
const OK = 0;
const UNKNOWN = 2;
export const DEADLINE_EXCEEDED = 4;
const RESOURCE_EXHAUSTED = 8;

/** Codes that OpenTelemetry counts as server errors. All others are client errors. */
const FAULTS = new Set([
  'UNKNOWN',
  'DEADLINE_EXCEEDED',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
]);

/** The name of a status code. Unknown codes are UNKNOWN, as in gRPC clients. */
export function grpcStatusName(code: number): string {
  return NAMES[code] ?? NAMES[UNKNOWN]!;
}

export function isGrpcOk({ code }: GrpcStatus): boolean {
  return code === OK;
}

/** Sets the flags for a status. OK leaves them unchanged. */
export function setGrpcFlags(
  node: { error: boolean; fault: boolean; throttle: boolean },
  code: number,
): void {
  if (code === OK) return;
  const fault = FAULTS.has(grpcStatusName(code));
  node.fault = fault;
  node.error = !fault;
  node.throttle = code === RESOURCE_EXHAUSTED;
}

/** The status that grpc-js responds with when a handler throws `thrown`. */
export function grpcStatusOf(thrown: unknown): GrpcStatus {
  const { code, details, message } = (thrown ?? {}) as Record<string, unknown>;
  const known = Number.isInteger(code);
  const text = known && typeof details === 'string' ? details : message;
  return {
    code: known ? (code as number) : UNKNOWN,
    ...(typeof text === 'string' && { details: text }),
  };
}

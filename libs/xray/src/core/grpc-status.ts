/** How a call of gRPC ended. */
export interface GrpcStatus {
  code: number;
  details?: string;
}

/** By code: https://grpc.io/docs/guides/status-codes/ */
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

/** What OpenTelemetry counts as an error of the server; the others are the client's. */
const FAULTS = new Set([
  'UNKNOWN',
  'DEADLINE_EXCEEDED',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
]);

/** The name of a code; of one that gRPC does not know, UNKNOWN, as its clients take it. */
export function grpcStatusName(code: number): string {
  return NAMES[code] ?? NAMES[UNKNOWN]!;
}

export function isGrpcOk({ code }: GrpcStatus): boolean {
  return code === OK;
}

/** Sets the flags that a status means; OK leaves them as they are. */
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

/** The status that a thrown value is answered with, as grpc-js makes it. */
export function grpcStatusOf(thrown: unknown): GrpcStatus {
  const { code, details, message } = (thrown ?? {}) as Record<string, unknown>;
  const known = Number.isInteger(code);
  const text = known && typeof details === 'string' ? details : message;
  return {
    code: known ? (code as number) : UNKNOWN,
    ...(typeof text === 'string' && { details: text }),
  };
}

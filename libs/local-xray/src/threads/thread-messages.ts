/** Messages to a thread. Each call is answered once, by `done` or `error` with its number. */
export type ToThread =
  | { kind: 'call'; call: number; name: string; args: unknown[] }
  /** The caller no longer waits for the answer. */
  | { kind: 'abort'; call: number }
  /** A call without an answer. */
  | { kind: 'tell'; name: string; args: unknown[] }
  | { kind: 'close' };

export type FromThread =
  | { kind: 'ready' }
  | { kind: 'failed'; error: PlainError }
  | { kind: 'event'; name: string; args: unknown[] }
  | { kind: 'done'; call: number; value: unknown }
  | { kind: 'error'; call: number; error: PlainError };

/** An error as it is sent between threads: with its name and fields, but without its class. */
export interface PlainError {
  name: string;
  message: string;
  details: Record<string, unknown>;
}

export function plainError(thrown: unknown): PlainError {
  if (!(thrown instanceof Error)) return { name: 'Error', message: String(thrown), details: {} };
  const { name, message } = thrown;
  const details = JSON.parse(JSON.stringify({ ...thrown })) as Record<string, unknown>;
  return { name, message, details };
}

export function errorOf({ name, message, details }: PlainError): Error {
  return Object.assign(new Error(message), details, { name });
}

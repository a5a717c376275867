import type { RecordedNode } from './recorded-node';

/**
 * Closes `node` as successful, after its call has recorded what it needs of `result`. Does nothing
 * if it is already closed.
 */
export function succeed(node: RecordedNode, result: unknown): void {
  if (node.end_time !== undefined) return;
  const { call } = node;
  try {
    if (call !== undefined && call.detailed) call.succeeded(node, result);
  } catch {
    // What could not be read is missing; the caller still gets its result.
  }
  node.end();
}

/** Closes `node` with what was thrown. Never throws, because the caller still has to rethrow. */
export function fail(node: RecordedNode, thrown: unknown): void {
  if (node.end_time !== undefined) return;
  try {
    const { call } = node;
    if (call !== undefined && call.detailed) call.failed(node, thrown);
    else node.addError(thrown);
  } catch {
    node.fault = true;
  }
  node.end();
}

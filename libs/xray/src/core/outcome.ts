import type { RecordedNode } from './recorded-node';

/** Closes `node` as done, with what its call wants to record of `result`. A second end is ignored. */
export function succeed(node: RecordedNode, result: unknown): void {
  if (node.end_time !== undefined) return;
  const { call } = node;
  if (call !== undefined && call.detailed) call.succeeded(node, result);
  node.end();
}

/** Closes `node` with what was thrown. Never throws itself: the caller has a value to throw on. */
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

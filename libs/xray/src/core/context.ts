import { AsyncLocalStorage } from 'node:async_hooks';
import type { OutgoingPolicy } from './outgoing';
import type { RecordedNode } from './recorded-node';
import type { Unsampled } from './unsampled';

/** What is active: a segment or subsegment, the marker of an unsampled request, or nothing. */
export type Active = RecordedNode | Unsampled | undefined;

/**
 * The active node. All copies of this package in a process share it, so that a library bundled with
 * its own copy still nests its subsegments.
 */
const KEY = Symbol.for('nestjs-xray.context.1');
const registry = globalThis as { [KEY]?: AsyncLocalStorage<Active> };
export const storage: AsyncLocalStorage<Active> = (registry[KEY] ??= new AsyncLocalStorage());

/** The active segment or subsegment. Undefined outside a segment and in an unsampled request. */
export function currentNode(): RecordedNode | undefined {
  const active = storage.getStore();
  return active === undefined || active.notTraced ? undefined : active;
}

/**
 * Decides which outgoing calls of the active request are recorded and which carry the trace header.
 */
export function outgoingPolicy(active: NonNullable<Active>): OutgoingPolicy | undefined {
  return active.notTraced ? active.outgoing : active.root.owner.outgoing;
}

/** Whether the active request is sampled. One that is not may be recorded all the same, for metrics. */
export function isSampled(active: NonNullable<Active>): boolean {
  return !active.notTraced && active.root.owner.sampled !== false;
}

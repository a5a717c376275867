import { AsyncLocalStorage } from 'node:async_hooks';
import type { OutgoingPolicy } from './outgoing';
import type { RecordedNode } from './recorded-node';
import type { Unsampled } from './unsampled';

/** What is active: a node, the marker of an unsampled request, or nothing. */
export type Active = RecordedNode | Unsampled | undefined;

/**
 * The active node. One for the whole process, also when two copies of this
 * package are loaded: a library that was bundled with its own still nests.
 */
const KEY = Symbol.for('nestjs-xray.context.1');
const registry = globalThis as { [KEY]?: AsyncLocalStorage<Active> };
export const storage: AsyncLocalStorage<Active> = (registry[KEY] ??= new AsyncLocalStorage());

/** The active segment or subsegment; undefined outside of one and in an unsampled request. */
export function currentNode(): RecordedNode | undefined {
  const active = storage.getStore();
  return active === undefined || active.notTraced ? undefined : active;
}

/** Which calls out of the process are recorded, and which of them pass the trace on, for what is active. */
export function outgoingPolicy(active: NonNullable<Active>): OutgoingPolicy | undefined {
  return active.notTraced ? active.outgoing : active.root.owner.outgoing;
}

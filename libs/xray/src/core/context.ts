import { AsyncLocalStorage } from 'node:async_hooks';
import type { Segment } from './segment';
import type { Subsegment } from './subsegment';
import type { Unsampled } from './unsampled';

/** What recording methods can be called on. */
export type TraceNode = Segment | Subsegment;

/** What is active: a node, the marker of an unsampled request, or nothing. */
export type Active = TraceNode | Unsampled | undefined;

/**
 * The active node. One for the whole process, also when two copies of this
 * package are loaded: a library that was bundled with its own still nests.
 */
const KEY = Symbol.for('nestjs-xray.context.1');
const registry = globalThis as { [KEY]?: AsyncLocalStorage<Active> };
export const storage: AsyncLocalStorage<Active> = (registry[KEY] ??= new AsyncLocalStorage());

/** The active segment or subsegment; undefined outside of one and in an unsampled request. */
export function currentNode(): TraceNode | undefined {
  const active = storage.getStore();
  return active === undefined || active.notTraced ? undefined : active;
}

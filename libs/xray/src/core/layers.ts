import type { RecordedNode } from './recorded-node';

/**
 * Methods of thenables and iterators are replaced on the object itself. An object
 * that is kept and handed out again must not get one layer more each time, so
 * every layer remembers which traced call site put it there, and what it covers.
 */
const layers = new WeakMap<object, { site: unknown; below: unknown }>();

/** What tells the traced call sites apart: the wrapped method, or the name given to capture(). */
function siteOf(node: RecordedNode): unknown {
  return node.call?.site ?? node.name;
}

/** Whether the call site of `node` has replaced `method`, or something under it, before. */
export function isLayered(method: unknown, node: RecordedNode): boolean {
  const site = siteOf(node);
  let layer = layers.get(method as object);
  while (layer !== undefined && layer.site !== site) layer = layers.get(layer.below as object);
  return layer !== undefined;
}

/** Replaces `object[key]` by `value`, as methods are: not enumerable. */
export function replaceMethod(
  object: object,
  key: PropertyKey,
  value: (...args: never[]) => unknown,
  node: RecordedNode,
): void {
  layers.set(value, { site: siteOf(node), below: (object as Record<PropertyKey, unknown>)[key] });
  Object.defineProperty(object, key, {
    value,
    configurable: true,
    writable: true,
    enumerable: false,
  });
}

import type { RecordedNode } from './recorded-node';

/**
 * Methods of thenables and iterators are replaced on the object itself. An object that is stored
 * and returned again must not be wrapped again each time, so every wrapper remembers which traced
 * call site installed it and which function it wraps.
 */
const layers = new WeakMap<object, { site: unknown; below: unknown }>();

/** Identifies a traced call site: the wrapped method, or the name passed to capture(). */
function siteOf(node: RecordedNode): unknown {
  return node.call?.site ?? node.name;
}

/**
 * Whether the call site of `node` has already wrapped `method` or a function that `method` wraps.
 */
export function isLayered(method: unknown, node: RecordedNode): boolean {
  const site = siteOf(node);
  let layer = layers.get(method as object);
  while (layer !== undefined && layer.site !== site) layer = layers.get(layer.below as object);
  return layer !== undefined;
}

/** Replaces `object[key]` with a non-enumerable property, as methods are. */
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

import type { TraceNode } from './context';

/**
 * Methods of thenables and iterators are replaced on the object itself. An object
 * that is kept and handed out again must not get one layer more each time, so
 * every layer remembers which traced place put it there, and what it covers.
 */
const layers = new WeakMap<object, { place: unknown; below: unknown }>();

/** What tells the traced places of the code apart: the wrapped method, or the name given to capture(). */
function placeOf(node: TraceNode): unknown {
  return node.call?.place ?? node.name;
}

/** Whether the place that `node` stands for has replaced `method`, or something under it, before. */
export function isLayered(method: unknown, node: TraceNode): boolean {
  const place = placeOf(node);
  let layer = layers.get(method as object);
  while (layer !== undefined && layer.place !== place) layer = layers.get(layer.below as object);
  return layer !== undefined;
}

/** Puts `value` in the place of `object[key]`, as methods are: not enumerable. */
export function replaceMethod(
  object: object,
  key: PropertyKey,
  value: (...args: never[]) => unknown,
  node: TraceNode,
): void {
  layers.set(value, { place: placeOf(node), below: (object as Record<PropertyKey, unknown>)[key] });
  Object.defineProperty(object, key, {
    value,
    configurable: true,
    writable: true,
    enumerable: false,
  });
}

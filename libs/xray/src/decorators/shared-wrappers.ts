/** Restores a method that was replaced. */
export type Undo = () => void;

/**
 * Wrappers that several running applications share on one class. Each is installed once and removed
 * when the last application closes.
 */
const shared = new WeakMap<object, { users: number; undo: Undo }>();

/**
 * Registers `wrapper` for the first application that needs it. `undo` restores the original method.
 */
export function share(wrapper: object, undo: Undo): Undo {
  shared.set(wrapper, { users: 0, undo });
  return shareAlso(wrapper)!;
}

/**
 * Replaces the method `owner[key]` with `wrapper`, or shadows an inherited one with the `declared`
 * descriptor.
 */
export function put(
  owner: object,
  key: string | symbol,
  declared: PropertyDescriptor,
  wrapper: object,
): Undo {
  const before = Object.getOwnPropertyDescriptor(owner, key);
  Object.defineProperty(owner, key, { ...declared, value: wrapper });
  return share(wrapper, () => {
    if (Object.getOwnPropertyDescriptor(owner, key)?.value !== wrapper) return;
    if (before) Object.defineProperty(owner, key, before);
    else Reflect.deleteProperty(owner, key);
  });
}

/** Registers a further user of a wrapper. Undefined if it is not installed. */
export function shareAlso(wrapper: object): Undo | undefined {
  const entry = shared.get(wrapper);
  if (entry === undefined) return undefined;
  entry.users++;
  return () => {
    if (--entry.users === 0) entry.undo();
  };
}

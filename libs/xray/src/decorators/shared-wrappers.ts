/** Puts a changed method back as it was. */
export type Undo = () => void;

/**
 * What applications that run at the same time have put on one class together: it is there once, and
 * put back when the last of them closes.
 */
const shared = new WeakMap<object, { users: number; undo: Undo }>();

/** The first application to want it has defined `wrapper`; `undo` puts back what was there before. */
export function share(wrapper: object, undo: Undo): Undo {
  shared.set(wrapper, { users: 0, undo });
  return shareAlso(wrapper)!;
}

/** Puts `wrapper` in place of the method `owner[key]`, or before an inherited one that is `declared` so. */
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

/** A further application wants what may be there already; undefined when it is not. */
export function shareAlso(wrapper: object): Undo | undefined {
  const entry = shared.get(wrapper);
  if (entry === undefined) return undefined;
  entry.users++;
  return () => {
    if (--entry.users === 0) entry.undo();
  };
}

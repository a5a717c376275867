import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { addQuery, onAddress, pageOfAddress, setQuery } from '../router';
import { gesture } from './gesture';

/** Browsers refuse more than a few changes of the address a second; a key held down makes more. */
const WRITE_MS = 150;

/**
 * Parts of the address as state: what is set is drawn at once and stands in the
 * address a moment later; Back, Forward and links within the page change it too.
 * An empty value is one that the address leaves out.
 *
 * @param undoable parts whose changes Back undoes: each is an entry of its own in
 * the history; all that a key held down or one drag makes of them is one.
 */
export function useQuery<K extends string>(
  names: readonly K[],
  undoable: readonly K[] = [],
): [Record<K, string>, (change: Partial<Record<K, string | undefined>>) => void] {
  const read = (): Record<K, string> => {
    const query = new URLSearchParams(location.search);
    return Object.fromEntries(names.map((name) => [name, query.get(name) ?? ''])) as Record<
      K,
      string
    >;
  };
  const [values, setValues] = useState(read);
  const pending = useRef<Partial<Record<K, string | undefined>>>({});
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const page = useRef(pageOfAddress());
  /** The parts that were changed last as a step of their own, and by which gesture. */
  const step = useRef({ names: '', gesture: -1 });

  const write = useCallback(() => {
    clearTimeout(timer.current);
    const change = pending.current;
    pending.current = {};
    // The page may have been left meanwhile: its parts are no business of the next one.
    if (pageOfAddress() === page.current) setQuery(change);
  }, []);

  // At once, not after the next frame: a second press of Back may come before it.
  useLayoutEffect(() => {
    const follow = (): void => {
      if (pageOfAddress() !== page.current) return;
      const next = { ...read(), ...pending.current } as Record<K, string | undefined>;
      setValues((now) =>
        names.every((name) => now[name] === (next[name] ?? ''))
          ? now
          : (Object.fromEntries(names.map((name) => [name, next[name] ?? ''])) as typeof now),
      );
    };
    const back = (): void => {
      clearTimeout(timer.current);
      pending.current = {};
      step.current.gesture = -1;
    };
    // Before the address is followed: what Back leaves is not to be kept.
    window.addEventListener('popstate', back);
    const ignore = onAddress(follow);
    follow();
    window.addEventListener('pagehide', write);
    return () => {
      write();
      ignore();
      window.removeEventListener('popstate', back);
      window.removeEventListener('pagehide', write);
    };
  }, []);

  const update = useCallback((change: Partial<Record<K, string | undefined>>) => {
    setValues((now) => {
      const next = { ...now };
      for (const [name, value] of Object.entries(change)) next[name as K] = (value as string) ?? '';
      return next;
    });
    const changed = Object.keys(change) as K[];
    if (changed.some((name) => undoable.includes(name))) {
      const last = step.current;
      step.current = { names: changed.join(), gesture: gesture() };
      const follows = last.names === step.current.names && last.gesture === step.current.gesture;
      if (!follows) {
        write();
        if (pageOfAddress() === page.current) addQuery(change);
        return;
      }
    }
    Object.assign(pending.current, change);
    clearTimeout(timer.current);
    timer.current = setTimeout(write, WRITE_MS);
  }, []);

  return [values, update];
}

import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { addQuery, onAddress, pageOfAddress, setQuery } from '../router';
import { gesture } from './gesture';

/** Browsers allow only a few changes of the address per second. A key held down causes more. */
const WRITE_MS = 150;

/**
 * Parts of the address as state. A change is rendered at once and written to the address a moment later. Back, Forward
 * and links within the page change the state too. Empty values are omitted from the address.
 *
 * @param undoable parts whose changes Back undoes: each change is an entry in the history. All changes that a held key
 *   or one drag causes are one entry.
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
  /** The parts that were last written as an entry of the history, and by which gesture. */
  const step = useRef({ names: '', gesture: -1 });

  const write = useCallback(() => {
    clearTimeout(timer.current);
    const change = pending.current;
    pending.current = {};
    // If the page was left meanwhile, its state must not be written into the address of the next page.
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
    // Before the address is read: Back discards changes that are not written yet.
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

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { addQuery, setQuery } from '../router';

/** Browsers refuse more than a few changes of the address a second; a key held down makes more. */
const WRITE_MS = 150;

/**
 * Parts of the address as state: what is set is drawn at once and stands in the
 * address a moment later; Back and Forward change it too. An empty value is one
 * that the address leaves out.
 *
 * @param undoable parts whose changes Back undoes.
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
  const path = useRef(location.pathname);

  const write = useCallback(() => {
    clearTimeout(timer.current);
    // The page may have been left meanwhile: its parts are no business of the next one.
    const steps = undoable.some((name) => name in pending.current);
    if (location.pathname === path.current) (steps ? addQuery : setQuery)(pending.current);
    pending.current = {};
  }, []);

  useEffect(() => {
    const back = (): void => {
      clearTimeout(timer.current);
      pending.current = {};
      setValues(read());
    };
    window.addEventListener('popstate', back);
    window.addEventListener('pagehide', write);
    return () => {
      write();
      window.removeEventListener('popstate', back);
      window.removeEventListener('pagehide', write);
    };
  }, []);

  const update = useCallback((change: Partial<Record<K, string | undefined>>) => {
    Object.assign(pending.current, change);
    setValues((now) => {
      const next = { ...now };
      for (const [name, value] of Object.entries(change)) next[name as K] = (value as string) ?? '';
      return next;
    });
    clearTimeout(timer.current);
    timer.current = setTimeout(write, WRITE_MS);
  }, []);

  return [values, update];
}

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { FilterProblem } from 'local-xray/console-api';
import { filterProblem } from '../../api/client';
import { onTraces, readOnceOpen, useConnection } from '../../api/live';

/** Minimum interval between two requests while new traces arrive. */
const REFRESH_MS = 5_000;

export interface Answer<T> {
  /** The last response. It is kept while another is awaited, and if the next request is invalid. */
  data?: T;
  loading: boolean;
  problem?: FilterProblem;
  error?: Error;
  reload: () => void;
}

/**
 * Sends a request whenever `key` changes, and every few seconds while traces arrive if `live` is set. `hold` delays
 * updates that would move rows under the pointer.
 */
export function useAnswer<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  key: string,
  live: boolean,
  hold: () => boolean = () => false,
): Answer<T> {
  const [answer, setAnswer] = useState<Omit<Answer<T>, 'reload'>>({ loading: true });
  const abort = useRef<AbortController>(undefined);
  const current = useRef({ ask, hold });
  current.current = { ask, hold };
  const { openings } = useConnection();

  const load = useCallback((): void => {
    abort.current?.abort();
    const mine = (abort.current = new AbortController());
    setAnswer((now) => ({ ...now, loading: true }));
    current.current.ask(mine.signal).then(
      (data) => setAnswer({ data, loading: false }),
      (error: unknown) => {
        if (mine.signal.aborted) return;
        const problem = filterProblem(error);
        setAnswer((now) => ({
          ...(now.data !== undefined && { data: now.data }),
          loading: false,
          ...(problem ? { problem } : { error: error as Error }),
        }));
      },
    );
  }, []);

  useEffect(() => {
    const cancel = readOnceOpen(load, openings);
    return () => {
      cancel();
      abort.current?.abort();
    };
  }, [key, openings]);

  useEffect(() => {
    if (!live) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = (): void => {
      timer = undefined;
      if (current.current.hold()) timer = setTimeout(later, 1_000);
      else load();
    };
    const stop = onTraces(() => {
      timer ??= setTimeout(later, REFRESH_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [key, live]);

  return { ...answer, reload: load };
}

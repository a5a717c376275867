import { useEffect, useState } from 'preact/hooks';
import { api, type TraceQuery } from '../../api/client';
import { onTraces, readOnceOpen, useConnection } from '../../api/live';
import { toServiceMap, type ServiceGraph, type ServiceMap } from '../../model/graph/service-graph';

/** The whole graph is read again at most as often while traces come in. */
const AGAIN_MS = 2_000;

export interface LoadedMap {
  map?: ServiceMap;
  error?: Error;
}

/**
 * The graph of what `query` gives when it is called, read again when traces
 * come in and when the stream of events was opened. `key` says when the query is another.
 */
export function useMap(query: () => TraceQuery, key: string): LoadedMap {
  const [loaded, setLoaded] = useState<LoadedMap>({});
  const { openings } = useConnection();
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let waiting = false;
    const load = async (): Promise<void> => {
      waiting = false;
      try {
        const graph = await api.graph<ServiceGraph>(query(), abort.signal);
        setLoaded({ map: toServiceMap(graph) });
      } catch (error) {
        if (!abort.signal.aborted) setLoaded((now) => ({ ...now, error: error as Error }));
      }
    };
    const soon = (): void => {
      if (waiting) return;
      waiting = true;
      timer = setTimeout(() => void load(), AGAIN_MS);
    };
    const cancel = readOnceOpen(() => void load());
    const stop = onTraces(soon);
    return () => {
      cancel();
      stop();
      clearTimeout(timer);
      abort.abort();
    };
  }, [key, openings]);
  return loaded;
}

import { useEffect, useState } from 'preact/hooks';
import { api, type TraceQuery } from '../../api/client';
import { onTraces, useConnection } from '../../api/live';
import { toServiceMap, type ServiceGraph, type ServiceMap } from '../../model/graph/service-graph';

/** The whole graph is read again at most as often while traces come in. */
const AGAIN_MS = 2_000;

export interface LoadedMap {
  map?: ServiceMap;
  error?: Error;
}

/**
 * The graph of what `query` gives when it is called, read again when traces
 * come in and when a lost connection is back. `key` says when the query is another.
 */
export function useMap(query: () => TraceQuery, key: string): LoadedMap {
  const [loaded, setLoaded] = useState<LoadedMap>({});
  const lost = useConnection().state === 'lost';
  useEffect(() => {
    if (lost && loaded.map) return undefined;
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
    void load();
    const stop = onTraces(soon);
    return () => {
      stop();
      clearTimeout(timer);
      abort.abort();
    };
  }, [key, lost]);
  return loaded;
}

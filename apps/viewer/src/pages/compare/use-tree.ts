import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { useConnection } from '../../api/live';
import { buildTree, type TraceTree } from '@nestjs-xray/trace';

export interface LoadedTree {
  tree?: TraceTree;
  error?: Error;
}

/** A trace as it was when it was chosen; none for an empty id. Loaded again after a lost connection is restored. */
export function useTree(id: string): LoadedTree {
  const [loaded, setLoaded] = useState<LoadedTree & { id: string }>({ id: '' });
  const lost = useConnection().state === 'lost';
  const has = loaded.id === id && loaded.tree !== undefined;
  useEffect(() => {
    if (!id || (has && lost)) return undefined;
    const abort = new AbortController();
    api.trace(id, abort.signal).then(
      (trace) => setLoaded({ id, tree: buildTree(trace, Date.now() / 1000) }),
      (error: Error) => {
        if (!abort.signal.aborted) setLoaded({ id, error });
      },
    );
    return () => abort.abort();
  }, [id, lost]);
  return loaded.id === id ? loaded : {};
}

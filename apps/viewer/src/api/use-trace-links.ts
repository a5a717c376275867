import { useEffect, useState } from 'preact/hooks';
import type { TraceLinks } from 'local-xray/console-api';
import { carried } from '../model/carried';
import { api } from './client';
import { onTraces, readOnceOpen, useConnection } from './live';

/** Traces come in all the time: whether one of them links here is asked so rarely, in milliseconds. */
const REST_MS = 1_500;

/** The traces that a trace links to and that link to it, kept up as they come in. */
export function useTraceLinks(id: string): TraceLinks | undefined {
  const [links, setLinks] = useState<TraceLinks>();
  const { openings } = useConnection();
  useEffect(() => {
    if (carried) return undefined;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async (): Promise<void> => {
      try {
        setLinks(await api.links(id, abort.signal));
      } catch {
        // The trace itself says when nothing answers; what was read last stays.
      }
    };
    const cancel = readOnceOpen(() => void load());
    const stop = onTraces(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void load();
      }, REST_MS);
    });
    return () => {
      cancel();
      stop();
      clearTimeout(timer);
      abort.abort();
    };
  }, [id, openings]);
  return links;
}

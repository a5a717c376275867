import { useEffect, useState } from 'preact/hooks';
import type { TraceLinks } from 'local-xray/console-api';
import { carried } from '../model/carried';
import { api } from './client';
import { onTraces, readOnceOpen, useConnection } from './live';

/** Minimum milliseconds between two requests, because new traces, which may link here, arrive all the time. */
const REST_MS = 1_500;

/** The traces that a trace links to and that link to it, updated as they arrive. */
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
        // Keep the last result. The trace itself shows that local X-Ray does not answer.
      }
    };
    const cancel = readOnceOpen(() => void load(), openings);
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

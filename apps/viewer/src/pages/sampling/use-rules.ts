import { useEffect, useState } from 'preact/hooks';
import type { SamplingRuleRow } from 'local-xray/console-api';
import { api } from '../../api/client';

/** How often the counts are read. Clients report every ten seconds. */
const EVERY_MS = 2_000;

/** The rules with their counts, updated while the page is visible. */
export function useRules(): { rules?: SamplingRuleRow[]; error?: Error } {
  const [rules, setRules] = useState<SamplingRuleRow[]>();
  const [error, setError] = useState<Error>();
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const read = async (): Promise<void> => {
      if (!document.hidden) {
        try {
          const overview = await api.sampling(abort.signal);
          setRules(overview.rules);
          setError(undefined);
        } catch (problem) {
          if (!abort.signal.aborted) setError(problem as Error);
        }
      }
      if (!abort.signal.aborted) timer = setTimeout(() => void read(), EVERY_MS);
    };
    void read();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, []);
  return { ...(rules && { rules }), ...(error && { error }) };
}

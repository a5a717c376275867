import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { plural } from '../../model/format';

/** How many traces the typed expression finds so far. Empty while it is not a valid expression. */
export function useCountSoFar(
  text: string,
  filter: string,
  bounds: () => { start?: number; end?: number; group?: string },
): string {
  const [found, setFound] = useState({ text: '', words: '' });
  useEffect(() => {
    if (text === filter) return undefined;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      api.traces({ ...bounds(), filter: text, limit: 1 }, abort.signal).then(
        ({ counts }) => setFound({ text, words: `${plural(counts.total, 'trace')} so far` }),
        () => undefined,
      );
    }, 250);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text, filter]);
  return found.text === text ? found.words : '';
}

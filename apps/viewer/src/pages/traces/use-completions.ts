import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { literal } from '../../model/filter/filter-text';
import { plural } from '../../model/format';
import {
  wordsFor,
  type CompletionPlace,
  type Suggestion,
} from '../../model/filter/filter-complete';

const MOST = 12;
const TITLES = {
  services: 'Services seen',
  users: 'Users seen',
  urls: 'URLs seen',
  methods: 'Methods seen',
  groups: 'Groups',
  'annotation-values': 'Values seen',
} as const;

/** What can be chosen at a place of the expression: values that were seen first, then words of the language. */
export function useCompletions(place: CompletionPlace | undefined): Suggestion[] {
  const [seen, setSeen] = useState<{ key: string; list: Suggestion[] }>({ key: '', list: [] });
  const key = place ? JSON.stringify([place.want, place.prefix]) : '';
  useEffect(() => {
    if (!place) return undefined;
    const abort = new AbortController();
    lookUp(place, abort.signal).then(
      (list) => setSeen({ key, list }),
      () => setSeen({ key, list: [] }),
    );
    return () => abort.abort();
  }, [key]);
  if (!place) return [];
  // Values of the place before would be wrong here; those of a shorter prefix merely are too many.
  const fresh = seen.key === key ? seen.list : [];
  const words = wordsFor(place);
  return [...fresh.slice(0, MOST), ...words.slice(0, Math.max(MOST - fresh.length, 4))];
}

async function lookUp(
  { want, prefix }: CompletionPlace,
  signal: AbortSignal,
): Promise<Suggestion[]> {
  if (want.kind === 'term' || want.kind === 'annotation') {
    const typed = want.kind === 'annotation' ? prefix : '';
    if (want.kind === 'term' && prefix !== '' && !'annotation'.startsWith(prefix.toLowerCase())) {
      return [];
    }
    const { values } = await api.completions('annotation-keys', typed, undefined, signal);
    return values.slice(0, want.kind === 'term' ? 4 : MOST).map(({ value, type, count }) => ({
      text: /^\w+$/.test(String(value)) ? `annotation.${value}` : `annotation[${value}]`,
      about: type,
      seen: plural(count, 'trace'),
      group: 'Annotation keys seen',
    }));
  }
  if (want.kind !== 'value' || want.of === 'booleans') return [];
  const annotation = want.of === 'annotation-values' ? want.key : undefined;
  const { values } = await api.completions(want.of, prefix, annotation, signal);
  return values.map(({ value, type, count }) => ({
    text: literal(value),
    about: type,
    seen: plural(count, 'trace'),
    group: TITLES[want.of],
  }));
}

import type { CompletionItem, CompletionKind, FilterCompletion } from 'local-xray/console-api';
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { plural } from '../../model/format';

/** One thing that can be chosen. */
export interface Suggestion {
  /** What is shown. */
  text: string;
  /** What is put in place of what is written. */
  insert: string;
  /** Type or meaning, shown beside it. */
  about: string;
  /** How often or how many, shown at the end. */
  seen: string;
  /** Heading that it stands under. */
  group: string;
  /** Stands for the whole expression, and is in force as soon as it is chosen. */
  whole?: boolean;
}

/** What local X-Ray says of an expression and of a place in it. */
export interface Completion extends FilterCompletion {
  /** The expression that it speaks of, and the place. */
  text: string;
  caret: number;
}

/**
 * Asks what the pieces of an expression are, and what fits at the caret; the end when there is none. The answer may
 * be that to an earlier text: look at its `text`.
 */
export function useCompletion(text: string, caret: number | undefined): Completion | undefined {
  const [answer, setAnswer] = useState<Completion>();
  const at = caret ?? text.length;
  useEffect(() => {
    if (text === '' && caret === undefined) return undefined;
    const abort = new AbortController();
    api.filterCompletion(text, at, abort.signal).then(
      (found) => setAnswer({ ...found, text, caret: at }),
      () => undefined,
    );
    return () => abort.abort();
  }, [text, at, caret === undefined]);
  return answer;
}

const MOST = 12;
const SEEN: Record<CompletionKind, string> = {
  services: 'Services seen',
  users: 'Users seen',
  urls: 'URLs seen',
  methods: 'Methods seen',
  versions: 'Versions seen',
  groups: 'Groups',
  'annotation-keys': 'Annotation keys seen',
  'annotation-values': 'Values seen',
};

/** What can be chosen: values that were seen first, then words of the language. */
export function suggestionsOf({ items, values }: FilterCompletion): Suggestion[] {
  const group = ({ kind }: CompletionItem): string => {
    if (kind === 'seen') return SEEN[values?.kind ?? 'annotation-keys'];
    return { keyword: 'Keywords', operator: 'Operators', value: 'Values' }[kind];
  };
  const seen = items.filter(({ kind }) => kind === 'seen').length;
  return items.slice(0, seen + Math.max(MOST - seen, 4)).map((item) => ({
    text: item.label,
    insert: item.insert,
    about: item.about,
    seen: item.count === undefined ? '' : plural(item.count, 'trace'),
    group: group(item),
  }));
}

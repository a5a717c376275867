import type { CompletionItem, CompletionKind, FilterCompletion } from 'local-xray/console-api';
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { plural } from '../../model/format';

/** A suggestion in the list. */
export interface Suggestion {
  /** The text that is shown. */
  text: string;
  /** The text that replaces what is typed. */
  insert: string;
  /** Its type or meaning, shown beside it. */
  about: string;
  /** How often it was recorded, or how many traces it finds, shown at the end. */
  seen: string;
  /** The heading above it. */
  group: string;
  /** Whether it replaces the whole expression and is applied at once. */
  replacesAll?: boolean;
}

/** Completions and tokens of an expression from local X-Ray. */
export interface Completion extends FilterCompletion {
  /** The expression, and the position in it. */
  text: string;
  caret: number;
}

/**
 * Requests the tokens of an expression, and the completions at the caret or, without one, at the end. The result may
 * belong to an earlier text: check its `text`.
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

/** The suggestions: recorded values first, then words of the language. */
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

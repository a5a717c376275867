import type { CompletionItem, Completions, FilterCompletion } from '../console-api';
import { annotationWord, completeFilter, literal } from '../query';
import { best } from './best-completions';
import { completions } from './completions';
import type { ReadContext } from './read-context';

type Value = Completions['values'][number];

/** Of each list of values that were seen. */
const MOST = 12;
/** Of the keys of annotations where anything else may stand too. */
const FEW = 4;

/** What the language allows at a position, with stored values first. */
export function readFilterCompletion(
  context: ReadContext,
  { expression, offset }: { expression: string; offset: number },
): FilterCompletion {
  const found = completeFilter(expression, offset);
  const { values, from } = found;
  if (values) {
    const seen = seenValues(context, values).slice(0, MOST);
    if (values.kind !== 'annotation-keys' || values.quoted) return withSeen(found, seen, literal);
    // Replace the whole word: not every key can follow the dot.
    const start = from - 'annotation.'.length;
    return withSeen({ ...found, from: start }, seen, (key) => annotationWord(String(key)));
  }
  if (!found.items.some(({ label }) => label === 'annotation.')) return found;
  const keys = seenValues(context, { kind: 'annotation-keys', prefix: '' }).slice(0, FEW);
  return withSeen(found, keys, (key) => annotationWord(String(key)));
}

type Wanted = Pick<NonNullable<FilterCompletion['values']>, 'kind' | 'key' | 'prefix'>;

function seenValues(context: ReadContext, { kind, key = '', prefix }: Wanted): Value[] {
  if (kind !== 'groups') return completions(context.database, { kind, key, prefix });
  const names = context.groupNames();
  return best(
    names.map((value) => ({ value, type: 'string', count: 1 })),
    prefix,
  );
}

function withSeen(
  found: FilterCompletion,
  seen: Value[],
  write: (value: Value['value']) => string,
): FilterCompletion {
  const items = seen.map(({ value, type, count }): CompletionItem => {
    const text = write(value);
    return { kind: 'seen', label: text, insert: text, about: type, count };
  });
  return { ...found, items: [...items, ...found.items] };
}

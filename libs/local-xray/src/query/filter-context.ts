import type { CausePart } from './filter-ast';
import { findKeyword, KEYWORDS, type Keyword } from './filter-keywords';

/** The place of a condition in an expression, which decides the words that are allowed there. */
export type FilterContext = 'trace' | 'service' | 'edge' | `rootcause.${CausePart}`;

/** Conditions that are not a single keyword, with their descriptions for completion. */
const FORMS: readonly { word: string; about: string; contexts: readonly FilterContext[] }[] = [
  {
    word: 'annotation.',
    about: 'a recorded key and its value',
    contexts: ['trace', 'service', 'edge'],
  },
  { word: 'service()', about: 'service("…") { … }: reaches it', contexts: ['trace'] },
  { word: 'edge()', about: 'edge("…", "…") { … }: one calls the other', contexts: ['trace'] },
  { word: 'group.name', about: 'the filter of a group', contexts: ['trace'] },
  { word: 'group.arn', about: 'the filter of a group', contexts: ['trace'] },
  { word: 'rootcause.json', about: 'root causes as JSON', contexts: ['trace'] },
  ...['fault', 'error', 'responsetime'].flatMap((of) =>
    ['service', 'entity', 'exception'].map((part) => ({
      word: `rootcause.${of}.${part}`,
      about: of === 'responsetime' ? 'slow because of' : `${of} because of`,
      contexts: ['trace'] as const,
    })),
  ),
];

function standsIn(context: FilterContext, { trace, node, cause }: Keyword): boolean {
  if (context === 'trace') return trace !== undefined;
  if (context === 'service' || context === 'edge') return node !== undefined;
  return cause?.parts.includes(context.slice('rootcause.'.length) as CausePart) ?? false;
}

function wordsOf(context: FilterContext): readonly string[] {
  const keywords = KEYWORDS.filter((each) => standsIn(context, each)).map(({ name }) => name);
  const forms = FORMS.filter(({ contexts }) => contexts.includes(context));
  return [...keywords, ...forms.map(({ word }) => word)];
}

/** The words that can start a condition, lower-case; `annotation.` stands for any key, `service()` for the call. */
export const CONTEXT_WORDS: Record<FilterContext, readonly string[]> = {
  trace: wordsOf('trace'),
  service: wordsOf('service'),
  edge: wordsOf('edge'),
  'rootcause.service': wordsOf('rootcause.service'),
  'rootcause.entity': wordsOf('rootcause.entity'),
  'rootcause.exception': wordsOf('rootcause.exception'),
};

/** The description of a word that starts a condition. */
export function aboutWord(word: string): string {
  return findKeyword(word)?.about ?? FORMS.find((each) => each.word === word)?.about ?? '';
}

/** How error messages name a context. */
export const CONTEXT_NAMES: Record<FilterContext, string> = {
  trace: 'the top level',
  service: 'service(…) { }',
  edge: 'edge(…) { }',
  'rootcause.service': 'rootcause.….service { }',
  'rootcause.entity': 'rootcause.….entity { }',
  'rootcause.exception': 'rootcause.….exception { }',
};

import {
  BOOLEAN_KEYWORDS,
  FACET_KEYWORDS,
  NUMBER_KEYWORDS,
  TEXT_KEYWORDS,
  type CausePart,
} from './filter-ast';

/** Where in an expression a condition stands: it decides which words mean something there. */
export type FilterContext = 'trace' | 'service' | 'edge' | `rootcause.${CausePart}`;

const COMPLEX = ['service()', 'edge()', 'group.name', 'group.arn', 'rootcause.json'];
const CAUSES = ['fault', 'error', 'responsetime'].flatMap((of) =>
  ['service', 'entity', 'exception'].map((part) => `rootcause.${of}.${part}`),
);
const ONLY_CAUSES: string[] = ['first', 'last', 'remote', 'index', 'coverage'];
const PLAIN: string[] = [...BOOLEAN_KEYWORDS, ...NUMBER_KEYWORDS, ...TEXT_KEYWORDS];
const ONLY_TRACES = Object.keys(FACET_KEYWORDS);
const NODE = [
  ...PLAIN.filter((word) => !ONLY_CAUSES.includes(word) && !ONLY_TRACES.includes(word)),
  'annotation.',
];

/** The words that can start a condition, lower-case; `annotation.` stands for any key, `service()` for the call. */
export const CONTEXT_WORDS: Record<FilterContext, readonly string[]> = {
  trace: [...NODE, ...COMPLEX, ...CAUSES, ...ONLY_TRACES],
  service: NODE,
  edge: NODE,
  'rootcause.service': ['name', 'type', 'inferred', 'first', 'last', 'index'],
  'rootcause.entity': ['name', 'first', 'last', 'index', 'remote', 'coverage'],
  'rootcause.exception': ['name', 'message', 'first', 'last', 'index'],
};

/** How to speak of a context to a person. */
export const CONTEXT_NAMES: Record<FilterContext, string> = {
  trace: 'the top level',
  service: 'service(…) { }',
  edge: 'edge(…) { }',
  'rootcause.service': 'rootcause.….service { }',
  'rootcause.entity': 'rootcause.….entity { }',
  'rootcause.exception': 'rootcause.….exception { }',
};

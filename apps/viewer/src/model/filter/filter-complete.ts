import { COMPLEX, filterTokens, KEYWORDS, type FilterToken, type ValueType } from './filter-tokens';

/** What fits at the caret. `from` to `to` is the text that a choice replaces. */
export interface CompletionPlace {
  from: number;
  to: number;
  /** What is written of it so far, without a quotation mark. */
  prefix: string;
  /** Inside of the braces of a root cause, where words fit that fit nowhere else. */
  inCause: boolean;
  want:
    | { kind: 'term' }
    | { kind: 'annotation' }
    | { kind: 'operator'; type: ValueType | 'any' }
    | { kind: 'joiner' }
    | { kind: 'value'; of: 'services' | 'users' | 'urls' | 'methods' | 'groups' }
    | { kind: 'value'; of: 'annotation-values'; key: string }
    | { kind: 'value'; of: 'booleans' }
    | { kind: 'nothing' };
}

/** One thing that can be chosen. */
export interface Suggestion {
  /** What is shown, and put in place of what is written. */
  text: string;
  /** Type or meaning, shown beside it. */
  about: string;
  /** How often or how many, shown at the end. */
  seen: string;
  /** Heading that it stands under. */
  group: string;
}

const VALUES: Record<string, 'services' | 'users' | 'urls' | 'methods' | 'groups'> = {
  user: 'users',
  'http.url': 'urls',
  'http.method': 'methods',
  'group.name': 'groups',
  name: 'services',
};
const SIGNS = new Set(['=', '!=', '<', '>', '<=', '>=', 'contains', 'beginswith', 'endswith']);
const JOINERS = new Set(['and', 'or', 'not']);

export function completionAt(text: string, caret: number): CompletionPlace {
  const tokens = filterTokens(text.slice(0, caret)).filter((token) => token.kind !== 'space');
  const last = tokens[tokens.length - 1];
  const touches = last !== undefined && last.from + last.text.length === caret;
  const writing = touches && (last.kind === 'word' || last.kind === 'number' || last.open === true);
  const before = writing ? tokens.slice(0, -1) : tokens;
  const from = writing ? last.from : caret;
  const place = (
    want: CompletionPlace['want'],
    prefix = writing ? last.text.replace(/^"/, '') : '',
  ): CompletionPlace => ({
    from,
    to: caret + restOf(text.slice(caret), writing ? last : undefined),
    prefix,
    inCause: insideCause(before),
    want,
  });
  const want = wanted(before);
  if (touches && last.kind === 'string' && !last.open)
    return { ...place({ kind: 'nothing' }), to: caret };
  if (want.kind === 'term' && writing) {
    if (last.open) return place({ kind: 'nothing' });
    if (/^annotation[.[]/i.test(last.text)) {
      return place({ kind: 'annotation' }, last.text.replace(/^annotation[.[]/i, ''));
    }
  }
  return place(want);
}

/** What comes next after finished tokens. */
function wanted(tokens: FilterToken[]): CompletionPlace['want'] {
  const at = (back: number): string => tokens[tokens.length - back]?.text.toLowerCase() ?? '';
  const last = tokens[tokens.length - 1];
  if (!last) return { kind: 'term' };
  const word = at(1);
  if (SIGNS.has(word)) return valuesOf(tokens[tokens.length - 2]);
  if (JOINERS.has(word) || word === '{' || word === '!') return { kind: 'term' };
  if (word === '(' || word === ',') {
    return insideCall(tokens) ? { kind: 'value', of: 'services' } : { kind: 'term' };
  }
  if (last.kind === 'word') {
    if (SIGNS.has(at(2))) return { kind: 'joiner' };
    if (word in COMPLEX) return { kind: 'nothing' };
    if (/^annotation[.[]/.test(word)) return { kind: 'operator', type: 'any' };
    const keyword = KEYWORDS[word];
    return keyword ? { kind: 'operator', type: keyword.type } : { kind: 'nothing' };
  }
  return { kind: 'joiner' };
}

/** Whether the last open bracket is that of service(…) or edge(…). */
function insideCall(tokens: FilterToken[]): boolean {
  let depth = 0;
  for (let at = tokens.length - 1; at >= 0; at--) {
    const text = tokens[at]?.text;
    if (text === ')') depth++;
    else if (text === '(') {
      if (depth === 0) return /^(service|edge)$/i.test(tokens[at - 1]?.text ?? '');
      depth--;
    }
  }
  return false;
}

/** Whether the last open brace belongs to a root cause. */
function insideCause(tokens: FilterToken[]): boolean {
  let depth = 0;
  for (let at = tokens.length - 1; at >= 0; at--) {
    const text = tokens[at]?.text;
    if (text === '}') depth++;
    else if (text === '{' && depth-- === 0) {
      return /^rootcause\./i.test(tokens[at - 1]?.text ?? '');
    }
  }
  return false;
}

function valuesOf(keyword: FilterToken | undefined): CompletionPlace['want'] {
  const word = keyword?.text ?? '';
  const annotation = /^annotation(?:\.(.+)|\[(.+?)\]?)$/i.exec(word);
  if (annotation)
    return { kind: 'value', of: 'annotation-values', key: annotation[1] ?? annotation[2] ?? '' };
  const name = word.toLowerCase();
  if (KEYWORDS[name]?.type === 'boolean') return { kind: 'value', of: 'booleans' };
  const of = VALUES[name];
  return of ? { kind: 'value', of } : { kind: 'nothing' };
}

/** The rest of the word or string that the caret stands in is replaced too. */
function restOf(rest: string, writing: FilterToken | undefined): number {
  if (!writing) return 0;
  return (writing.kind === 'string' ? /^[^"]*"?/ : /^[\w.]*/).exec(rest)?.[0].length ?? 0;
}

const KEYWORD_ORDER = Object.keys(KEYWORDS);
/** Words that mean something in `rootcause.….…{ }` only. */
const ONLY_CAUSES = new Set(['first', 'last', 'remote', 'index', 'coverage']);

/** The words of the language that fit. Values that were seen come from local X-Ray. */
export function wordsFor({ want, prefix, inCause }: CompletionPlace): Suggestion[] {
  const written = prefix.toLowerCase();
  const some = (group: string, entries: [string, string][]): Suggestion[] =>
    entries
      .filter(([text]) => text.toLowerCase().includes(written))
      .sort(
        ([a], [b]) =>
          Number(b.toLowerCase().startsWith(written)) - Number(a.toLowerCase().startsWith(written)),
      )
      .map(([text, about]) => ({ text, about, seen: '', group }));
  switch (want.kind) {
    case 'term':
      return [
        ...some('Keywords', [
          ['service(', COMPLEX.service ?? ''],
          ['annotation.', 'a key and its value'],
          ...KEYWORD_ORDER.filter((word) => inCause || !ONLY_CAUSES.has(word)).map(
            (word): [string, string] => [word, KEYWORDS[word]?.about ?? ''],
          ),
          ['edge(', COMPLEX.edge ?? ''],
          ...Object.entries(COMPLEX).filter(([word]) => word.includes('.')),
        ]),
      ];
    case 'operator':
      return [
        ...some('Operators', operatorsOf(want.type)),
        ...(want.type === 'boolean' || written ? some('Operators', joiners) : []),
      ];
    case 'joiner':
      return some('Operators', joiners);
    case 'value':
      return want.of === 'booleans'
        ? some('Values', [
            ['true', ''],
            ['false', ''],
          ])
        : [];
    default:
      return [];
  }
}

const joiners: [string, string][] = [
  ['AND', 'both'],
  ['OR', 'either'],
];

function operatorsOf(type: ValueType | 'any'): [string, string][] {
  const equal: [string, string][] = [
    ['=', 'equal'],
    ['!=', 'not equal'],
  ];
  const order: [string, string][] = [
    ['>', 'more than'],
    ['>=', 'at least'],
    ['<', 'less than'],
    ['<=', 'at most'],
  ];
  const text: [string, string][] = [
    ['CONTAINS', 'has it in it'],
    ['BEGINSWITH', 'begins with it'],
    ['ENDSWITH', 'ends with it'],
  ];
  if (type === 'boolean') return equal;
  if (type === 'number') return [...order, ...equal];
  return type === 'string' ? [...equal, ...text] : [...equal, ...text, ...order];
}

/** The expression with a choice put in, and where the caret goes: after it and a space, unless a bracket waits. */
export function insert(
  text: string,
  place: CompletionPlace,
  choice: string,
): { text: string; caret: number } {
  const rest = text.slice(place.to);
  const space = /[(.[]$/.test(choice) || /^[\s)]/.test(rest) ? '' : ' ';
  const before = text.slice(0, place.from);
  const gap = before && !/[\s(!{[]$/.test(before) ? ' ' : '';
  const start = before + gap + choice + space;
  return {
    text: start + rest,
    caret: start.length + (space === '' && rest.startsWith(' ') ? 1 : 0),
  };
}

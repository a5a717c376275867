/** A piece of a filter expression; all pieces together are the text. */
export interface FilterToken {
  text: string;
  /** In UTF-16 units from the start. */
  from: number;
  kind: 'space' | 'string' | 'number' | 'word' | 'sign';
  /** A string whose closing quotation mark is missing. */
  open?: boolean;
}

const TOKEN =
  /(\s+)|("(?:[^"\\]|\\.)*("|$))|(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.]))|([A-Za-z_][\w.]*(?:\[[^\]\s]*\]?)?)|(!=|<=|>=|[^\s])/gi;

/** Never fails: what it does not know is a sign. */
export function filterTokens(text: string): FilterToken[] {
  const tokens: FilterToken[] = [];
  for (const match of text.matchAll(TOKEN)) {
    const [whole, space, string, close, number, word] = match;
    const kind = space ? 'space' : string ? 'string' : number ? 'number' : word ? 'word' : 'sign';
    const token: FilterToken = { text: whole, from: match.index, kind };
    if (kind === 'string' && close !== '"') token.open = true;
    tokens.push(token);
  }
  return tokens;
}

export type ValueType = 'boolean' | 'number' | 'string';

/** X-Ray's keywords with what they are and what they look at. */
export const KEYWORDS: Readonly<Record<string, { type: ValueType; about: string }>> = {
  ok: { type: 'boolean', about: 'answered 2xx or 3xx' },
  error: { type: 'boolean', about: 'answered 4xx' },
  throttle: { type: 'boolean', about: 'answered 429' },
  fault: { type: 'boolean', about: 'answered 5xx' },
  partial: { type: 'boolean', about: 'not all has come' },
  responsetime: { type: 'number', about: 'seconds to answer' },
  duration: { type: 'number', about: 'seconds in all' },
  'http.status': { type: 'number', about: 'status code' },
  'http.url': { type: 'string', about: 'URL of the request' },
  'http.method': { type: 'string', about: 'GET, POST, …' },
  'http.useragent': { type: 'string', about: 'of the client' },
  'http.clientip': { type: 'string', about: 'of the client' },
  user: { type: 'string', about: 'who asked' },
  name: { type: 'string', about: 'of a service or exception' },
  message: { type: 'string', about: 'of an exception' },
  'resource.arn': { type: 'string', about: 'AWS resource' },
  'instance.id': { type: 'string', about: 'EC2 instance' },
  availabilityzone: { type: 'string', about: 'AWS zone' },
  'group.name': { type: 'string', about: 'saved group' },
  inferred: { type: 'boolean', about: 'a service that sends no segments' },
  root: { type: 'boolean', about: 'the first service' },
  remote: { type: 'boolean', about: 'thrown by a called service' },
  first: { type: 'boolean', about: 'first in a root cause' },
  last: { type: 'boolean', about: 'last in a root cause' },
  index: { type: 'number', about: 'place in a root cause' },
  coverage: { type: 'number', about: 'share of the time' },
};

/** Words that take something in brackets or braces. */
export const COMPLEX: Readonly<Record<string, string>> = {
  service: 'service("…") { … }',
  edge: 'edge("…", "…") { … }',
  'rootcause.responsetime.service': 'slow because of',
  'rootcause.responsetime.entity': 'slow because of',
  'rootcause.fault.service': 'fault because of',
  'rootcause.fault.entity': 'fault because of',
  'rootcause.fault.exception': 'fault because of',
  'rootcause.error.service': 'error because of',
  'rootcause.error.entity': 'error because of',
  'rootcause.error.exception': 'error because of',
};

const OPERATORS = new Set([
  'and',
  'or',
  'not',
  'contains',
  'beginswith',
  'endswith',
  'true',
  'false',
]);

/** How a piece is coloured: words that X-Ray knows, strings, and the rest. */
export function toneOf(token: FilterToken): 'k' | 's' | '' {
  if (token.kind === 'string') return 's';
  if (token.kind !== 'word') return '';
  const word = token.text.toLowerCase();
  const known =
    word in KEYWORDS || word in COMPLEX || OPERATORS.has(word) || /^annotation[.[]./.test(word);
  return known ? 'k' : '';
}

import { EOF, tokenMatcher, type IToken, type TokenType } from 'chevrotain';
import type { Filter } from './filter-ast';
import { followBrackets } from './filter-brackets';
import { CONTEXT_NAMES, CONTEXT_WORDS, type FilterContext } from './filter-context';
import { FilterSyntaxError, nearest } from './filter-error';
import { FilterGrammar } from './filter-grammar';
import * as t from './filter-tokens';

/** In UTF-16 units. */
export const MAX_LENGTH = 10_000;
/** Levels of nested brackets. */
const MAX_DEPTH = 50;
/** All tokens: conditions, brackets, words and so on. */
const MAX_TOKENS = 1_000;

let grammar: FilterGrammar | undefined;

/** Built on first use, because it takes about 30 ms. */
export function filterGrammar(): FilterGrammar {
  return (grammar ??= new FilterGrammar());
}

/**
 * Parses a filter expression.
 *
 * @throws FilterSyntaxError with the position of the mistake and what was expected there.
 */
export function parseFilter(expression: string): Filter {
  const tokens = tokensOf(expression);
  const parser = filterGrammar();
  parser.input = tokens;
  parser.context = 'trace';
  const filter = parser.filter();
  const error = parser.errors[0];
  if (!error) return filter;
  const at = error.token.tokenType === EOF ? tokens.length : tokens.indexOf(error.token);
  throw explain(expression, tokens, at);
}

/**
 * The tokens of an expression within the limits of {@link parseFilter}. Undefined if it exceeds
 * them.
 */
export function isWithinLimits(expression: string): IToken[] | undefined {
  try {
    return tokensOf(expression);
  } catch {
    return undefined;
  }
}

/** Splits an expression into tokens, within limits that keep malicious ones cheap. */
function tokensOf(expression: string): IToken[] {
  if (expression.length > MAX_LENGTH) {
    throw new FilterSyntaxError(
      `The expression is ${expression.length} characters long; at most ${MAX_LENGTH} are allowed`,
      MAX_LENGTH,
      expression.length - MAX_LENGTH,
      [],
    );
  }
  const tokens = t.tokenize(expression);
  const extra = tokens[MAX_TOKENS];
  if (extra) {
    const length = expression.length - extra.startOffset;
    throw new FilterSyntaxError(
      `The expression has more than ${MAX_TOKENS} parts`,
      extra.startOffset,
      length,
      [],
    );
  }
  const { depth, token } = followBrackets(tokens).deepest;
  if (depth > MAX_DEPTH) {
    throw new FilterSyntaxError(
      `Brackets are nested more than ${MAX_DEPTH} deep`,
      token!.startOffset,
      1,
      [],
    );
  }
  return tokens;
}

function explain(expression: string, tokens: IToken[], at: number): FilterSyntaxError {
  const token = tokens[at];
  const before = tokens[at - 1];
  const next = nextTokens(tokens.slice(0, at));
  const { open, context } = followBrackets(tokens.slice(0, at));
  const expected = describe(next);
  const position = token ? token.startOffset : expression.length;
  const problem: Problem = (message, words = expected) =>
    new FilterSyntaxError(message, position, token?.image.length ?? 0, words);
  if (!token) return explainEnd(tokens, next, expected, problem);
  const { image } = token;
  if (token.tokenType === t.UnclosedText)
    return problem('The closing quotation mark of this text is missing', ['"']);
  if (image === "'" || image === '`' || image === '“') {
    return problem(`Write text in straight double quotation marks, not in ${image}`, [
      'text in quotes',
    ]);
  }
  if (image === '&' || image === '|') {
    const word = image === '&' ? 'AND' : 'OR';
    return problem(`There is no operator ${image}. Write ${word}`, [word]);
  }
  if (image === '=' && before?.image === '=')
    return problem('There is no operator ==. Write one =', ['=']);
  if (before?.tokenType === t.Annotation && image !== '[') {
    return problem('The annotation’s key is missing: write annotation.KEY or annotation["KEY"]');
  }
  if (token.tokenType === t.Id && next.has(t.BooleanWord)) {
    return problem('id(…) names a node: write it within service(…) or edge(…, …)');
  }
  if (isWord(token) && next.has(t.BooleanWord))
    return unknownWord(token, before, context, next, problem);
  if (isWord(token) && next.has(t.Id))
    return problem(`Write names in quotation marks: "${cut(image)}"`);
  if (token.tokenType === t.Text && next.has(t.Numeral)) {
    return problem('A number is expected here: write it without quotation marks');
  }
  if ((image === ')' || image === '}') && !next.has(token.tokenType)) {
    if (!open) return problem(`There is no open bracket for this "${image}" to close`);
  }
  const after = before ? ` after ${shown(before)}` : '';
  return problem(`Expected ${list(expected)}${after}, but found ${shown(token)}`);
}

type Problem = (message: string, expected?: string[]) => FilterSyntaxError;

function explainEnd(
  tokens: IToken[],
  next: Set<TokenType>,
  expected: string[],
  problem: Problem,
): FilterSyntaxError {
  const last = tokens[tokens.length - 1];
  if (!last)
    return problem(`The expression is empty. Expected ${list(expected)}, for example: fault`);
  const { open } = followBrackets(tokens);
  if (open && (next.has(t.Close) || next.has(t.CloseBrace))) {
    const closing = open.tokenType === t.Open ? ')' : '}';
    return problem(
      `The "${open.image}" at position ${open.startOffset} is not closed: expected "${closing}"`,
    );
  }
  return problem(`Expected ${list(expected)} after ${shown(last)}, but the expression ends here`);
}

const TIME_UNIT = /^(ns|us|ms|s|secs?|seconds?|milliseconds?|m|mins?|minutes?|h|hours?)$/i;

function unknownWord(
  token: IToken,
  before: IToken | undefined,
  context: FilterContext,
  next: Set<TokenType>,
  problem: Problem,
): FilterSyntaxError {
  const { image } = token;
  if (before?.tokenType === t.Numeral && TIME_UNIT.test(image)) {
    return problem('Times are numbers in seconds: write 0.25 for 250 ms', []);
  }
  const operators = [t.Not, t.And, t.Or, t.TextSearchOp]
    .filter((each) => next.has(each))
    .flatMap((type) =>
      (DESCRIPTIONS.get(type) ?? [type.LABEL!]).filter((each) => /^\w/.test(each)),
    );
  if (next.has(t.TextSearchOp) === false && t.TEXT_SEARCH.includes(image.toUpperCase()) && before) {
    return problem(`${image.toUpperCase()} compares text, and ${shown(before)} is not text`);
  }
  const known = [
    ...CONTEXT_WORDS[context].map((each) => each.replace(/\(\)$/, '')),
    ...operators.map((each) => each.toLowerCase()),
  ];
  const near = nearest(image, known);
  const where = context === 'trace' ? '' : ` in ${CONTEXT_NAMES[context]}`;
  const unknown = `Unknown keyword "${cut(image)}"${where}`;
  if (near) {
    const word = operators.includes(near.toUpperCase())
      ? near.toUpperCase()
      : near.replace(/\.$/, '.KEY');
    return problem(`${unknown}. Did you mean ${word}?`, [word]);
  }
  if (before && (next.has(t.OrderOp) || next.has(t.TextSearchOp))) {
    const possible = [t.EqualityOp, t.OrderOp, t.TextSearchOp]
      .filter((each) => next.has(each))
      .flatMap((each) => DESCRIPTIONS.get(each)!);
    return problem(
      `There is no operator ${cut(image)}. After ${shown(before)} write ${list(possible)}`,
      possible,
    );
  }
  if (context !== 'trace')
    return problem(`${unknown}. There you can use ${CONTEXT_WORDS[context].join(', ')}`);
  return problem(
    `${unknown}. For a recorded value write annotation.${cut(image)}, for a service service("${cut(image)}")`,
  );
}

function isWord(token: IToken): boolean {
  return tokenMatcher(token, t.Name) && token.tokenType !== t.And && token.tokenType !== t.Or;
}

/** The types of tokens that can follow these. */
export function nextTokens(before: IToken[]): Set<TokenType> {
  const paths = filterGrammar().computeContentAssist('filter', before);
  return new Set(paths.map(({ nextTokenType }) => nextTokenType));
}

const CONDITION = [
  t.BooleanWord,
  t.NumberWord,
  t.TextWord,
  t.Service,
  t.Edge,
  t.RootCause,
  t.RootCauseJson,
];
const CONDITIONS = new Set([
  ...CONDITION,
  t.GroupName,
  t.GroupArn,
  t.AnnotationDot,
  t.AnnotationKeyed,
  t.Annotation,
]);
const DESCRIPTIONS = new Map<TokenType, string[]>([
  [t.Not, ['!', 'NOT']],
  [t.EqualityOp, ['=', '!=']],
  [t.OrderOp, ['<', '<=', '>', '>=']],
  [t.TextSearchOp, t.TEXT_SEARCH],
  [t.Truth, ['true', 'false']],
  [t.Text, ['text in quotes']],
  [t.Numeral, ['a number']],
  [t.Name, ['a word']],
  [t.JsonArray, ['# and a JSON array']],
]);

/** How messages name the token types, most helpful first. */
export function describe(next: Set<TokenType>): string[] {
  const complete = next.has(t.And);
  const words: string[] = complete || !next.has(t.BooleanWord) ? [] : ['a condition'];
  const glue: string[] = [];
  for (const type of next) {
    if (CONDITIONS.has(type) || type === EOF) continue;
    // After a complete condition the next may follow directly. Mentioning AND is enough.
    if (complete && (type === t.Not || type === t.Open)) continue;
    (type === t.And || type === t.Or ? glue : words).push(
      ...(DESCRIPTIONS.get(type) ?? [type.LABEL!]),
    );
  }
  return [...words, ...glue];
}

function list(words: string[]): string {
  if (words.length < 2) return words[0] ?? 'nothing';
  return `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]!}`;
}

function shown(token: IToken): string {
  return token.image.startsWith('"') ? cut(token.image) : `"${cut(token.image)}"`;
}

function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

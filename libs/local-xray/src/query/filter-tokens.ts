import { createToken, Lexer, type IToken, type TokenType } from 'chevrotain';
import { KEYWORDS } from './filter-keywords';

/** Any word, keyword or not: all of them can be values without quotes. */
export const Name = createToken({ name: 'Name', pattern: Lexer.NA });
export const BooleanWord = createToken({
  name: 'BooleanWord',
  pattern: Lexer.NA,
  categories: Name,
});
export const NumberWord = createToken({ name: 'NumberWord', pattern: Lexer.NA, categories: Name });
export const TextWord = createToken({ name: 'TextWord', pattern: Lexer.NA, categories: Name });
export const RootCause = createToken({ name: 'RootCause', pattern: Lexer.NA, categories: Name });
export const Truth = createToken({ name: 'Truth', pattern: Lexer.NA });
export const EqualityOp = createToken({ name: 'EqualityOp', pattern: Lexer.NA });
export const OrderOp = createToken({ name: 'OrderOp', pattern: Lexer.NA });
export const TextSearchOp = createToken({ name: 'TextSearchOp', pattern: Lexer.NA });

/** An unknown word. Where a condition is expected, the error suggests the nearest known one. */
export const Word = createToken({ name: 'Word', pattern: /[a-z_][\w.\-/@*]*/i, categories: Name });

const words: TokenType[] = [];

/** A keyword in any case. */
function word(text: string, categories: TokenType[]): TokenType {
  const pattern = new RegExp(text.replace(/\./g, '\\.'), 'i');
  const token = createToken({
    name: `'${text}'`,
    label: text,
    pattern,
    longer_alt: Word,
    categories,
  });
  words.push(token);
  return token;
}

export const And = word('AND', [Name]);
export const Or = word('OR', [Name]);
/** `!` or `NOT`. */
export const Not = createToken({ name: 'Negation', pattern: Lexer.NA });
word('NOT', [Not, Name]);
export const TEXT_SEARCH = ['CONTAINS', 'BEGINSWITH', 'ENDSWITH'];
for (const each of TEXT_SEARCH) word(each, [TextSearchOp, Name]);
for (const each of ['true', 'false']) word(each, [Truth]);
const WORDS = { boolean: BooleanWord, number: NumberWord, text: TextWord };
const keywords = new Map(KEYWORDS.map(({ name, type }) => [name, word(name, [WORDS[type]])]));
export const NodeName = keywords.get('name')!;
export const NodeType = keywords.get('type')!;
export const Service = word('service', [Name]);
export const Edge = word('edge', [Name]);
export const Id = word('id', [Name]);
export const AccountId = word('account.id', [Name]);
export const GroupName = word('group.name', [Name]);
export const GroupArn = word('group.arn', [Name]);
export const RootCauseJson = word('rootcause.json', [Name]);
for (const trouble of ['fault', 'error', 'responsetime']) {
  for (const part of ['service', 'entity', 'exception'])
    word(`rootcause.${trouble}.${part}`, [RootCause]);
}

/** Includes the key, which is empty while it is being typed. */
export const AnnotationDot = createToken({
  name: 'AnnotationDot',
  label: 'annotation.KEY',
  pattern: /annotation\.[\w.]*/i,
  categories: Name,
});
export const Annotation = createToken({
  name: 'Annotation',
  label: 'annotation[KEY]',
  pattern: /annotation/i,
  longer_alt: Word,
  categories: Name,
});

/**
 * Includes the key in brackets without quotation marks. The key may have any characters but these.
 */
export const AnnotationKeyed = createToken({
  name: 'AnnotationKeyed',
  label: 'annotation[KEY]',
  pattern: /annotation\[[^\]"]*\]/i,
  line_breaks: true,
});

/** The key in an {@link AnnotationKeyed}. */
export function keyOf({ image }: IToken): string {
  return image.slice('annotation['.length, -1).trim();
}

export const Text = createToken({ name: 'Text', pattern: /"(?:[^"\\]|\\[^])*"/ });
export const UnclosedText = createToken({ name: 'UnclosedText', pattern: /"(?:[^"\\]|\\[^])*\\?/ });
export const Numeral = createToken({
  name: 'Numeral',
  pattern: /-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?/i,
});
/** `#` and a JSON array, up to its closing bracket or, if there is none, to the end. */
export const JsonArray = createToken({
  name: 'JsonArray',
  pattern: jsonArray,
  start_chars_hint: ['#'],
  line_breaks: true,
});

function symbol(name: string, pattern: string, categories: TokenType[] = []): TokenType {
  return createToken({ name, label: pattern, pattern, categories });
}

export const Open = symbol('Open', '(');
export const Close = symbol('Close', ')');
export const OpenBrace = symbol('OpenBrace', '{');
export const CloseBrace = symbol('CloseBrace', '}');
export const OpenBracket = symbol('OpenBracket', '[');
export const CloseBracket = symbol('CloseBracket', ']');
export const Comma = symbol('Comma', ',');
export const Colon = symbol('Colon', ':');
const NotEqual = symbol('NotEqual', '!=', [EqualityOp]);
const Bang = symbol('Bang', '!', [Not]);
const Equal = symbol('Equal', '=', [EqualityOp]);
const orders = ['<=', '>=', '<', '>'].map((each) => symbol(each, each, [OrderOp]));

const Space = createToken({ name: 'Space', pattern: /\s+/, group: Lexer.SKIPPED });
/** Matches whatever no other token does, so that the parser can explain every invalid character. */
export const Stray = createToken({
  name: 'Stray',
  // A character of two UTF-16 units counts as one.
  pattern: /[\ud800-\udbff][\udc00-\udfff]|[^]/,
  line_breaks: true,
});

export const TOKENS: TokenType[] = [
  Space,
  AnnotationDot,
  AnnotationKeyed,
  Annotation,
  // A keyword must come before its own prefixes.
  ...words.sort((a, b) => b.name.length - a.name.length),
  Word,
  Text,
  UnclosedText,
  Numeral,
  JsonArray,
  Open,
  Close,
  OpenBrace,
  CloseBrace,
  OpenBracket,
  CloseBracket,
  Comma,
  Colon,
  NotEqual,
  Bang,
  Equal,
  ...orders,
  Stray,
  Name,
  BooleanWord,
  NumberWord,
  TextWord,
  RootCause,
  Truth,
  Not,
  EqualityOp,
  OrderOp,
  TextSearchOp,
];

let lexer: Lexer | undefined;

/** Splits an expression into tokens. Text that fits no token becomes a `Stray`. */
export function tokenize(expression: string): IToken[] {
  lexer ??= new Lexer(TOKENS, { positionTracking: 'onlyOffset' });
  return lexer.tokenize(expression).tokens;
}

function jsonArray(text: string, from: number): [string] | null {
  if (text[from] !== '#') return null;
  let depth = 0;
  let quoted = false;
  for (let at = from + 1; at < text.length; at++) {
    const char = text[at]!;
    if (quoted) {
      if (char === '\\') at++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '[' || char === '{') depth++;
    else if (char === ']' || char === '}') {
      depth--;
      if (depth <= 0) return [text.slice(from, at + 1)];
    }
  }
  return [text.slice(from)];
}

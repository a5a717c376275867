import { tokenMatcher, type IToken, type TokenType } from 'chevrotain';
import type { CompletionItem, FilterCompletion } from '../console-api';
import { followBrackets, type Brackets } from './filter-brackets';
import { colouredTokens } from './filter-colours';
import { aboutWord, CONTEXT_WORDS } from './filter-context';
import { findKeyword } from './filter-keywords';
import { isWithinLimits, nextTokens } from './filter-parser';
import * as t from './filter-tokens';

/** No completion after this many tokens: it would take too long. */
const MAX_TOKENS = 250;

/**
 * Lists what can be written at `offset` of an expression that may be unfinished.
 *
 * Never throws. There are no items if nothing fits, or if the text before is invalid or too long.
 */
export function completeFilter(expression: string, offset: number): FilterCompletion {
  const at = Math.max(0, Math.min(Math.floor(offset) || 0, expression.length));
  const nothing: FilterCompletion = { from: at, to: at, items: [], tokens: [] };
  const all = isWithinLimits(expression);
  if (!all) return nothing;
  const coloured = colouredTokens(all);
  const tokens = t.tokenize(expression.slice(0, at));
  if (tokens.length > MAX_TOKENS) return { ...nothing, tokens: coloured };
  const typed = takeTyped(tokens, at);
  const next = nextTokens(tokens);
  const brackets = followBrackets(tokens);
  const word = typed?.tokenType === t.UnclosedText ? '"' : (typed?.image ?? '');
  const items =
    typed?.tokenType === t.UnclosedText ? [] : itemsFor(next, brackets).filter(beginsWith(word));
  const completion: FilterCompletion = {
    from: typed?.startOffset ?? at,
    to: at + restOfWord(expression.slice(at), typed),
    items,
    tokens: coloured,
  };
  const values = valuesFor(tokens, typed, next, brackets);
  if (values) completion.values = values;
  if (typed?.tokenType === t.AnnotationDot && values) completion.from += 'annotation.'.length;
  return completion;
}

/** Removes and returns the word or text that ends at the caret and is still being written. */
function takeTyped(tokens: IToken[], at: number): IToken | undefined {
  const last = tokens[tokens.length - 1];
  if (!last || last.startOffset + last.image.length !== at) return undefined;
  const unfinished =
    last.tokenType === t.UnclosedText || tokenMatcher(last, t.Name) || tokenMatcher(last, t.Truth);
  return unfinished ? tokens.pop() : undefined;
}

function restOfWord(rest: string, typed: IToken | undefined): number {
  if (!typed) return 0;
  const pattern = typed.tokenType === t.UnclosedText ? /^[^"\n]*"/ : /^[\w.]*/;
  return pattern.exec(rest)?.[0].length ?? 0;
}

function beginsWith(typed: string): (item: CompletionItem) => boolean {
  const wanted = typed.toLowerCase();
  return ({ insert, label }) =>
    insert.toLowerCase().startsWith(wanted) || label.toLowerCase().startsWith(wanted);
}

const ABOUT = new Map([
  ['=', 'equal'],
  ['!=', 'not equal'],
  ['<', 'less than'],
  ['<=', 'at most'],
  ['>', 'more than'],
  ['>=', 'at least'],
  ['CONTAINS', 'contains the text'],
  ['BEGINSWITH', 'begins with the text'],
  ['ENDSWITH', 'ends with the text'],
  ['AND', 'both'],
  ['OR', 'either'],
  ['NOT', 'the opposite'],
]);

function itemsFor(next: Set<TokenType>, { context }: Brackets): CompletionItem[] {
  const items: CompletionItem[] = [];
  const add = (kind: CompletionItem['kind'], ...words: string[]) => {
    for (const label of words) {
      items.push({ kind, label, insert: label, about: ABOUT.get(label) ?? '' });
    }
  };
  if (next.has(t.EqualityOp)) add('operator', '=', '!=');
  if (next.has(t.OrderOp)) add('operator', '<', '<=', '>', '>=');
  if (next.has(t.TextSearchOp)) add('operator', ...t.TEXT_SEARCH);
  if (next.has(t.Truth)) add('value', 'true', 'false');
  for (const sign of [t.OpenBrace, t.CloseBrace, t.Close, t.Comma, t.Colon]) {
    if (next.has(sign)) add('operator', sign.LABEL!);
  }
  for (const joint of [t.And, t.Or]) if (next.has(joint)) add('operator', joint.LABEL!);
  if (next.has(t.NodeName) && !next.has(t.BooleanWord))
    add('keyword', 'name', 'type', 'account.id');
  if (next.has(t.BooleanWord)) {
    for (const word of CONTEXT_WORDS[context]) {
      const insert = word.replace('()', '(');
      items.push({ kind: 'keyword', label: word, insert, about: aboutWord(word) });
    }
    add('operator', 'NOT', '(');
  }
  if (next.has(t.Id)) {
    const about = 'by name, type or account';
    items.push({ kind: 'keyword', label: 'id()', insert: 'id(', about });
  }
  return items;
}

function valuesFor(
  tokens: IToken[],
  typed: IToken | undefined,
  next: Set<TokenType>,
  { context, open, owner }: Brackets,
): FilterCompletion['values'] {
  const prefix = typed ? typed.image.replace(/^"/, '') : '';
  if (typed?.tokenType === t.AnnotationDot) {
    const allowed = next.has(t.AnnotationDot) && CONTEXT_WORDS[context].includes('annotation.');
    const key = typed.image.slice('annotation.'.length);
    return allowed ? { kind: 'annotation-keys', prefix: key, quoted: false } : undefined;
  }
  if (!next.has(t.Text)) return undefined;
  const before = tokens[tokens.length - 1];
  const subject = tokens[tokens.length - 2];
  if (before?.tokenType === t.OpenBracket) return { kind: 'annotation-keys', prefix, quoted: true };
  if (before?.tokenType === t.Open || before?.tokenType === t.Comma) {
    const node =
      open?.tokenType === t.Open && (owner?.tokenType === t.Service || owner?.tokenType === t.Edge);
    return node ? { kind: 'services', prefix, quoted: true } : undefined;
  }
  if (before?.tokenType === t.Colon) {
    return subject?.tokenType === t.NodeName
      ? { kind: 'services', prefix, quoted: true }
      : undefined;
  }
  const key = annotationKey(tokens);
  if (key !== undefined) return { kind: 'annotation-values', key, prefix, quoted: true };
  if (subject?.tokenType === t.GroupName) return { kind: 'groups', prefix, quoted: true };
  const keyword = subject && findKeyword(subject.image);
  const kind = keyword?.type === 'text' ? keyword.completions : undefined;
  return kind && { kind, prefix, quoted: true };
}

/** The key of the annotation that the operator at the end compares. */
function annotationKey(tokens: IToken[]): string | undefined {
  const subject = tokens[tokens.length - 2];
  if (subject?.tokenType === t.AnnotationDot) return subject.image.slice('annotation.'.length);
  if (subject?.tokenType === t.AnnotationKeyed) return t.keyOf(subject);
  if (subject?.tokenType !== t.CloseBracket) return undefined;
  const key = tokens[tokens.length - 3]?.image ?? '';
  return key.startsWith('"') ? key.slice(1, -1).replace(/\\(["\\])/g, '$1') : key;
}

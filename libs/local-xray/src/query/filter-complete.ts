import { tokenMatcher, type IToken, type TokenType } from 'chevrotain';
import type { CompletionKind } from '../console-api';
import { followBrackets, type Brackets } from './filter-brackets';
import { CONTEXT_WORDS } from './filter-context';
import { MAX_LENGTH, nextTokens } from './filter-parser';
import * as t from './filter-tokens';

/** What can be written at one place of a filter expression. */
export interface FilterCompletion {
  /** The part of the expression that a choice replaces, in UTF-16 units: what is already typed of it. */
  from: number;
  to: number;
  /** Words and signs of the language that begin with what is typed, in the order to offer them. */
  items: CompletionItem[];
  /** Set where a value that traces have can stand: to be looked up and offered too. */
  values?: {
    kind: CompletionKind;
    /** The annotation, for `annotation-values`. */
    key?: string;
    /** What is typed of the value, without its quotation mark. */
    prefix: string;
    /** False where the value is part of a word and stands without quotation marks, as an annotation's key. */
    quoted: boolean;
  };
}

export interface CompletionItem {
  kind: 'keyword' | 'operator' | 'value';
  /** What to show. */
  label: string;
  /** What to put in place of `from`…`to`; ends where the caret goes. */
  insert: string;
}

/**
 * Says what can stand at `offset` of an expression that may be unfinished.
 *
 * Never throws: where nothing fits, or what stands before is wrong, there are no items.
 */
export function completeFilter(expression: string, offset: number): FilterCompletion {
  const at = Math.max(0, Math.min(Math.floor(offset) || 0, expression.length));
  if (expression.length > MAX_LENGTH) return { from: at, to: at, items: [] };
  const tokens = t.tokenize(expression.slice(0, at));
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
  };
  const values = valuesFor(tokens, typed, next, brackets);
  if (values) completion.values = values;
  if (typed?.tokenType === t.AnnotationDot && values) completion.from += 'annotation.'.length;
  return completion;
}

/** Removes and returns the word or text that ends at the caret, which is still being written. */
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

function itemsFor(next: Set<TokenType>, { context }: Brackets): CompletionItem[] {
  const items: CompletionItem[] = [];
  const add = (kind: CompletionItem['kind'], ...words: string[]) => {
    for (const label of words) items.push({ kind, label, insert: label });
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
      items.push({ kind: 'keyword', label: word, insert: word.replace('()', '(') });
    }
    add('operator', 'NOT', '(');
  }
  if (next.has(t.Id)) items.push({ kind: 'keyword', label: 'id()', insert: 'id(' });
  return items;
}

const VALUES = new Map<string, CompletionKind>([
  ['user', 'users'],
  ['http.url', 'urls'],
  ['http.method', 'methods'],
  ['name', 'services'],
  ['group.name', 'groups'],
]);

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
  const kind = VALUES.get(subject?.image.toLowerCase() ?? '');
  return kind && { kind, prefix, quoted: true };
}

/** The key of the annotation that the operator at the end compares. */
function annotationKey(tokens: IToken[]): string | undefined {
  const subject = tokens[tokens.length - 2];
  if (subject?.tokenType === t.AnnotationDot) return subject.image.slice('annotation.'.length);
  if (subject?.tokenType !== t.CloseBracket) return undefined;
  const key = tokens[tokens.length - 3]?.image ?? '';
  return key.startsWith('"') ? key.slice(1, -1).replace(/\\(["\\])/g, '$1') : key;
}

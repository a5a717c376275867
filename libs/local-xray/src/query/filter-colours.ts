import { tokenMatcher, type IToken } from 'chevrotain';
import type { FilterToken } from '../console-api';
import * as t from './filter-tokens';

/** Classifies the tokens of an expression so that an editor can colour them. */
export function colouredTokens(tokens: readonly IToken[]): FilterToken[] {
  return tokens.map((token) => ({
    from: token.startOffset,
    length: token.image.length,
    kind: kindOf(token),
  }));
}

function kindOf(token: IToken): FilterToken['kind'] {
  const { tokenType } = token;
  if (tokenType === t.Text || tokenType === t.UnclosedText || tokenType === t.JsonArray)
    return 'text';
  if (tokenType === t.Numeral) return 'number';
  if (tokenType === t.Word || tokenType === t.Stray) return 'other';
  if (tokenMatcher(token, t.Name) || tokenMatcher(token, t.Truth)) return 'keyword';
  return tokenType === t.AnnotationKeyed ? 'keyword' : 'sign';
}

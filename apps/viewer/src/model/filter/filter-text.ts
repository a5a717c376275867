import type { AnnotationValue } from '@nestjs-xray/document';
import { filterTokens } from './filter-tokens';

/** A value as it is written in a filter expression: text in quotes. */
export function literal(value: AnnotationValue): string {
  return typeof value === 'string' ? `"${value.replace(/["\\]/g, '\\$&')}"` : String(value);
}

/** The expression for an annotation with this value; keys with a dot stand in brackets. */
export function annotationFilter(key: string, value: AnnotationValue): string {
  const name = /^\w+$/.test(key) ? `annotation.${key}` : `annotation[${key}]`;
  return `${name} = ${literal(value)}`;
}

/** Both expressions, joined; what is an alternative goes into brackets. */
export function and(a: string, b: string): string {
  if (!a.trim()) return b;
  if (a.split(/\s+AND\s+/i).includes(b)) return a;
  const left = /\bOR\b/i.test(a) ? `(${a})` : a;
  return `${left} AND ${b}`;
}

/** The parts of an expression that AND joins outside of brackets and strings; one part when OR joins them. */
export function partsOf(expression: string): string[] {
  const parts: string[] = [''];
  let depth = 0;
  for (const { text, kind } of filterTokens(expression)) {
    if (kind === 'sign' && '({'.includes(text)) depth++;
    else if (kind === 'sign' && ')}'.includes(text)) depth--;
    if (depth === 0 && kind === 'word' && /^or$/i.test(text)) return [expression.trim()];
    if (depth === 0 && kind === 'word' && /^and$/i.test(text)) parts.push('');
    else parts[parts.length - 1] += text;
  }
  return parts.map((part) => part.trim()).filter(Boolean);
}

import type { AnnotationValue } from '@nestjs-xray/document';

/** Formats a value for a filter expression: text is quoted. */
export function literal(value: AnnotationValue): string {
  return typeof value === 'string' ? `"${value.replace(/["\\]/g, '\\$&')}"` : String(value);
}

/** The expression for an annotation with this value. Keys with special characters are in brackets and quotes. */
export function annotationFilter(key: string, value: AnnotationValue): string {
  const name = /^\w+$/.test(key) ? `annotation.${key}` : `annotation[${literal(key)}]`;
  return `${name} = ${literal(value)}`;
}

/** Joins both expressions with AND. An expression that contains OR is put in brackets. */
export function and(a: string, b: string): string {
  if (!a.trim()) return b;
  if (!b.trim()) return a;
  if (a.split(/\s+AND\s+/i).includes(b)) return a;
  return `${bracketed(a)} AND ${bracketed(b)}`;
}

function bracketed(expression: string): string {
  const whole = /^\([^()"]*\)$/.test(expression.trim());
  return !whole && /\bOR\b/i.test(expression) ? `(${expression})` : expression;
}

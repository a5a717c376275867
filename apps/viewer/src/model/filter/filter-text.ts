import type { AnnotationValue } from '@nestjs-xray/document';

/** A value as it is written in a filter expression: text in quotes. */
export function literal(value: AnnotationValue): string {
  return typeof value === 'string' ? `"${value.replace(/["\\]/g, '\\$&')}"` : String(value);
}

/** The expression for an annotation with this value; keys that are no plain word stand in brackets and quotes. */
export function annotationFilter(key: string, value: AnnotationValue): string {
  const name = /^\w+$/.test(key) ? `annotation.${key}` : `annotation[${literal(key)}]`;
  return `${name} = ${literal(value)}`;
}

/** Both expressions, joined; what is an alternative goes into brackets. */
export function and(a: string, b: string): string {
  if (!a.trim()) return b;
  if (a.split(/\s+AND\s+/i).includes(b)) return a;
  const left = /\bOR\b/i.test(a) ? `(${a})` : a;
  return `${left} AND ${b}`;
}

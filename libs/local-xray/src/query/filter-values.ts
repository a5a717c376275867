import type { IToken } from 'chevrotain';
import { FilterSyntaxError } from './filter-error';

/** Reads text in quotes; `\"` and `\\` are the only escapes. */
export function readText({ image, startOffset }: IToken): string {
  return image.slice(1, -1).replace(/\\([^])/g, (escape, char: string, at: number) => {
    if (char === '"' || char === '\\') return char;
    throw new FilterSyntaxError(
      `"${escape}" is not an escape sequence. Write \\\\ for a backslash and \\" for a quotation mark; nothing else is escaped`,
      startOffset + 1 + at,
      escape.length,
      ['\\"', '\\\\'],
    );
  });
}

/** Reads a number. One that is too large is rejected. */
export function readNumber({ image, startOffset }: IToken): number {
  const value = Number(image);
  if (Number.isFinite(value)) return value;
  throw new FilterSyntaxError(
    `${image.slice(0, 40)} is too large a number`,
    startOffset,
    image.length,
    ['a number'],
  );
}

/** Deeper JSON cannot describe a root cause. */
const MAX_JSON_DEPTH = 32;

/** Reads `#[…]`. */
export function readJsonArray({ image, startOffset }: IToken): unknown[] {
  const problem = (why: string) =>
    new FilterSyntaxError(
      `${why}. "#" must be followed by a JSON array of root causes, such as #[{"Services":[{"Name":"api"}]}]`,
      startOffset,
      image.length,
      ['a JSON array'],
    );
  let depth = 0;
  for (const char of image) {
    if (char === '[' || char === '{') depth++;
    else if (char === ']' || char === '}') depth--;
    if (depth > MAX_JSON_DEPTH)
      throw problem(`This JSON is nested more than ${MAX_JSON_DEPTH} deep`);
  }
  let value: unknown;
  try {
    value = JSON.parse(image.slice(1));
  } catch {
    throw problem('This is not JSON');
  }
  if (!Array.isArray(value)) throw problem('This is not a JSON array');
  return value as unknown[];
}

/** Writes text so that {@link readText} reads it back. */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

import { readFileSync, realpathSync, statSync } from 'node:fs';
import { extname, isAbsolute, relative, sep } from 'node:path';
import type { SourceExcerpt } from '../console-api';

const AROUND = 5;
const MAX_BYTES = 1024 * 1024;
/** Source code only: a folder of a project also holds its secrets. */
const SOURCES = /^\.([cm]?[jt]sx?|py|java|kt|go|rb|php|cs|sql|vue|svelte)$/;

/**
 * A few lines around `line` of a source file; undefined unless the file lies in one of
 * `folders` (links followed), outside of node_modules, and is source code.
 */
export function sourceExcerpt(
  folders: readonly string[],
  path: string,
  line: number,
): SourceExcerpt | undefined {
  const file = allowed(folders, path);
  if (!file) return undefined;
  const lines = readFileSync(file, 'utf8').split(/\r?\n/);
  if (line < 1 || line > lines.length) return undefined;
  const first = Math.max(1, line - AROUND);
  return { path, first, lines: lines.slice(first - 1, line + AROUND) };
}

function allowed(folders: readonly string[], path: string): string | undefined {
  if (!isAbsolute(path) || path.includes('\0') || !SOURCES.test(extname(path))) return undefined;
  try {
    const file = realpathSync(path);
    if (file.split(sep).includes('node_modules') || !SOURCES.test(extname(file))) return undefined;
    if (!folders.some((folder) => contains(realpathSync(folder), file))) return undefined;
    const { size } = statSync(file);
    return size <= MAX_BYTES ? file : undefined;
  } catch {
    // Not there, or not readable: the same to who asks.
    return undefined;
  }
}

function contains(folder: string, file: string): boolean {
  const inside = relative(folder, file);
  return inside !== '' && !inside.startsWith('..') && !isAbsolute(inside);
}

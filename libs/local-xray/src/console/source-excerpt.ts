import { readFileSync, realpathSync, statSync } from 'node:fs';
import { extname, isAbsolute, join, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceExcerpt } from '../console-api';

const AROUND = 5;
const MAX_BYTES = 1024 * 1024;
/** Only source code: a project folder may also contain secrets. */
const SOURCES = /^\.([cm]?[jt]sx?|py|java|kt|go|rb|php|cs|sql|vue|svelte)$/;

/** Says why no source lines can be shown. */
export class NoExcerptError extends Error {
  override readonly name = 'NoExcerptError';
}

/**
 * Reads a few lines around `line` of a source file. A relative path is searched for below each folder.
 *
 * @throws NoExcerptError unless the file is in one of `folders` (after following links), outside
 *   node_modules, is source code, and is the only match for the path.
 */
export function sourceExcerpt(
  folders: readonly string[],
  path: string,
  line: number,
): SourceExcerpt {
  const found = new Map<string, string>();
  for (const named of candidates(folders, path)) {
    const real = allowed(folders, named);
    if (real !== undefined) found.set(real, found.get(real) ?? named);
  }
  const [[real, file] = [], ...others] = found;
  if (real === undefined || file === undefined) {
    throw new NoExcerptError(
      folders.length === 0
        ? 'Local X-Ray has no source folders. Pass the folder of your project with --source.'
        : `There is no such source file in ${folders.join(', ')}. Add further folders with --source.`,
    );
  }
  if (others.length > 0) {
    throw new NoExcerptError(
      `${path} is in several of the --source folders: ${[...found.values()].join(', ')}. Pass only the one that runs.`,
    );
  }
  const lines = readFileSync(real, 'utf8').split(/\r?\n/);
  if (!Number.isInteger(line) || line < 1 || line > lines.length) {
    throw new NoExcerptError(
      `Line ${line} does not exist in ${file}: the file has ${lines.length} lines.`,
    );
  }
  const first = Math.max(1, line - AROUND);
  return { path, file, first, lines: lines.slice(first - 1, line + AROUND) };
}

/** Files that `path` may refer to. Does not access the file system. */
function candidates(folders: readonly string[], path: string): string[] {
  if (path.includes('\0') || !SOURCES.test(extname(path))) return [];
  try {
    const plain = path.startsWith('file:') ? fileURLToPath(path) : path;
    if (isAbsolute(plain)) return [normalize(plain)];
    // An application on Windows may report to a local X-Ray on another system.
    const local = sep === '/' ? plain.replaceAll('\\', '/') : plain;
    return folders.map((folder) => join(folder, local));
  } catch {
    return [];
  }
}

/** The real path of a file, if it may be shown. */
function allowed(folders: readonly string[], file: string): string | undefined {
  try {
    const real = folders.map((folder) => realpathSync(folder));
    // Check the name first: on Windows, opening \\host\file would sign in at that host.
    if (![...folders, ...real].some((folder) => contains(folder, file))) return undefined;
    const target = realpathSync(file);
    if (!real.some((folder) => contains(folder, target))) return undefined;
    if (target.split(sep).includes('node_modules') || !SOURCES.test(extname(target))) {
      return undefined;
    }
    const facts = statSync(target);
    return facts.isFile() && facts.size <= MAX_BYTES ? target : undefined;
  } catch {
    // A missing and an unreadable file are reported in the same way.
    return undefined;
  }
}

function contains(folder: string, file: string): boolean {
  const inside = relative(folder, file);
  return inside !== '' && inside.split(sep)[0] !== '..' && !isAbsolute(inside);
}

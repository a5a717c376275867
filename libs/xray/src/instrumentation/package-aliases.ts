import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The names under which the application installed each package, as by `"pg2": "npm:pg@8"`. */
let aliases: Map<string, string[]> | undefined;

/**
 * The other names of the package `name` in the application's package.json. Their folders have these
 * names. Reading one file here is cheaper than the package.json of each folder that might be one.
 */
export function aliasesOf(name: string): readonly string[] {
  aliases ??= readAliases();
  return aliases.get(name) ?? [];
}

function readAliases(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const places = [process.argv[1], process.cwd()].filter((path) => path !== undefined);
  const ranges = Object.assign({}, ...places.map(dependenciesAbove)) as Record<string, unknown>;
  for (const [alias, range] of Object.entries(ranges)) {
    const [, name] = /^npm:(@?[^@]+)/.exec(String(range)) ?? [];
    if (name !== undefined) found.set(name, [...(found.get(name) ?? []), alias]);
  }
  return found;
}

/** Those of the package that the file or folder `path` belongs to. */
function dependenciesAbove(path: string): object {
  for (let at = path; ; at = dirname(at)) {
    const { devDependencies, dependencies, optionalDependencies } = manifestIn(at);
    // A folder of built files may have a package.json that only says which modules they are.
    if (dependencies ?? devDependencies ?? optionalDependencies) {
      return { ...devDependencies, ...dependencies, ...optionalDependencies };
    }
    if (at === dirname(at)) return {};
  }
}

function manifestIn(folder: string): Record<string, object | undefined> {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, object>;
  } catch {
    return {};
  }
}

import { createRequire } from 'node:module';
import { basename, join, sep } from 'node:path';
import { aliasesOf } from './package-aliases';

/** Node's own `require`. In a bundle, `require` may be the bundler's or undefined. */
const node = createRequire(process.execPath);

/** The path of this file; undefined in an ES-module bundle. */
const here = typeof __filename === 'undefined' ? undefined : __filename;

/**
 * Whether this package is part of an application's bundle. As published, this file is part of
 * nestjs-xray.js; see scripts/bundle-xray.mjs.
 */
export const inBundle =
  here === undefined || !/^(loaded-copies|nestjs-xray)\.[jt]s$/.test(basename(here));

/**
 * Node's loaders by file extension; undefined where something else loads modules, such as Jest.
 * Deprecated since Node 0.10, but no other API reports every loaded module on all versions of Node.
 */
const loaders = node.extensions as Partial<NodeJS.RequireExtensions> | undefined;

/** Whether modules loaded later can be detected. */
export const seesLaterLoads = typeof loaders?.['.js'] === 'function';

type Found = (exports: unknown) => void;

/** The callbacks for files that are loaded later, by path suffix. */
const awaited = new Map<string, Found>();

/**
 * Returns the exports of all loaded modules whose path ends in `file`, which is written with `/` and
 * begins with the name of a package. Also finds the package under another name.
 *
 * Uses Reflect.ownKeys because Object.keys also reads a descriptor for each of several thousand
 * modules. Under Jest, where the cache is a proxy, that takes longer than starting the application.
 */
export function loadedFrom(file: string): unknown[] {
  const endings = endingsOf(file);
  return Reflect.ownKeys(node.cache)
    .filter((path) => typeof path === 'string' && endings.some((ending) => path.endsWith(ending)))
    .map((path) => node.cache[path as string]?.exports as unknown);
}

/**
 * Calls `found` with the exports of each module whose path ends in `file`, which is written with
 * `/`: first those already loaded, then each one that the application loads. Loads nothing itself.
 */
export function whenLoaded(file: string, found: Found): void {
  for (const module of loadedFrom(file)) callSafely(found, module);
  if (!seesLaterLoads) return;
  if (awaited.size === 0) watchLoads(loaders!);
  for (const ending of endingsOf(file)) awaited.set(ending, found);
}

const PACKAGE = /^\/((?:@[^/]+\/)?[^/]+)\//;

/** `file` as paths end in it, with each name under which the application installed the package. */
function endingsOf(file: string): string[] {
  const name = PACKAGE.exec(file)?.[1] ?? '';
  const within = file.slice(name.length + 1);
  const names = [name, ...aliasesOf(name)];
  return names.map((each) => `/${each}${within}`.replaceAll('/', sep));
}

/**
 * Like whenLoaded, but loads the package at once where later loads cannot be detected.
 *
 * @param request the specifier that the application passes to `require`
 * @param file the end of the path that it resolves to, written with `/`
 */
export function whenPackageLoaded(request: string, file: string, found: Found): void {
  whenLoaded(file, found);
  if (seesLaterLoads || inBundle) return;
  for (const from of resolutionBases()) {
    for (const name of [request, ...aliasesOf(request)]) {
      try {
        found(createRequire(from)(name));
      } catch {
        // Usually the package is not installed there.
      }
    }
  }
}

/** Also covers CommonJS packages that ES modules import. */
function watchLoads(extensions: Partial<NodeJS.RequireExtensions>): void {
  const load = extensions['.js']!;
  extensions['.js'] = function (this: unknown, module, path): unknown {
    const result = Reflect.apply(load, this, [module, path]) as unknown;
    for (const [ending, found] of awaited) {
      if (path.endsWith(ending)) callSafely(found, module.exports);
    }
    return result;
  };
}

/** An error in a callback must not make the application's `require` fail. */
function callSafely(found: Found, exports: unknown): void {
  try {
    found(exports);
  } catch {
    // The calls of this module are not recorded.
  }
}

/** The files from which the application's packages are resolved. */
function resolutionBases(): string[] {
  const all = [join(process.cwd(), 'package.json'), node.main?.filename, here];
  return all.filter((from) => from !== undefined);
}

/**
 * Whether an ES module imported this package. If so, the other packages it imported cannot be
 * listed. In a CommonJS application, the chain of parents ends at the main module, whose id is `.`.
 */
export const importedByEsModule = here === undefined || firstParent()?.id !== '.';

function firstParent(): NodeJS.Module | undefined {
  let at = here === undefined ? undefined : node.cache[here];
  while (at?.parent) at = at.parent;
  return at;
}

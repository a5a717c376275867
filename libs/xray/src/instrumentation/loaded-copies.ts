import { createRequire } from 'node:module';
import { basename, join, sep } from 'node:path';

/** Node's own `require`; inside a bundle, the name `require` may stand for the bundler's or for nothing. */
const node = createRequire(process.execPath);

/** This file; undefined in a bundle of ES modules. */
const here = typeof __filename === 'undefined' ? undefined : __filename;

/** Whether this package is part of a bundle: its files have lost their names there. */
export const inBundle = here === undefined || !/^loaded-copies\.[jt]s$/.test(basename(here));

/**
 * How Node loads files; none where something else loads modules, such as Jest. Deprecated since Node
 * 0.10, but nothing else tells of every module that is loaded, on each version of Node.
 */
const loaders = node.extensions as Partial<NodeJS.RequireExtensions> | undefined;

/** Whether modules that are loaded later are seen. */
export const seesLaterLoads = typeof loaders?.['.js'] === 'function';

type Found = (exports: unknown) => void;

/** What to do with files that are loaded later, by the end of their paths. */
const awaited = new Map<string, Found>();

/**
 * What was loaded from files whose path ends like that, with `/`.
 *
 * Reads the names alone: Object.keys would also ask for the descriptor of each of some thousand modules,
 * which under Jest, where the cache is a proxy, took longer than starting the application.
 */
export function loadedFrom(file: string): unknown[] {
  const ending = file.replaceAll('/', sep);
  return Reflect.ownKeys(node.cache)
    .filter((path) => typeof path === 'string' && path.endsWith(ending))
    .map((path) => node.cache[path as string]?.exports as unknown);
}

/**
 * Calls `found` for each module whose path ends like that, with `/`: those that are loaded, and each
 * that the application loads later, as soon as it is there. Loads nothing itself.
 */
export function whenLoaded(file: string, found: Found): void {
  for (const module of loadedFrom(file)) tellSafely(found, module);
  if (!seesLaterLoads) return;
  if (awaited.size === 0) watchLoads(loaders!);
  awaited.set(file.replaceAll('/', sep), found);
}

/**
 * The same for a package that the application may load later where that can't be seen. There, it is
 * loaded at once.
 *
 * @param request what the application writes in `require`
 * @param file the end of the path of the file behind it, with `/`
 */
export function whenPackageLoaded(request: string, file: string, found: Found): void {
  whenLoaded(file, found);
  if (seesLaterLoads || inBundle) return;
  for (const from of places()) {
    try {
      found(createRequire(from)(request));
    } catch {
      // It is not installed there, which is the usual case.
    }
  }
}

/** ES modules that import a CommonJS package load it in this way, too. */
function watchLoads(extensions: Partial<NodeJS.RequireExtensions>): void {
  const load = extensions['.js']!;
  extensions['.js'] = function (this: unknown, module, path): unknown {
    const result = Reflect.apply(load, this, [module, path]) as unknown;
    for (const [ending, found] of awaited) {
      if (path.endsWith(ending)) tellSafely(found, module.exports);
    }
    return result;
  };
}

/** Whatever is wrong with a module, loading it must go on. */
function tellSafely(found: Found, exports: unknown): void {
  try {
    found(exports);
  } catch {
    // Its calls are not recorded.
  }
}

/** From where the application may load its packages. */
function places(): string[] {
  const all = [join(process.cwd(), 'package.json'), node.main?.filename, here];
  return all.filter((from) => from !== undefined);
}

/**
 * Whether an ES module imported this package: other packages that it imported are then in no list. A
 * CommonJS application is at the other end of the modules that required this one.
 */
export const importedByEsModule = here === undefined || firstParent()?.id !== '.';

function firstParent(): NodeJS.Module | undefined {
  let at = here === undefined ? undefined : node.cache[here];
  while (at?.parent) at = at.parent;
  return at;
}

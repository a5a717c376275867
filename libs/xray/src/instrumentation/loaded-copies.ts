import { createRequire } from 'node:module';
import { basename, join, sep } from 'node:path';

/** Node's own `require`; inside a bundle, the name `require` may stand for the bundler's or for nothing. */
const node = createRequire(process.execPath);

/** This file; undefined in a bundle of ES modules. */
const here = typeof __filename === 'undefined' ? undefined : __filename;

/** Whether this package is part of a bundle: its files have lost their names there. */
export const inBundle = here === undefined || !/^loaded-copies\.[jt]s$/.test(basename(here));

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
 * Every copy of a package that the application has loaded, and the one that it
 * would load: what a package manager nested, linked or hoisted. A bundle's own copies
 * can't be found like this, and what lies beside it is not what it uses.
 *
 * @param request what the application writes in `require`
 * @param file the end of the path of the file behind it, with `/`
 * @param which `loaded` leaves alone what was not loaded yet
 */
export function loadedCopies(
  request: string,
  file: string,
  which: 'loaded' | 'loadable' = 'loadable',
): unknown[] {
  const copies = new Set<unknown>(loadedFrom(file));
  for (const from of which === 'loaded' || inBundle ? [] : places()) {
    try {
      copies.add(createRequire(from)(request));
    } catch {
      // It is not installed there, which is the usual case.
    }
  }
  copies.delete(undefined);
  return [...copies];
}

/** From where the application may load its packages. */
function places(): string[] {
  const all = [join(process.cwd(), 'package.json'), node.main?.filename, here];
  return all.filter((from) => from !== undefined);
}

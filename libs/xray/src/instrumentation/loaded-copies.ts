import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Every copy of a package that the application has loaded, and the one that it
 * would load: what a package manager nested, linked or hoisted.
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
  const copies = new Set<unknown>();
  for (const path of Object.keys(require.cache)) {
    if (path.replaceAll('\\', '/').endsWith(file)) copies.add(require.cache[path]?.exports);
  }
  for (const from of [join(process.cwd(), 'package.json'), require.main?.filename, __filename]) {
    if (from === undefined || which === 'loaded') continue;
    try {
      copies.add(createRequire(from)(request));
    } catch {
      // It is not installed there, which is the usual case.
    }
  }
  copies.delete(undefined);
  return [...copies];
}

/** The prototypes of the class `name` in every copy of one of Nest's files, given as it is required. */
export function loadedPrototypes(file: string, name: string): object[] {
  return loadedCopies(file, `/${file}.js`).flatMap((module) => {
    const { prototype } =
      (module as Record<string, { prototype?: object } | undefined>)[name] ?? {};
    return prototype === undefined ? [] : [prototype];
  });
}

import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const LIBRARY = resolve(__dirname, '..');
const CACHE = resolve(LIBRARY, '../../node_modules/.cache');

/** The package as npm publishes it, for tests that need a process of their own. */
export interface PublishedLibrary {
  /** For the main files of applications. */
  folder: string;
  /** The file that an entry of package.json loads. */
  path(entry?: 'index' | 'testing' | 'aws-sdk' | 'opentelemetry'): string;
  remove(): void;
}

/** Copies what was built into a folder from which it finds its dependencies. */
export function publishedLibrary(): PublishedLibrary {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'nestjs-xray-'));
  cpSync(join(LIBRARY, 'dist'), join(folder, 'dist'), {
    recursive: true,
    filter: (path) => !path.endsWith('types'),
  });
  return {
    folder,
    path: (entry = 'index') => join(folder, 'dist', `${entry}.js`),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

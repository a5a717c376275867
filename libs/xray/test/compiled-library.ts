import { transformFileSync } from '@swc/core';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const LIBS = resolve(__dirname, '../..');
const CACHE = resolve(LIBS, '../node_modules/.cache');

/** The package as JavaScript, for tests that need a process of their own. */
export interface CompiledLibrary {
  /** What `require` takes for `nestjs-xray`, and with a path for what else it exports. */
  path(file?: string): string;
  remove(): void;
}

/** Compiles the package into a folder from which it finds its dependencies. */
export function compiledLibrary(): CompiledLibrary {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'nestjs-xray-'));
  const swc = JSON.parse(readFileSync(resolve(LIBS, '../.swcrc'), 'utf8')) as {
    exclude?: unknown;
    jsc: { paths?: unknown; baseUrl?: unknown };
  };
  delete swc.exclude;
  delete swc.jsc.paths;
  delete swc.jsc.baseUrl;
  for (const source of ['document/src', 'xray/src']) {
    for (const file of readdirSync(join(LIBS, source), { recursive: true }) as string[]) {
      if (!file.endsWith('.ts') || file.endsWith('.spec.ts')) continue;
      const { code } = transformFileSync(join(LIBS, source, file), {
        ...(swc as object),
        swcrc: false,
        sourceMaps: false,
      });
      const target = join(folder, source, file.replace(/\.ts$/, '.js'));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, code);
    }
  }
  return {
    path: (file = 'index') => join(folder, 'xray/src', file),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

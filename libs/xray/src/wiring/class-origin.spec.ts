import { transformSync } from '@swc/core';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { originsOf } from './class-origin';

/** What makes a file look like a bundle that Nest is in. */
const NEST = "const keys = ['design:paramtypes', 'self:paramtypes'];";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'class-origin-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The classes that a file exports. */
function load(file: string, text: string): object[] {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  // As Node loads it; require() of Jest would compile it anew.
  const exports: Record<string, object> = {};
  const wrapped = `(exports) => { ${text}\n}`;
  (new Script(wrapped, { filename: path }).runInThisContext() as (to: object) => void)(exports);
  return Object.values(exports);
}

describe('the origin of a class', () => {
  it('is the application or a package, determined by its file', () => {
    const [own] = load('dist/own.js', 'exports.Own = class Own {};');
    const [foreign] = load('node_modules/lib/index.js', 'exports.Foreign = class Foreign {};');
    expect(originsOf([own!, foreign!])).toEqual(['application', 'package']);
  });

  it('is found once for each file, also where others were looked up before', () => {
    const first = load('dist/a.js', 'exports.A = class A {}; exports.B = class B {};');
    const [foreign] = load('node_modules/lib/index.js', 'exports.Foreign = class Foreign {};');
    expect(originsOf([])).toEqual([]);
    expect(originsOf(first.slice(0, 1))).toEqual(['application']);
    expect(originsOf([foreign!, ...first])).toEqual(['package', 'application', 'application']);
  });

  it('is determined in a bundle by the paths that esbuild writes', () => {
    const classes = load(
      'bundle.cjs',
      [
        NEST,
        '// node_modules/lib/index.js',
        'exports.Foreign = class Foreign {};',
        '// src/own.ts',
        'exports.Own = class Own {};',
      ].join('\n'),
    );
    expect(originsOf(classes)).toEqual(['package', 'application']);
  });

  it.each(['src/own.ts', '../node_modules/lib/index.ts'])(
    'is determined in a minified bundle by its source map: %s',
    (filename) => {
      const source = `${NEST}\nexports.Own = class Own {\n  work() {\n    return keys;\n  }\n};`;
      const { code, map } = transformSync(source, {
        filename,
        sourceMaps: true,
        swcrc: false,
        minify: true,
        jsc: { parser: { syntax: 'ecmascript' }, minify: { mangle: true, compress: true } },
        module: { type: 'commonjs' },
      });
      writeFileSync(join(folder, 'bundle.cjs.map'), map!);
      const classes = load('bundle.cjs', `${code}\n//# sourceMappingURL=bundle.cjs.map`);
      expect(originsOf(classes)).toEqual([
        filename.includes('node_modules') ? 'package' : 'application',
      ]);
    },
  );

  it('is unknown in a bundle without either, and for built-in classes', () => {
    const classes = load('bundle.cjs', `${NEST}exports.Own = class Own {};`);
    expect(originsOf([...classes, Map])).toEqual(['unknown', 'unknown']);
  });
});

import { transformSync, type Options } from '@swc/core';
import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import * as ts from 'typescript';
import { compiledLibrary, type CompiledLibrary } from './compiled-library';

const run = promisify(execFile);
const FIXTURE = join(__dirname, 'source-lines');
const CACHE = resolve(__dirname, '../../../node_modules/.cache');

type Maps = 'file' | 'inline' | 'none';
type Compile = (text: string, file: string, maps: Maps) => { code: string; map?: string };

const tsc =
  (target: ts.ScriptTarget, module: ts.ModuleKind): Compile =>
  (text, fileName, maps) => {
    const compilerOptions: ts.CompilerOptions = {
      target,
      module,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      useDefineForClassFields: false,
      sourceMap: maps === 'file',
      inlineSourceMap: maps === 'inline',
    };
    const { outputText, sourceMapText } = ts.transpileModule(text, { fileName, compilerOptions });
    // A single file is compiled as if to its own folder.
    const code = outputText.replace(/(?<=sourceMappingURL=data:.*,).+/, (base64) => {
      const map = JSON.parse(Buffer.from(base64, 'base64').toString()) as object;
      return Buffer.from(JSON.stringify({ ...map, sources: [fileName] })).toString('base64');
    });
    return { code, map: sourceMapText };
  };

const swc =
  (target: 'es2017' | 'es2022', type: 'commonjs' | 'es6'): Compile =>
  (text, filename, maps) => {
    const options: Options = {
      swcrc: false,
      filename,
      sourceFileName: filename,
      module: { type },
      sourceMaps: maps === 'inline' ? 'inline' : maps === 'file',
      jsc: {
        target,
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
      },
    };
    const { code, map } = transformSync(text, options);
    return { code, map };
  };

const { ES2017, ES2022 } = ts.ScriptTarget;
const { CommonJS, ESNext } = ts.ModuleKind;
type Compiler = [name: string, extension: 'cjs' | 'mjs', compile: Compile];
const COMPILERS: Compiler[] = [
  ['tsc, CommonJS, ES2017', 'cjs', tsc(ES2017, CommonJS)],
  ['tsc, CommonJS, ES2022', 'cjs', tsc(ES2022, CommonJS)],
  ['tsc, ES module, ES2022', 'mjs', tsc(ES2022, ESNext)],
  ['SWC, CommonJS, ES2017', 'cjs', swc('es2017', 'commonjs')],
  ['SWC, CommonJS, ES2022', 'cjs', swc('es2022', 'commonjs')],
  ['SWC, ES module, ES2022', 'mjs', swc('es2022', 'es6')],
];
const asItIs = (text: string) => text;
const withBomAndCrlf = (text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}`;
const MAPS: { maps: Maps; flags: string[]; change: (text: string) => string }[] = [
  { maps: 'file', flags: ['--enable-source-maps'], change: asItIs },
  { maps: 'inline', flags: ['--enable-source-maps'], change: withBomAndCrlf },
  { maps: 'inline', flags: [], change: asItIs },
  { maps: 'none', flags: [], change: withBomAndCrlf },
];

/** What the fixture calls, by what each method says it is. */
const CALLED = [
  'Plain.first',
  'static Plain.first',
  'Plain.second2',
  'Cart.total',
  'Cart.find',
  'Cart.symbol',
  'Cart.in quotes',
  'Basket.total',
  'Shelf.own',
  'Stock.amount',
  'Root.count',
  'Box.pack',
  'Base.open',
  'Counted.count',
  'Counted.count',
  'Looped.one',
  'Looped.two',
];
/** No declaration has their name. */
const NEVER = ['Looped.one', 'Looped.two', 'Cart.symbol'];
/** They are declared in another file than the one with the decorator. */
const ELSEWHERE = ['Root.count', 'Stock.amount', 'Base.open'];

/** The line of the method that says `mark`: the last before it with the method's name. */
function lineOf(text: string, mark: string): number {
  const lines = text.split('\n');
  const says = lines.findIndex((line) => line.includes(`'${mark}'`) || line.includes(`"${mark}"`));
  const name = new RegExp(`\\b${mark.slice(mark.lastIndexOf('.') + 1)}\\b['"]?\\s*[<(]`);
  return lines.findLastIndex((line, at) => at <= says && name.test(line)) + 1;
}

describe('the recorded line of a method', () => {
  let library: CompiledLibrary;
  const folders: string[] = [];
  beforeAll(() => void (library = compiledLibrary()));
  afterAll(() => {
    library?.remove();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  /** A project with `src` and what was compiled from it. Gives its entry point. */
  function project(
    [, extension, compile]: Compiler,
    maps: Maps,
    change: (text: string) => string,
  ): string {
    mkdirSync(CACHE, { recursive: true });
    const folder = realpathSync(mkdtempSync(join(CACHE, 'source lines-')));
    folders.push(folder);
    for (const name of ['src', 'dist']) mkdirSync(join(folder, name));
    for (const file of readdirSync(FIXTURE)) {
      const source = join(folder, 'src', file);
      const text = change(readFileSync(join(FIXTURE, file), 'utf8'));
      writeFileSync(source, text);
      const built = join(folder, 'dist', file.replace(/ts$/, extension));
      const { code, map } = compile(text, source, maps);
      const linked = code
        .replace(/(['"])\.\/(\w+)\1/g, `'./$2.${extension}'`)
        .replace(/(['"])nestjs-xray(?:\/testing)?\1/g, `'./xray.${extension}'`)
        .replace(/\/\/# sourceMappingURL=(?!data:).*/, '');
      if (maps !== 'file') {
        writeFileSync(built, linked);
        continue;
      }
      writeFileSync(built, `${linked}\n//# sourceMappingURL=${basename(built)}.map\n`);
      const rewritten = { ...(JSON.parse(map!) as object), sources: [`../src/${file}`] };
      writeFileSync(`${built}.map`, JSON.stringify(rewritten));
    }
    writeFileSync(join(folder, 'dist', `xray.${extension}`), reexport(extension));
    return join(folder, 'dist', `main.${extension}`);
  }

  /** The package is compiled to CommonJS here, of which an ES module does not see the names. */
  function reexport(extension: 'cjs' | 'mjs'): string {
    const [index, testing] = ['index.js', 'testing/memory.emitter.js'].map((file) =>
      JSON.stringify(library.path(file)),
    );
    if (extension === 'cjs')
      return `module.exports = { ...require(${index}), ...require(${testing}) };`;
    return (
      `import index from ${index};\nimport testing from ${testing};\n` +
      'export const { Subsegment, XrayModule, XrayService, MemoryEmitter } = { ...index, ...testing };\n'
    );
  }

  async function recorded(main: string, flags: string[]): Promise<[string, string | null][]> {
    const cwd = resolve(main, '../..');
    const { stdout } = await run(process.execPath, [...flags, main], { cwd });
    return JSON.parse(stdout) as [string, string | null][];
  }

  const WAYS = COMPILERS.flatMap((compiler) => MAPS.map((way) => ({ ...way, compiler })));

  it.each(WAYS)('is right with $compiler.0, maps: $maps, $flags', async (way) => {
    const main = project(way.compiler, way.maps, way.change);
    const found = await recorded(main, way.flags);
    expect(found.map(([mark]) => mark)).toEqual(CALLED);
    for (const [mark, source] of found) {
      if (NEVER.includes(mark)) expect([mark, source]).toEqual([mark, null]);
      if (source === null) {
        expect([...NEVER, ...ELSEWHERE]).toContain(mark);
        continue;
      }
      const [, path, line] = /^(.*):(\d+)$/.exec(source)!;
      expect(path).toMatch(way.flags.length > 0 ? /^src\/\w+\.ts$/ : /^dist\/\w+\.[cm]js$/);
      const text = readFileSync(resolve(main, '../..', path!), 'utf8');
      expect([mark, Number(line)]).toEqual([mark, lineOf(text, mark)]);
    }
  });
});

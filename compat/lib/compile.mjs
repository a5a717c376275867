import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compat, run } from './install.mjs';

/** The compilers, with the names of their packages in compat/tools. */
export const COMPILERS = {
  'TypeScript 5': 'typescript',
  'TypeScript 6': 'typescript6',
  'TypeScript 7': 'typescript7',
  SWC: '@swc/core',
};

/** Copies the sources of the application to `folder`, and compiles them to `<folder>/<out>`. */
export async function compile(folder, tools, entries, options = {}, out = 'out') {
  putSources(folder);
  await tsc(folder, join(tools, 'node_modules/typescript'), entries, options, out);
  return join(folder, out);
}

/** Like compile(), with any of COMPILERS, to CommonJS or to an ES module. */
export async function compileBy({ folder, tools, compiler, esModule = false, entry }) {
  const out = `out-${compiler.replace(' ', '-')}${esModule ? '-esm' : ''}`;
  putSources(folder, esModule);
  rmSync(join(folder, out), { recursive: true, force: true });
  const used = join(tools, 'node_modules', COMPILERS[compiler]);
  if (compiler === 'SWC') swc(folder, used, out);
  else await tsc(folder, used, [entry], {}, out);
  if (esModule) writeFileSync(join(folder, out, 'package.json'), ES_MODULE);
  return join(folder, out, `${entry}.js`);
}

const ES_MODULE = '{ "type": "module" }';

/** Copies the sources. In an ES module, relative imports get a file extension. */
function putSources(folder, esModule = false) {
  const src = join(folder, 'src');
  rmSync(src, { recursive: true, force: true });
  cpSync(join(compat, 'app'), src, { recursive: true });
  if (!esModule) return;
  for (const name of readdirSync(src)) {
    const text = readFileSync(join(src, name), 'utf8');
    writeFileSync(join(src, name), text.replaceAll(/ from '(\.\/\w+)'/g, " from '$1.js'"));
  }
  writeFileSync(join(src, 'package.json'), ES_MODULE);
}

async function tsc(folder, typescript, entries, options, out) {
  const config = join(folder, `tsconfig.${out}.json`);
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2022',
    strict: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    useDefineForClassFields: false,
    skipLibCheck: true,
    types: ['node'],
    rootDir: 'src',
    outDir: out,
    ...options,
  };
  const files = entries.map((entry) => `src/${entry}.ts`);
  writeFileSync(config, JSON.stringify({ compilerOptions, files }));
  await run(process.execPath, [join(typescript, 'bin/tsc'), '-p', config], { cwd: folder });
}

/** Compiles with SWC as `nest build` does. */
function swc(folder, used, out) {
  const { transformFileSync } = createRequire(import.meta.url)(used);
  mkdirSync(join(folder, out));
  for (const name of readdirSync(join(folder, 'src'))) {
    const { code } = transformFileSync(join(folder, 'src', name), {
      swcrc: false,
      module: { type: 'commonjs' },
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: {
          legacyDecorator: true,
          decoratorMetadata: true,
          useDefineForClassFields: false,
        },
        keepClassNames: true,
      },
    });
    writeFileSync(join(folder, out, name.replace(/ts$/, 'js')), code);
  }
}

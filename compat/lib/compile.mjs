import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compat, run } from './install.mjs';

/** Puts the application's sources into `folder`, and compiles them to `<folder>/<out>`. */
export async function compile(folder, typescript, entries, options = {}, out = 'out') {
  rmSync(join(folder, 'src'), { recursive: true, force: true });
  cpSync(join(compat, 'app'), join(folder, 'src'), { recursive: true });
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
  const tsc = join(typescript, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [tsc, '-p', config], { cwd: folder });
  return join(folder, out);
}

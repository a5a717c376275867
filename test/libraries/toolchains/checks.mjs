import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { compareTable } from '../docs.mjs';
import { judged } from './lines.mjs';
import { mocha, swcJest, tsJest, vitest, WAYS } from './ways.mjs';

const run = promisify(execFile);
const FIXTURE = resolve(import.meta.dirname, '../../../libs/xray/test/source-lines');

const TSCONFIG = {
  compilerOptions: {
    ...{ module: 'commonjs', moduleResolution: 'node', target: 'es2022' },
    ...{
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      useDefineForClassFields: false,
    },
    ...{ esModuleInterop: true, skipLibCheck: true, ignoreDeprecations: '5.0', rootDir: '.' },
    // ts-jest then compiles each file by itself, as the others do.
    isolatedModules: true,
    // For ts-node, ts-jest and ts-loader. The other ways do not read this option.
    sourceMap: true,
  },
};

/** How people run TypeScript: the recorded line of a method is right or missing, and tests are traced. */
export async function toolchainChecks({ check }) {
  const rows = {};
  const lines = Object.entries(WAYS).map(
    ([name, way]) =>
      () =>
        check(`source lines: ${name}`, () =>
          inFolder(FIXTURE, 'src', async (folder) => {
            for (const runner of ['jest', 'vitest']) {
              writeFileSync(join(folder, `src/main.${runner}.ts`), TEST[runner]);
            }
            const found = join(folder, 'found.json');
            await node(folder, await way(folder), { FOUND: found });
            rows[name] = judged(folder, JSON.parse(readFileSync(found, 'utf8')));
          }),
        ),
  );
  await inPairs(lines);
  await check('source lines: docs/decorators.md shows what was seen', () =>
    compareTable({
      page: 'decorators.md',
      head: ['toolchain', "a class's own methods", 'inherited from another file', 'line of'],
      rows: Object.keys(WAYS).map((name) => [name, ...(rows[name] ?? [])]),
      write: process.argv.includes('--write'),
    }),
  );
  const runners = Object.entries(RUNNERS).map(
    ([name, command]) =>
      () =>
        check(`one TestingModuleBuilder for all tests: ${name}`, () =>
          inFolder(join(import.meta.dirname, 'reused'), 'test', async (folder) => {
            const output = await node(folder, command(folder));
            assert.match(output, /\b8 (passed|passing)\b/);
          }),
        ),
  );
  await inPairs(runners);
}

/** Two processes at once. */
async function inPairs(work) {
  const left = [...work];
  const runner = async () => {
    while (left.length > 0) await left.shift()();
  };
  await Promise.all([runner(), runner()]);
}

const TEST = {
  jest: "import { done } from './main';\ntest('main', () => done);\n",
  vitest:
    "import { test } from 'vitest';\nimport { done } from './main';\ntest('main', () => done);\n",
};

const RUNNERS = {
  'Jest with ts-jest': tsJest,
  'Jest with @swc/jest': swcJest,
  'Vitest with unplugin-swc': (folder) => vitest(folder, 'test/reused.vitest.ts', true),
  'Mocha with ts-node': (folder) => mocha(folder, 'test/reused.mocha.ts'),
};

/** Runs `work` in a project of its own, with the sources in its folder `name`. */
async function inFolder(sources, name, work) {
  const folder = mkdtempSync(join(import.meta.dirname, 'run-'));
  try {
    cpSync(sources, join(folder, name), { recursive: true });
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    writeFileSync(join(folder, 'package.json'), '{}');
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a program prints. */
async function node(cwd, args, more = {}) {
  const { NODE_ENV: _, ...env } = process.env;
  const options = { cwd, env: { ...env, NO_COLOR: '1', ...more }, timeout: 120_000 };
  const { stdout, stderr } = await run(process.execPath, args, options).catch((problem) => {
    throw new Error(`${problem.message}\n${problem.stdout}`);
  });
  return stdout + stderr;
}

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The file of a command that a package installs. */
function bin(name, command = name) {
  const manifest = require.resolve(`${name}/package.json`);
  const { bin: given } = require(manifest);
  return join(dirname(manifest), typeof given === 'string' ? given : given[command]);
}

const MAPS = '--enable-source-maps';

const SWC = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
};

/** Jest with a transformer, of a folder whose tests import `src/main.ts`. */
function jest(folder, transformer, options) {
  const config = {
    rootDir: folder,
    testEnvironment: 'node',
    testMatch: ['**/*.jest.ts'],
    testTimeout: 60_000,
    transform: { '\\.ts$': [transformer, options] },
  };
  return [bin('jest'), '--config', JSON.stringify(config), '--runInBand', '--colors=false'];
}

export const tsJest = (folder) =>
  jest(folder, 'ts-jest', { tsconfig: 'tsconfig.json', diagnostics: false });
export const swcJest = (folder) => jest(folder, '@swc/jest', SWC);

export const mocha = (_folder, file) => [
  ...['--require', 'ts-node/register/transpile-only'],
  ...[bin('mocha'), '--exit', '--timeout', '60000', file],
];

const LIMITS = '{ testTimeout: 60_000, hookTimeout: 60_000 }';

export function vitest(folder, include, swc) {
  const from = swc ? `import swc from 'unplugin-swc';\n` : '';
  const plugins = swc ? `, plugins: [swc.vite({ module: { type: 'es6' } })]` : '';
  const name = `vitest.${swc ? 'swc' : 'own'}.mjs`;
  const config = `${from}export default { test: { include: ['${include}'], ...${LIMITS} }${plugins} };\n`;
  writeFileSync(join(folder, name), config);
  return [bin('vitest'), 'run', '--config', name];
}

async function esbuild(folder, options) {
  const outfile = join(folder, 'dist/main.cjs');
  await require('esbuild').build({
    ...{ entryPoints: [join(folder, 'src/main.ts')], outfile, absWorkingDir: folder },
    ...{ bundle: true, platform: 'node', target: 'node20', packages: 'external' },
    ...options,
  });
  return [outfile];
}

async function webpack(folder, devtool, minimize) {
  const compiler = require('webpack')({
    ...{ mode: 'production', target: 'node', context: folder, devtool, entry: './src/main.ts' },
    output: { path: join(folder, 'dist'), filename: 'main.cjs' },
    resolve: { extensions: ['.ts', '.js'] },
    externals: [
      ({ request }, done) => (/^[@a-z]/.test(request) ? done(null, `commonjs ${request}`) : done()),
    ],
    optimization: { minimize, nodeEnv: false },
    module: {
      rules: [{ test: /\.ts$/, loader: 'ts-loader', options: { transpileOnly: true } }],
    },
  });
  const stats = await new Promise((done, fail) =>
    compiler.run((problem, result) => (problem ? fail(problem) : done(result))),
  );
  await new Promise((closed) => compiler.close(closed));
  if (stats.hasErrors()) throw new Error(stats.toString({ preset: 'errors-only' }));
  return [join(folder, 'dist/main.cjs')];
}

/** How people run TypeScript, each with the arguments for Node that run `src/main.ts` in a folder. */
export const WAYS = {
  'ts-node': () => [bin('ts-node'), '--transpile-only', 'src/main.ts'],
  tsx: () => ['--import', 'tsx', 'src/main.ts'],
  'ts-jest': tsJest,
  '@swc/jest': swcJest,
  Vitest: (folder) => vitest(folder, 'src/*.vitest.ts', false),
  'Vitest, unplugin-swc': (folder) => vitest(folder, 'src/*.vitest.ts', true),
  'esbuild, source map': async (folder) => [MAPS, ...(await esbuild(folder, { sourcemap: true }))],
  'esbuild, no source map': (folder) => esbuild(folder, { keepNames: true }),
  'esbuild, minified': (folder) => esbuild(folder, { minify: true, keepNames: true }),
  'webpack, source-map': async (folder) => [
    ...[MAPS],
    ...(await webpack(folder, 'source-map', false)),
  ],
  'webpack, no source map': (folder) => webpack(folder, false, false),
  'webpack, eval': (folder) => webpack(folder, 'eval', false),
  'webpack, eval-source-map': async (folder) => [
    ...[MAPS],
    ...(await webpack(folder, 'eval-source-map', false)),
  ],
  'webpack, minimised': (folder) => webpack(folder, false, true),
};

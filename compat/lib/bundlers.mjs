// The ways to bundle a Nest application, each as its documentation shows it.
import { cpSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { run } from './install.mjs';

/**
 * Packages that Nest loads only if they are installed, as listed on Nest's page about serverless.
 * https://docs.nestjs.com/faq/serverless#using-webpack
 */
const OPTIONAL_OF_NEST = [
  '@grpc/grpc-js',
  '@grpc/proto-loader',
  '@nats-io/transport-node',
  '@nestjs/platform-socket.io',
  'amqp-connection-manager',
  'amqplib',
  'cache-manager',
  'class-transformer',
  'class-validator',
  'ioredis',
  'kafkajs',
  'mqtt',
  'nats',
  'pg-native',
  'bufferutil',
  // Only an ES module. Nest 11 loads it by import() when a file is validated.
  'file-type',
  'utf-8-validate',
];

/** Definitions that the ES modules of Nest 12 need in CommonJS, and CommonJS code in ES modules. */
const COMMON_JS = {
  format: 'cjs',
  banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
  define: { 'import.meta.url': '__url' },
};
const ES_MODULE = {
  format: 'esm',
  banner: {
    js: "import { createRequire as __from } from 'node:module'; const require = __from(import.meta.url);",
  },
};

const FORMATS = {
  'esbuild, CommonJS': COMMON_JS,
  'esbuild, CommonJS, minified with keepNames': { ...COMMON_JS, minify: true, keepNames: true },
  'esbuild, CommonJS, minified': { ...COMMON_JS, minify: true, names: false },
  'esbuild, ES module': ES_MODULE,
  'esbuild, ES module, minified': { ...ES_MODULE, minify: true, names: false },
  // It renames the classes of ES modules: "class Cart2".
  'esbuild, CommonJS, of ES modules': { ...COMMON_JS, esModules: true, names: false },
  'esbuild, CommonJS, of ES modules, with keepNames': {
    ...COMMON_JS,
    esModules: true,
    keepNames: true,
  },
};

/** Optional peers of this package that Nest does not load. A bundle must work without them. */
const OPTIONAL_OF_OURS = [
  '@aws-sdk/credential-provider-node',
  '@smithy/signature-v4',
  '@opentelemetry/api',
  'aws-xray-sdk-core',
];

const notInstalled = (name) => `not-installed-${name.replace(/\W+/g, '-')}`;

/** Bundles `entry` as if no optional peer of this package were installed. */
export function withoutPeers({ tools, app }) {
  const require = createRequire(join(tools, 'package.json'));
  const alias = Object.fromEntries(OPTIONAL_OF_OURS.map((name) => [name, notInstalled(name)]));
  const replacing = (tool) =>
    OPTIONAL_OF_OURS.map(
      (name) => new tool.NormalModuleReplacementPlugin(new RegExp(`^${name}$`), notInstalled(name)),
    );
  return [
    {
      name: 'esbuild',
      bundle: (entry, out) => esbuild(require('esbuild'), entry, out, { ...COMMON_JS, alias }, []),
    },
    ...['webpack', '@rspack/core'].map((name) => ({
      name,
      bundle: (entry, out) => {
        const tool = require(name);
        const plugins = [withoutOptional(tool), ...replacing(tool)];
        return pack(tool, entry, out, app, { optimization: { minimize: false }, plugins });
      },
    })),
  ];
}

/**
 * The bundlers. `bundle(entry, out)` writes one file into the folder `out` and returns its path. The
 * entry is compiled to CommonJS, or to ES modules where `esModules` says so.
 */
export function bundlers({ tools, app, nest }) {
  const require = createRequire(join(tools, 'package.json'));
  return [
    ...Object.entries(FORMATS).map(([name, { names = true, esModules = false, ...options }]) => ({
      name,
      names,
      esModules,
      bundle: async (entry, out) => {
        // Nest 12 loads it by a require() that esbuild does not bundle, so it is deployed next to the bundle.
        const external = nest >= 12 ? ['ws'] : [];
        for (const name of external) {
          cpSync(join(app, 'node_modules', name), join(out, 'node_modules', name), {
            recursive: true,
          });
        }
        return esbuild(require('esbuild'), entry, out, options, external);
      },
    })),
    ...['webpack', 'rspack'].flatMap((name) =>
      [false, true].map((minimize) => ({
        name: minimize ? `${name}, minimised` : name,
        // Terser is slow, and the other bundlers cover the same.
        slow: minimize && name === 'webpack',
        names: !minimize,
        bundle: (entry, out) => {
          const tool = require(name === 'webpack' ? name : '@rspack/core');
          return pack(tool, entry, out, app, { optimization: { minimize } });
        },
      })),
    ),
    {
      name: 'webpack, minimised with keep_classnames',
      names: true,
      slow: true,
      bundle: (entry, out) => {
        const Terser = createRequire(require.resolve('webpack'))('terser-webpack-plugin');
        const keep = { keep_classnames: true, keep_fnames: true };
        const minimizer = [new Terser({ terserOptions: keep })];
        return pack(require('webpack'), entry, out, app, { optimization: { minimizer } });
      },
    },
    {
      name: 'rspack, minimised with keep_classnames',
      names: true,
      bundle: (entry, out) => {
        const tool = require('@rspack/core');
        const keep = { keep_classnames: true, keep_fnames: true };
        const minimizerOptions = { mangle: keep, compress: keep };
        const minimizer = [new tool.SwcJsMinimizerRspackPlugin({ minimizerOptions })];
        return pack(tool, entry, out, app, { optimization: { minimizer } });
      },
    },
    ...(nest === 11
      ? [
          {
            name: 'nest build --webpack',
            names: true,
            // The output needs node_modules, so it stays next to them.
            inPlace: true,
            bundle: () => nestBuild(app, {}),
          },
          {
            name: 'nest build --webpack, externals: []',
            names: true,
            bundle: (_entry, out) => nestBuild(app, { everything: true, out }),
          },
        ]
      : []),
  ];
}

async function esbuild(tool, entry, out, options, external) {
  const outfile = join(out, options.format === 'esm' ? 'main.mjs' : 'main.cjs');
  await tool.build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: [...OPTIONAL_OF_NEST, ...external],
    logLevel: 'silent',
    ...options,
  });
  return outfile;
}

/** Ignores packages that are not installed, as on Nest's page about serverless. */
function withoutOptional(tool) {
  return new tool.IgnorePlugin({
    checkResource: (request) => OPTIONAL_OF_NEST.some((name) => request.startsWith(name)),
  });
}

async function pack(tool, entry, out, app, options) {
  const compiler = tool({
    mode: 'production',
    target: 'node',
    context: app,
    entry,
    output: { path: out, filename: 'main.cjs' },
    // When all files of Nest are bundled, there is a warning for each package whose name is in a variable.
    ignoreWarnings: [/./],
    plugins: [withoutOptional(tool)],
    ...options,
  });
  const stats = await new Promise((done, fail) =>
    compiler.run((problem, result) => (problem ? fail(problem) : done(result))),
  );
  await new Promise((closed) => compiler.close(closed));
  if (stats.hasErrors()) throw new Error(stats.toString({ preset: 'errors-only' }));
  return join(out, 'main.cjs');
}

/** Runs `nest build` of @nestjs/cli 11 in the application's folder. */
async function nestBuild(app, { everything = false, out = join(app, 'dist') }) {
  const write = (file, content) => writeFileSync(join(app, file), content);
  const configuration = everything ? 'webpack.everything.js' : 'webpack.default.js';
  write(configuration, everything ? bundlingAll(out) : 'module.exports = (options) => options;');
  write('nest-cli.json', JSON.stringify({ sourceRoot: 'src', entryFile: 'bundled' }));
  const compilerOptions = {
    module: 'commonjs',
    target: 'es2022',
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: true,
    outDir: './dist',
  };
  const files = ['bundled', 'app', 'exercise'].map((name) => `src/${name}.ts`);
  write('tsconfig.json', JSON.stringify({ compilerOptions, files }));
  const cli = join(app, 'node_modules/@nestjs/cli/bin/nest.js');
  await run(process.execPath, [cli, 'build', '--webpack', '--webpackPath', configuration], {
    cwd: app,
  });
  return everything ? join(out, 'main.cjs') : join(app, 'dist/bundled.js');
}

function bundlingAll(out) {
  return `module.exports = (options, webpack) => ({
    ...options,
    externals: [],
    output: { ...options.output, path: ${JSON.stringify(out)}, filename: 'main.cjs' },
    plugins: [
      ...options.plugins,
      new webpack.IgnorePlugin({
        checkResource: (request) =>
          ${JSON.stringify(OPTIONAL_OF_NEST)}.some((name) => request.startsWith(name)),
      }),
    ],
  });`;
}

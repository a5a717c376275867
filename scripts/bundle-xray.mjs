// Bundles the sources of nestjs-xray into libs/xray/dist: what npm publishes. require('nestjs-xray') then
// loads a few files in place of some 190, which took most of its time. Names and lines stay as they are, and
// source maps contain the sources. The declarations are one for each source, as tsc writes them.
import { rmSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { rolldown } from 'rolldown';
import { root, run } from './ready.mjs';

const source = join(root, 'libs/xray/src');
const target = join(root, 'libs/xray/dist');
const config = join(root, 'libs/xray/tsconfig.publish.json');

/** What package.json exports, and a file that is loaded only where it is used. */
const entries = {
  index: 'index.ts',
  testing: 'testing/index.ts',
  'aws-sdk': 'interop/aws-sdk.ts',
  opentelemetry: 'opentelemetry/index.ts',
  'otlp-protobuf': 'emitters/otlp/otlp-protobuf.ts',
};

/**
 * The file with what the entries share: one context, one of each class. By its name, loaded-copies.ts
 * recognises that the package is not in an application's bundle.
 */
const SHARED = 'nestjs-xray';

/** Keeps the require() of a file: in its caller's, its packages would be loaded at once. */
const loadedWhereUsed = {
  name: 'loaded-where-used',
  resolveId: (id) =>
    id === './otlp-protobuf' ? { id: './otlp-protobuf.js', external: true } : null,
};

async function bundle() {
  const build = await rolldown({
    input: Object.fromEntries(
      Object.entries(entries).map(([name, file]) => [name, join(source, file)]),
    ),
    cwd: root,
    platform: 'node',
    tsconfig: config,
    // Packages, but not the helpers that decorators are compiled to.
    external: (id) => !isAbsolute(id) && !/^(\.|\0|@oxc-project\/runtime\/)/.test(id),
    plugins: [loadedWhereUsed],
    onwarn: (warning) => {
      throw new Error(warning.message);
    },
  });
  await build.write({
    dir: target,
    format: 'cjs',
    keepNames: true,
    sourcemap: true,
    comments: { legal: true, annotation: true, jsdoc: false },
    chunkFileNames: '[name].js',
    codeSplitting: { groups: [{ name: SHARED, minShareCount: 2 }] },
  });
}

rmSync(target, { recursive: true, force: true });
await bundle();
await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config]);

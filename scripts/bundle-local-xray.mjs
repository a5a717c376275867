// Bundles the built server with its dependencies from node_modules into libs/local-xray/dist, which npm publishes. An
// installation is one package (two with libsql, which Node 20 needs), and does not add a second copy of Nest to the
// application.
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { rolldown } from 'rolldown';
import { root, run } from './ready.mjs';

const built = join(root, 'dist/libs/local-xray/src');
const target = join(root, 'libs/local-xray/dist');

/** Packages with native code, which cannot be bundled. */
const EXTERNAL = ['libsql'];
/** Optional packages of Nest and gRPC. Those of the user's application would belong to another copy of Nest. */
const ABSENT =
  /^(@nestjs\/(microservices|websockets|platform-(fastify|socket\.io|ws))|class-(transformer|validator)|@fastify\/static|@grpc\/proto-loader)(\/|$)/;

const absent = {
  name: 'absent',
  resolveId: (id) => (ABSENT.test(id) ? `\0absent:${id}` : null),
  load: (id) =>
    id.startsWith('\0absent:')
      ? `throw Object.assign(new Error('Not part of local-xray: ${id.slice(8)}'), { code: 'MODULE_NOT_FOUND' });`
      : null,
};

/** The paths within the folder, at any depth, with this ending. */
function filesOf(folder, ending) {
  return readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(ending));
}

/** The programs of threads, which are separate files next to the code that starts them. */
function programs() {
  const workers = filesOf(built, '.worker.js');
  return Object.fromEntries(workers.map((file) => [basename(file, '.js'), join(built, file)]));
}

async function bundle() {
  const build = await rolldown({
    input: { 'local-xray': join(built, 'index.js'), ...programs() },
    platform: 'node',
    cwd: root,
    external: EXTERNAL,
    plugins: [absent],
    onwarn: (warning) => {
      throw new Error(warning.message);
    },
  });
  await build.write({
    dir: target,
    format: 'cjs',
    keepNames: true,
    minify: true,
    chunkFileNames: '[name]-[hash].js',
  });
}

/** Assigns each export literally: otherwise import { … } does not find the names of a CommonJS module. */
function index() {
  const names = Object.keys(createRequire(import.meta.url)(join(target, 'local-xray.js')));
  const lines = names.map((name) => `exports.${name} = all.${name};\n`);
  writeFileSync(
    join(target, 'index.js'),
    `'use strict';\nconst all = require('./local-xray.js');\n${lines.join('')}`,
  );
}

/**
 * Writes the type declarations of what the index exports, and of what these refer to. Names of packages that exist only
 * in this workspace are replaced by paths.
 */
async function declare() {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [tsc, '-p', 'libs/local-xray/tsconfig.publish.json']);
  const types = join(target, 'types');
  const needed = new Set([join(types, 'local-xray/src/index.d.ts')]);
  for (const path of needed) {
    const text = readFileSync(path, 'utf8').replace(
      /(['"])@nestjs-xray\/([\w-]+)\1/g,
      (_whole, quote, part) => quote + pathFrom(path, join(types, part, 'src/index')) + quote,
    );
    writeFileSync(path, text);
    for (const [, to] of text.matchAll(/(?:from|import\()\s*['"](\.[^'"]+)['"]/g)) {
      const file = join(dirname(path), to);
      needed.add(existsSync(`${file}.d.ts`) ? `${file}.d.ts` : join(file, 'index.d.ts'));
    }
  }
  for (const file of filesOf(types, '.d.ts')) {
    if (!needed.has(join(types, file))) rmSync(join(types, file));
  }
}

function pathFrom(file, to) {
  const path = relative(dirname(file), to).replaceAll('\\', '/');
  return path.startsWith('.') ? path : `./${path}`;
}

rmSync(target, { recursive: true, force: true });
await bundle();
index();
await declare();
cpSync(join(root, 'dist/apps/viewer'), join(target, 'viewer'), { recursive: true });

// Bundles each function into one file, dist/<function>/index.js.
import { writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const given = process.argv.slice(2);
const functions = given.length > 0 ? given : ['http', 'queue', 'stream'];

/** Optional packages that Nest tries to load. */
const OPTIONAL = [
  '@nestjs/microservices',
  '@nestjs/microservices/*',
  '@nestjs/websockets',
  '@nestjs/websockets/*',
  'class-transformer',
  'class-transformer/*',
  'class-validator',
];

const { metafile } = await build({
  entryPoints: functions.map((name) => ({ in: `src/${name}.ts`, out: `${name}/index` })),
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node22',
  minify: true,
  // Subsegments are named after classes and methods.
  keepNames: true,
  external: OPTIONAL,
  metafile: true,
  logLevel: 'warning',
});
// For analysing the size of the bundles: https://esbuild.github.io/analyze/
await writeFile('dist/meta.json', JSON.stringify(metafile));

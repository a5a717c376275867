import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { installPackage } from '../support/install-package.mjs';
import { buildNativeClient } from './native-client.mjs';

const here = import.meta.dirname;
const root = resolve(here, '../..');
const modules = join(here, 'node_modules');
const folder = join(here, 'dist');
const example = join(folder, 'example');

/** Node as Lambda has it: the runtime's client wants 22 or newer. */
export const node = join(modules, 'node24/bin/node');
export const client = join(modules, 'aws-lambda-ric/index.mjs');

/** Where Lambda would have put the functions, bundled, and what went into their bundles. */
export function buildFunctions() {
  rmSync(example, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  buildNativeClient(modules, folder);
  installPackage(modules);
  cpSync(join(root, 'aws/lambda'), example, { recursive: true });
  for (const name of readdirSync(join(here, 'functions'))) {
    cpSync(join(here, 'functions', name), join(example, 'src', name));
  }
  checkTypes();
  const names = readdirSync(join(here, 'functions')).map((name) => name.replace(/\.ts$/, ''));
  execFileSync(process.execPath, ['build.mjs', 'http', 'queue', 'stream', ...names], {
    cwd: example,
    stdio: 'inherit',
  });
  const metafile = JSON.parse(readFileSync(join(example, 'dist/meta.json'), 'utf8'));
  return { functions: join(example, 'dist'), metafile };
}

/** esbuild leaves types alone. */
function checkTypes() {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
  execFileSync(process.execPath, [tsc, '-p', example, ...types], { stdio: 'inherit' });
}

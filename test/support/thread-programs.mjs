// Jest's global set-up: bundles the programs of local X-Ray's threads, which cannot load TypeScript. A test
// that starts local X-Ray starts three of them, and each loads one file in place of some two hundred.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = join(root, 'node_modules/.cache/thread-programs');
const SOURCES = ['libs/local-xray/src', 'libs/document/src', 'libs/trace/src'];
const OTHERS = ['package-lock.json', 'tsconfig.json', 'test/support/thread-programs.mjs'];
const DAY_MS = 24 * 60 * 60 * 1000;

export default async function threadPrograms() {
  const files = SOURCES.flatMap(sourcesOf);
  const programs = join(cache, stampOf([...files, ...OTHERS]));
  if (!existsSync(programs)) {
    mkdirSync(cache, { recursive: true });
    removeOld();
    const unfinished = mkdtempSync(join(cache, 'unfinished-'));
    await bundle(
      files.filter((file) => file.endsWith('.worker.ts')),
      unfinished,
    );
    try {
      renameSync(unfinished, programs);
    } catch (problem) {
      // Another run of Jest has made the same.
      if (!existsSync(programs)) throw problem;
      rmSync(unfinished, { recursive: true });
    }
  }
  process.env.XRAY_THREAD_PROGRAMS = programs;
}

function sourcesOf(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('spec.ts'))
    .map((file) => join(folder, file));
}

/** Changes with every change of a file. */
function stampOf(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const { mtimeMs, size } = statSync(join(root, file));
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex').slice(0, 20);
}

async function bundle(programs, folder) {
  const { rolldown } = await import('rolldown');
  const build = await rolldown({
    input: Object.fromEntries(programs.map((file) => [basename(file, '.ts'), join(root, file)])),
    platform: 'node',
    cwd: root,
    // The first has native code. Rolldown's chunks of the second call each other before they are complete.
    external: ['libsql', '@aws-sdk/client-xray'],
    tsconfig: join(root, 'tsconfig.json'),
    onwarn: (warning) => {
      throw new Error(warning.message);
    },
  });
  await build.write({ dir: folder, format: 'cjs', keepNames: true });
}

/** What earlier states of the sources left. */
function removeOld() {
  for (const name of readdirSync(cache)) {
    const folder = join(cache, name);
    if (statSync(folder).mtimeMs < Date.now() - DAY_MS) rmSync(folder, { recursive: true });
  }
}

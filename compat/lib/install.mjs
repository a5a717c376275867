// Installs the applications outside the repository, where Node cannot find the packages of the workspace.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const run = promisify(execFile);
export const compat = dirname(dirname(fileURLToPath(import.meta.url)));
export const root = dirname(compat);

/** Installs `compat/<name>` from its lock file, once per version of that file. Returns the folder. */
export async function install(name) {
  const from = join(compat, name);
  const lock = readFileSync(join(from, 'package-lock.json'));
  const digest = createHash('sha256').update(lock).digest('hex').slice(0, 12);
  const folder = join(tmpdir(), 'nestjs-xray-compat', `${name}-${digest}`);
  const done = join(folder, '.installed');
  if (existsSync(done)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
    cpSync(join(from, file), join(folder, file));
  }
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  await run('npm', ['ci', '--prefer-offline', ...quiet], { cwd: folder });
  writeFileSync(done, '');
  return folder;
}

/** Packs the library as npm would publish it. */
export async function pack() {
  const folder = join(tmpdir(), 'nestjs-xray-compat', `packed-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const { stdout } = await run(
    'npm',
    ['pack', '--json', '--workspace', 'nestjs-xray', '--pack-destination', folder],
    { cwd: root },
  );
  const listing = JSON.parse(stdout.slice(stdout.search(/^[[{]/m)));
  const [{ filename, files, size }] = Array.isArray(listing) ? listing : Object.values(listing);
  return {
    path: join(folder, filename),
    files: files.map(({ path }) => path),
    kilobytes: Math.round(size / 1000),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Unpacks the library in `folder` where npm would install it. */
export async function addLibrary(folder, tarball) {
  const target = join(folder, 'node_modules/nestjs-xray');
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  await run('tar', ['-xzf', tarball.path, '--strip-components=1', '-C', target]);
}

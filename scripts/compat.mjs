// npm run compat: packs the library, installs the tarball with Nest 10, 11 and 12, compiles a
// small application against its types, and runs it on Node 20, 22 and 24. Needs the registry;
// takes some minutes the first time.
import { execFile } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '..');
const NESTS = [10, 11, 12];
const NODES = [20, 22, 24];
const folder = mkdtempSync(join(tmpdir(), 'nestjs-xray-compat-'));
let failures = 0;

async function attempt(what, work) {
  const from = performance.now();
  try {
    const said = await work();
    const seconds = ((performance.now() - from) / 1000).toFixed(1);
    console.log(`✓ ${what}${said ? `: ${said}` : ''} (${seconds} s)`);
    return true;
  } catch (problem) {
    failures++;
    const output = `${problem.stdout ?? ''}${problem.stderr ?? ''}`.trim() || problem.message;
    console.error(`✗ ${what}\n${output}\n`);
    return false;
  }
}

async function pack() {
  const workspace = ['--workspace', 'nestjs-xray'];
  const { stdout } = await run(
    'npm',
    ['pack', '--json', ...workspace, '--pack-destination', folder],
    { cwd: root },
  );
  const listing = JSON.parse(stdout.slice(stdout.search(/^[[{]/m)));
  const [{ filename, files, size }] = Array.isArray(listing) ? listing : Object.values(listing);
  const has = (path) => files.some((file) => file.path === path);
  for (const path of [
    'dist/index.js',
    'dist/types/xray/src/index.d.ts',
    'dist/types/document/src/index.d.ts',
    'README.md',
    'LICENSE',
  ]) {
    if (!has(path)) throw new Error(`The tarball has no ${path}.`);
  }
  const stray = files.filter(({ path }) => /\.spec\.|\/test\//.test(path));
  if (stray.length > 0) throw new Error(`The tarball has ${stray[0].path}.`);
  return {
    tarball: join(folder, filename),
    said: `${files.length} files, ${Math.round(size / 1000)} kB`,
  };
}

/** The path of a Node binary from the npm package `node`. */
async function findNode(major) {
  if (Number(process.versions.node.split('.')[0]) === major) return process.execPath;
  const { stdout } = await run('npx', ['--yes', `node@${major}`, '-p', 'process.execPath'], {
    cwd: folder,
  });
  return stdout.trim().split('\n').at(-1);
}

async function prepare(nest, tarball) {
  const app = join(folder, `nest-${nest}`);
  mkdirSync(app);
  const dependencies = {
    '@nestjs/common': `^${nest}.0.0`,
    '@nestjs/core': `^${nest}.0.0`,
    '@nestjs/platform-express': `^${nest}.0.0`,
    '@types/node': '^20.19.0',
    'aws-xray-sdk-core': '^3.12.0',
    'nestjs-xray': `file:${tarball}`,
    'reflect-metadata': '^0.2.2',
    rxjs: '^7.8.2',
  };
  writeFileSync(
    join(app, 'package.json'),
    JSON.stringify({ name: 'smoke', private: true, dependencies }),
  );
  writeFileSync(
    join(app, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        target: 'es2022',
        strict: true,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        useDefineForClassFields: false,
        esModuleInterop: true,
        skipLibCheck: false,
        noCheck: false,
        types: ['node'],
        outDir: 'dist',
      },
      files: ['smoke.ts'],
    }),
  );
  const smoke = readFileSync(join(root, 'libs/xray/test/compat/smoke.ts'), 'utf8');
  writeFileSync(join(app, 'smoke.ts'), smoke);
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: app });
  return app;
}

/** Compiles with `skipLibCheck` off, so that the declarations of the package are checked too. */
async function compile(app) {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [tsc, '-p', app], { cwd: app }).catch((problem) => {
    const ours = problem.stdout
      .split('\n')
      .filter((line) => /^(smoke|node_modules\/nestjs-xray)/.test(line));
    if (ours.length > 0) throw new Error(ours.join('\n'));
  });
}

try {
  let tarball;
  await attempt('npm pack', async () => {
    const packed = await pack();
    tarball = packed.tarball;
    return packed.said;
  });
  if (tarball) {
    await attempt('publint', () =>
      run('npx', ['publint', '--strict', tarball], { cwd: root }).then(() => ''),
    );
    await attempt('are the types wrong', () =>
      run('npx', ['attw', tarball], { cwd: root }).then(() => ''),
    );
    const nodes = new Map();
    for (const major of NODES) {
      await attempt(`Node ${major}`, async () => {
        const path = await findNode(major);
        const { stdout } = await run(path, ['-v']);
        nodes.set(major, path);
        return stdout.trim();
      });
    }
    for (const nest of NESTS) {
      let app;
      await attempt(`Nest ${nest}: install`, async () => void (app = await prepare(nest, tarball)));
      if (!app || !(await attempt(`Nest ${nest}: types`, () => compile(app)))) continue;
      for (const [major, path] of nodes) {
        await attempt(`Nest ${nest} on Node ${major}`, async () => {
          const { stdout } = await run(path, ['dist/smoke.js'], { cwd: app, timeout: 60_000 });
          const said = /^ok: (.*)$/m.exec(stdout);
          if (!said) throw new Error(stdout);
          return said[1];
        });
      }
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(failures === 0 ? '\nThe packed library works everywhere.' : `\n${failures} failed.`);
process.exit(failures === 0 ? 0 : 1);

// Prepares a clone for running: installs and builds what is missing or outdated. Needs only Node and npm.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The build targets, with their sources and commands. */
const targets = [
  {
    name: 'server',
    sources: ['apps/cruddur/src', 'apps/local-xray/src', 'libs'],
    config: ['nest-cli.json', '.swcrc', 'tsconfig.json'],
    made: 'dist/apps/local-xray/src/main.js',
    command: ['nest', 'build', '--all'],
  },
  {
    name: 'nestjs-xray package',
    sources: ['libs/xray/src', 'libs/document/src', 'libs/trace/src'],
    config: ['libs/xray/tsconfig.publish.json', 'tsconfig.json', 'scripts/bundle-xray.mjs'],
    made: 'libs/xray/dist/index.js',
    command: ['bundle-xray'],
    toRun: false,
  },
  {
    name: 'local-xray package',
    sources: ['libs/local-xray/src', 'libs/document/src', 'libs/trace/src', 'apps/viewer'],
    config: ['libs/local-xray/tsconfig.publish.json', 'scripts/bundle-local-xray.mjs'],
    made: 'libs/local-xray/dist/index.js',
    command: ['bundle-local-xray'],
    toRun: false,
    // It contains the output of these.
    after: ['server', 'viewer'],
  },
  {
    name: 'viewer',
    sources: ['apps/viewer', 'libs/document/src', 'libs/trace/src'],
    config: [],
    made: 'dist/apps/viewer/index.html',
    command: ['vite', 'build', '--config', 'apps/viewer/vite.config.ts', '--logLevel', 'warn'],
  },
  {
    name: 'home page',
    sources: ['apps/cruddur/web'],
    config: [],
    made: 'dist/apps/cruddur/web/index.html',
    command: ['vite', 'build', '--config', 'apps/cruddur/web/vite.config.ts', '--logLevel', 'warn'],
  },
];

/** Stops with a clear message if Node is too old, because later errors would be confusing. */
function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(
    `Node ${process.versions.node} is too old: 20.19 or newer is needed. Install one from https://nodejs.org, or run "nvm use".`,
  );
  process.exit(1);
}

/** Runs a command in the root folder. Resolves when it has succeeded. */
export function run(command, args, { quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      shell: process.platform === 'win32',
    });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) return resolve();
      process.stderr.write(output);
      reject(new Error(`"${command} ${args.join(' ')}" ended with code ${code}.`));
    });
  });
}

const hashOf = (text) => createHash('sha256').update(text).digest('hex');

/** Installs the packages if node_modules is missing or older than the lock file. */
async function install() {
  const lock = join(root, 'package-lock.json');
  const installed = join(root, 'node_modules/.package-lock.json');
  const stamp = join(root, 'node_modules/.nestjs-xray-lock');
  const wanted = hashOf(readFileSync(lock));
  const stamped = existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
  if (stamped === wanted) return; // without writing, because another user may own node_modules
  const current =
    stamped === undefined &&
    existsSync(installed) &&
    statSync(installed).mtimeMs >= statSync(lock).mtimeMs;
  if (!current) {
    console.log('Installing packages (npm ci), once …');
    // No package of the lock file needs its install script; one of them only counts installations.
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  }
  writeFileSync(stamp, wanted);
}

/** All files below `path` that a build may depend on. */
function files(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [path];
  return readdirSync(full, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && name !== 'dist' && name !== 'test')
    .flatMap(({ name }) => files(join(path, name)))
    .filter((file) => !/\.spec\.tsx?$/.test(file));
}

/** A hash of the sources and the command of a target. If it changes, the target is built again. */
function fingerprint({ sources, config, command }) {
  const hash = createHash('sha256').update(command.join(' '));
  for (const file of [...sources, ...config, 'package-lock.json'].flatMap(files).sort()) {
    hash.update(file).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

/**
 * Builds the targets whose sources have changed since they were last built. Returns their names. With `toRun`, leaves
 * out what is not needed to run the product: the npm packages.
 */
export async function build({ force = false, toRun = false } = {}) {
  const stamps = join(root, 'dist/.built');
  mkdirSync(stamps, { recursive: true });
  const stale = targets
    .filter((target) => !toRun || target.toRun !== false)
    .filter(({ sources }) => existsSync(join(root, sources[0])))
    .map((target) => ({
      ...target,
      stamp: join(stamps, target.name.replaceAll(' ', '-')),
      wanted: fingerprint(target),
    }))
    .filter(
      ({ stamp, wanted, made }) =>
        force ||
        !existsSync(join(root, made)) ||
        !existsSync(stamp) ||
        readFileSync(stamp, 'utf8') !== wanted,
    );
  if (stale.length === 0) return [];
  console.log(`Building ${stale.map(({ name }) => name).join(', ')} …`);
  const building = new Map();
  for (const { name, command, stamp, wanted, after = [] } of inOrder(stale)) {
    const [tool, ...args] = command;
    const make = async () => {
      await Promise.all(after.map((other) => building.get(other)));
      await run(process.execPath, [binary(tool), ...args], { quiet: true });
      writeFileSync(stamp, wanted);
    };
    building.set(name, make());
  }
  await Promise.all(building.values());
  return stale.map(({ name }) => name);
}

/** Targets that others depend on come first. */
const inOrder = (all) => [...all].sort((a, b) => Number(!!a.after) - Number(!!b.after));

/** The script of a command: from an installed package, or from this folder. */
function binary(tool) {
  if (tool.startsWith('bundle-')) return join(root, 'scripts', `${tool}.mjs`);
  const scripts = {
    nest: '@nestjs/cli/bin/nest.js',
    vite: 'vite/bin/vite.js',
  };
  return join(root, 'node_modules', scripts[tool]);
}

/** Installs and builds what is needed. If that fails, ends the process with a message. */
export async function ready(options) {
  requireNode();
  try {
    await install();
    await build(options);
  } catch (problem) {
    console.error(`Set-up failed: ${problem.message}`);
    process.exit(1);
  }
}

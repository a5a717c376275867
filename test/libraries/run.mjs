/** Runs the libraries against the built package, and compares docs/libraries.md with what came of it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { checks } from './checks.mjs';
import { startServers, stopServers } from './servers.mjs';

const here = import.meta.dirname;

/** The package as users get it, so that it finds Nest and the API where they do. */
function installPackage() {
  const folder = mkdtempSync(join(tmpdir(), 'nestjs-xray-pack-'));
  const pack = ['pack', '--silent', '--workspace', 'nestjs-xray', '--pack-destination', folder];
  execFileSync('npm', pack, {
    cwd: resolve(here, '../..'),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const target = join(here, 'node_modules/nestjs-xray');
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  const [tarball] = readdirSync(folder);
  execFileSync('tar', ['-xzf', join(folder, tarball), '-C', target, '--strip-components=1']);
  rmSync(folder, { recursive: true });
}

let failed = false;
try {
  const [servers] = await Promise.all([startServers(), installPackage()]);
  const { start, libraries, transports } = createRequire(import.meta.url)('./app.cjs');
  failed = await checks({ servers, start, libraries, transports });
} catch (problem) {
  failed = true;
  console.error(problem);
} finally {
  await stopServers();
}
// Some of the clients keep sockets that try to come back.
process.exit(failed ? 1 : 0);

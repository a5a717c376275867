/** Runs the libraries against the built package, and compares docs/libraries.md with what came of it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chainChecks } from './chain/checks.mjs';
import { checks } from './checks.mjs';
import { jobChecks } from './jobs/checks.mjs';
import { peerChecks } from './peers/checks.mjs';
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

/** What there is to run, and the servers it needs; all of them when undefined. */
const SUITES = {
  libraries: { run: checks },
  chain: { run: chainChecks, needs: [] },
  peers: { run: peerChecks, needs: ['redis', 'nats', 'mosquitto', 'rabbitmq'] },
  jobs: { run: jobChecks, needs: ['redis'] },
};

/** `node run.mjs jobs` runs that alone. */
const named = Object.keys(SUITES).filter((name) => process.argv.includes(name));
const wanted = named.length > 0 ? named : Object.keys(SUITES);
const needs = wanted.map((name) => SUITES[name].needs);
const needed = needs.includes(undefined) ? undefined : needs.flat();

let failed = false;

/** Says how `work` went. */
async function check(what, work) {
  const from = performance.now();
  try {
    await work();
    console.log(`✓ ${what} (${Math.round(performance.now() - from)} ms)`);
  } catch (problem) {
    failed = true;
    console.error(`✗ ${what}\n${problem.stack}\n`);
  }
}

try {
  const [servers] = await Promise.all([startServers(needed), installPackage()]);
  const application = createRequire(import.meta.url)('./app.cjs');
  for (const suite of wanted) await SUITES[suite].run({ check, servers, ...application });
} catch (problem) {
  failed = true;
  console.error(problem);
} finally {
  await stopServers();
}
// Some of the clients keep sockets that try to come back.
process.exit(failed ? 1 : 0);

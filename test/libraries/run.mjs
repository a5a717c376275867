/** Runs the libraries against the built package, and compares docs/libraries.md with what came of it. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { installPackage } from '../support/install-package.mjs';
import { brokerChecks } from './broker-checks.mjs';
import { chainChecks } from './chain/checks.mjs';
import { checks } from './checks.mjs';
import { headerChecks } from './headers/checks.mjs';
import { hiddenJobChecks } from './jobs/hidden-checks.mjs';
import { httpChecks } from './http/checks.mjs';
import { jobChecks } from './jobs/checks.mjs';
import { loaderChecks } from './loaders/checks.mjs';
import { peerChecks } from './peers/checks.mjs';
import { replyChecks } from './replies/checks.mjs';
import { signalChecks } from './signals/checks.mjs';
import { toolchainChecks } from './toolchains/checks.mjs';
import { startServers, stopServers } from './servers.mjs';

const modules = join(import.meta.dirname, 'node_modules');

/** What there is to run, and the servers it needs; all of them when undefined. */
const SUITES = {
  libraries: { run: checks },
  brokers: { run: brokerChecks, needs: ['mongodb', 'kafka'] },
  chain: { run: chainChecks, needs: [] },
  peers: { run: peerChecks, needs: ['redis', 'nats', 'mosquitto', 'rabbitmq', 'kafka'] },
  headers: {
    run: headerChecks,
    needs: ['redis', 'nats', 'mosquitto', 'rabbitmq', 'kafka'],
  },
  http: { run: httpChecks, needs: [] },
  replies: { run: replyChecks, needs: ['redis', 'nats', 'mosquitto', 'rabbitmq', 'kafka'] },
  loaders: { run: loaderChecks, needs: [] },
  signals: { run: signalChecks, needs: [] },
  jobs: { run: jobChecks, needs: ['redis'] },
  toolchains: { run: toolchainChecks, needs: [] },
  hiddenJobs: { run: hiddenJobChecks, needs: ['redis'] },
};

/** `node run.mjs jobs` runs that alone. */
const named = Object.keys(SUITES).filter((name) => process.argv.includes(name));
const wanted = named.length > 0 ? named : Object.keys(SUITES);
const needs = wanted.map((name) => SUITES[name].needs);
const needed = needs.includes(undefined) ? undefined : [...new Set(needs.flat())];

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
  const [servers] = await Promise.all([startServers(needed), installPackage(modules)]);
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

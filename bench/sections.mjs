import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { benchCall, CALL_ROWS } from './call/call.bench.mjs';
import { benchDocument } from './document/document.bench.mjs';
import { nodesOf } from './lib/nodes.mjs';
import { benchLambda } from './lambda/lambda.bench.mjs';
import { benchLocalXray } from './local-xray/local-xray.bench.mjs';
import { benchMemory } from './memory/memory.bench.mjs';
import { baselineOf, benchRequest } from './request/request.bench.mjs';
import { benchStartUp } from './start-up/start-up.bench.mjs';
import { benchViewer } from './viewer/viewer.bench.mjs';

const require = createRequire(import.meta.url);
const { variants } = require('./tracers/variants.cjs');

/** The parts, in the order in which they run. */
export const SECTIONS = [
  'request',
  'call',
  'document',
  'start-up',
  'lambda',
  'memory',
  'local-xray',
  'viewer',
];

/** Left out of a quick run, which may take three minutes, unless requested with --only. */
const SLOW = [
  'sdk',
  'opentelemetry-unsampled',
  'narando',
  'aws-sdk-unsampled',
  'untraced-fastify',
  'default-fastify',
];

const SIZES = {
  quick: {
    request: { rounds: 1, warmUp: 2500, turns: 12, block: 250 },
    call: { turns: 3 },
    document: { turns: 5 },
    startUp: { rounds: 1 },
    lambda: { rounds: 2 },
    memory: { names: ['default'], requests: 30_000 },
    viewer: { runs: 1 },
  },
  full: {
    request: { rounds: 3, warmUp: 4000, turns: 10, block: 1000 },
    call: { turns: 12 },
    document: { turns: 20 },
    startUp: { rounds: 9 },
    lambda: { rounds: 9 },
    memory: { names: ['lean', 'default'], requests: 1_000_000 },
    viewer: { runs: 5 },
  },
};

/** Runs the chosen parts. Calls `done` with the result of each. */
export async function runSections({ only, quick, nodes, variants: chosen, rounds, log, done }) {
  const sizes = SIZES[quick ? 'quick' : 'full'];
  const all = nodesOf(nodes ?? (quick ? [process.versions.node.split('.')[0]] : undefined));
  const isMeasured = (name) => !quick || !SLOW.includes(name);
  const wanted = chosen ?? Object.keys(variants).filter(isMeasured);
  const names = [...new Set(['untraced', ...wanted.map(baselineOf), ...wanted])];
  const rows = CALL_ROWS.filter(({ name }) => isMeasured(name));
  const run = {
    request: (keep) => {
      const settings = { ...sizes.request, ...(rounds === undefined ? {} : { rounds }) };
      return onEach(settings, keep, (node) => benchRequest({ ...settings, names, node, log }));
    },
    call: (keep) =>
      onEach(sizes.call, keep, (node) => benchCall({ ...sizes.call, rows, node, log })),
    document: async () => ({
      settings: sizes.document,
      rows: await benchDocument({ ...sizes.document, log }),
    }),
    'start-up': (keep) =>
      onEach(sizes.startUp, keep, (node) => benchStartUp({ ...sizes.startUp, node, log })),
    lambda: (keep) =>
      onEach(sizes.lambda, keep, (node) => benchLambda({ ...sizes.lambda, node, log })),
    memory: async () => ({
      settings: sizes.memory,
      rows: await benchMemory({ ...sizes.memory, log }),
    }),
    'local-xray': async () => ({ result: await benchLocalXray({ quick, log }) }),
    viewer: async () => ({ result: await benchViewer({ ...sizes.viewer, log }) }),
  };
  const measured = {};
  for (const section of SECTIONS.filter((name) => only.includes(name))) {
    log(`${section}:`);
    const started = Date.now();
    const keep = (result) => {
      measured[section] = { ...conditions(started), ...result };
      done(section, measured[section]);
    };
    keep(await run[section](keep));
  }
  return measured;

  /** Runs one Node version after another, and keeps the results of each as they arrive. */
  async function onEach(settings, keep, bench) {
    const results = [];
    for (const { major, version, path } of all) {
      log(` Node ${version}`);
      results.push({ major, version, rows: await bench(path) });
      keep({ settings, nodes: results });
    }
    return { settings, nodes: results };
  }
}

/** When, and on which machine, a part was measured. */
function conditions(started) {
  return {
    date: new Date(started).toISOString(),
    seconds: Math.round((Date.now() - started) / 1000),
    machine: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    loadAverage: Number(loadavg()[1].toFixed(1)),
    commit: commit(),
    packages: packageVersions(),
  };
}

function commit() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}

function packageVersions() {
  const { dependencies } = JSON.parse(
    readFileSync(new URL('package.json', import.meta.url), 'utf8'),
  );
  return dependencies;
}

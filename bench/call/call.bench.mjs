import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { startProcess } from '../lib/processes.mjs';
import { summary } from '../lib/stats.mjs';

const require = createRequire(import.meta.url);
const { variantOf } = require('../tracers/variants.cjs');

const SERVER = fileURLToPath(new URL('server.cjs', import.meta.url));

/** Calls per trace: enough that the cost of the segment is negligible, few enough to be realistic. */
const CALLS_PER_TRACE = 100;
/** Traces per measured figure. */
const TRACES_PER_TURN = 50;
const WARM_UP_TURNS = 6;
/** A young generation so large that no garbage is collected while bytes are counted. */
const NO_COLLECTION = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256'];

/**
 * One row for each of these: a variant, the kinds of method it decorates, and whether they are called
 * outside a trace. `bare` leaves the methods undecorated, which shows Node's own share of the cost.
 */
export const CALL_ROWS = [
  { name: 'untraced', kinds: ['async', 'sync', 'observable'], title: 'not decorated' },
  {
    name: 'default',
    kinds: ['async', 'sync'],
    bare: true,
    title: 'not decorated, in a recorded request',
  },
  {
    name: 'default',
    kinds: ['async', 'sync'],
    bare: true,
    outside: true,
    title: 'not decorated, beside recorded requests',
  },
  { name: 'default', kinds: ['async', 'sync', 'observable'] },
  {
    name: 'lean-unsampled',
    kinds: ['async', 'sync', 'observable'],
    title: 'nestjs-xray, unsampled',
  },
  {
    name: 'lean-unsampled-alone',
    kinds: ['async', 'sync', 'observable'],
    title: 'nestjs-xray, unsampled, no outgoing capture',
  },
  {
    name: 'default',
    kinds: ['async', 'sync', 'observable'],
    outside: true,
    title: 'nestjs-xray, no segment',
  },
  { name: 'sdk', kinds: ['async', 'sync'] },
  { name: 'opentelemetry', kinds: ['async', 'sync'] },
  { name: 'opentelemetry-unsampled', kinds: ['async', 'sync'] },
  { name: 'dd-trace', kinds: ['async', 'sync'] },
  { name: 'aws-sdk', kinds: ['async', 'sync'] },
  { name: 'aws-sdk-unsampled', kinds: ['async', 'sync'] },
  { name: 'narando', kinds: ['async'] },
  { name: 'floor', kinds: ['async', 'sync'] },
];

/** Nanoseconds and bytes of one decorated call, with nothing sent: the cost on the application's thread. */
export async function benchCall({ rows = CALL_ROWS, turns, node, log }) {
  const times = await inTurn({ rows, node, turns: turns + WARM_UP_TURNS, calls: CALLS_PER_TRACE });
  const sizes = await inTurn({
    rows,
    node,
    turns: 3,
    calls: 1000,
    flags: NO_COLLECTION,
    traces: 12,
  });
  return rows.map((row, index) => {
    const { title, ours = false, reference = false } = variantOf(row.name);
    const kinds = {};
    for (const kind of row.kinds) {
      kinds[kind] = {
        nanos: summary(times[index][kind].slice(WARM_UP_TURNS).map(({ nanos }) => nanos)),
        bytes: summary(sizes[index][kind].slice(1).map(({ bytes }) => bytes)).median,
      };
      log?.(`  ${row.title ?? title}, ${kind}: ${kinds[kind].nanos.median.toFixed(0)} ns`);
    }
    const decorated = ours && !row.bare;
    return { name: row.name, title: row.title ?? title, ours: decorated, reference, kinds };
  });
}

/** Starts a process for each row. In each turn, every process measures each of its kinds once. */
async function inTurn({
  rows,
  turns,
  calls,
  node,
  flags = ['--expose-gc'],
  traces = TRACES_PER_TURN,
}) {
  const servers = [];
  try {
    for (const { name, bare } of rows) {
      const args = bare ? [name, 'bare'] : [name];
      servers.push(await startProcess(SERVER, { args, core: 0, node, flags }));
    }
    const results = rows.map(({ kinds }) => Object.fromEntries(kinds.map((kind) => [kind, []])));
    for (let turn = 0; turn < turns; turn++) {
      for (const [index, row] of rows.entries()) {
        for (const kind of row.kinds) {
          results[index][kind].push(await oneTurn(servers[index], { ...row, kind, calls, traces }));
        }
      }
    }
    return results;
  } finally {
    await Promise.all(servers.map((server) => server.end()));
  }
}

async function oneTurn(server, { kind, calls, traces, outside }) {
  const url = `http://127.0.0.1:${server.hello.port}/call?kind=${kind}&calls=${calls}`;
  const seen = [];
  // Node 20 does more work for every promise once a context exists, also outside that context.
  await fetch(url).then((response) => response.json());
  await server.ask('collect');
  for (let trace = 0; trace < traces; trace++) {
    seen.push(
      outside
        ? await server.ask('outside', { kind, calls })
        : await fetch(url).then((response) => response.json()),
    );
  }
  return {
    // The mean, because garbage collection is part of the cost and occurs in few loops.
    nanos: seen.reduce((sum, { nanos }) => sum + nanos, 0) / traces,
    // The median, because the first loop of a turn also pays for earlier garbage.
    bytes: summary(seen.map(({ bytes }) => bytes)).median,
  };
}

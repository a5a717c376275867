// Measures the most expensive requests, traced and untraced:
// `npm run build && node bench/hostile/hostile.mjs [rounds] [part of a name] [--json]`.
import { fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('server.cjs', import.meta.url));
/** The goal: never more than 1.2 times the untraced CPU and 25 ms. */
const FACTOR = 1.2;
const MORE_MS = 25;
const [first = '5', ...others] = process.argv.slice(2).filter((each) => each !== '--json');
/** How many requests of each kind are measured. */
const ROUNDS = Number(first);
/** Requests of each kind before those that are measured, so that optimised code is measured. */
const WARM_UP = 8;
const AS_JSON = process.argv.includes('--json');
/** Runs only the inputs whose name contains this text. With PROFILE, writes a profile of the traced server there. */
const [ONLY = ''] = others;
const { PROFILE } = process.env;

const TEXTS = {
  'plain text': ['x', 'x'],
  'stack: at ( ( (': ['\nat ', ' ('],
  'stack: at a:1a:1': ['\nat ', 'a:1'],
  'stack: at (:1 (:1': ['\n at ', ' (:1'],
  'frames that are none': ['', '\n    at f (/a.js:1:1)'],
  'URLs with passwords': ['', 'postgres://u:p'],
  quotes: ['', `'"`],
  'line ends': ['', '\n'],
};
const long = ([start, unit], length) => start + unit.repeat(length / unit.length);
const INPUTS = [
  ...Object.entries(TEXTS).flatMap(([name, text]) =>
    [100_000, 1_000_000].map((length) => ({
      name: `${name}, ${length / 1_000} kB`,
      path: '/throw',
      body: long(text, length),
    })),
  ),
  ...[1_000, 10_000, 50_000].map((count) => ({
    name: `${count.toLocaleString('en')} subsegments`,
    path: `/steps/${count}`,
  })),
  ...[4, 80].map((megabytes) => ({
    name: `a result of ${megabytes} MB`,
    path: `/result/${megabytes}`,
  })),
  { name: '600 inserts of 190 kB', path: '/inserts' },
];

const sink = createSocket({ type: 'udp4', recvBufferSize: 4_000_000 });
let datagrams = 0;
sink.on('message', () => datagrams++);
sink.bind(0, '127.0.0.1');
await once(sink, 'listening');

class Server {
  static async start(variant) {
    const args = [variant, String(sink.address().port)];
    const profile =
      PROFILE && variant === 'traced' ? ['--cpu-prof', `--cpu-prof-dir=${PROFILE}`] : [];
    const child = fork(SERVER, args, { execArgv: ['--expose-gc', ...profile] });
    const [{ port }] = await once(child, 'message');
    return Object.assign(new Server(), { child, url: `http://127.0.0.1:${port}` });
  }
  async ask(what) {
    this.child.send(what);
    return (await once(this.child, 'message'))[0];
  }
  /** Sends one request. Returns the CPU time and the longest turn in ms. */
  async request({ path, body = '' }) {
    const before = await this.ask('begin');
    const response = await fetch(this.url + path, { method: 'POST', body });
    await response.arrayBuffer();
    const after = await this.ask('end');
    return { cpu: (after.cpu - before.cpu) / 1_000, held: after.held };
  }
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

const servers = { untraced: await Server.start('untraced'), traced: await Server.start('traced') };
const rows = [];
for (const input of INPUTS.filter(({ name }) => name.includes(ONLY))) {
  const runs = { untraced: [], traced: [] };
  // Between inputs only: a forced collection discards optimised code, which then runs slowly again.
  const heaps = {};
  for (const [variant, server] of Object.entries(servers))
    heaps[variant] = await server.ask('heap');
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const [variant, server] of Object.entries(servers)) {
      const run = await server.request(input);
      if (round >= 0) runs[variant].push(run);
    }
  }
  const row = { name: input.name };
  for (const [variant, server] of Object.entries(servers)) {
    const of = (key) => median(runs[variant].map((run) => run[key]));
    const heapMB = ((await server.ask('heap')) - heaps[variant]) / 1e6;
    row[variant] = { cpuMs: of('cpu'), longestTurnMs: of('held'), heapMB };
  }
  row.within = row.traced.cpuMs <= FACTOR * row.untraced.cpuMs + MORE_MS;
  rows.push(row);
  console.error(
    `${row.name}: ${row.untraced.cpuMs.toFixed(1)} → ${row.traced.cpuMs.toFixed(1)} ms`,
  );
}
console.log(
  AS_JSON ? JSON.stringify({ node: process.version, rounds: ROUNDS, rows }, null, 2) : table(),
);
for (const { child } of Object.values(servers)) child.disconnect();
sink.close();
const missed = rows.filter(({ within }) => !within).length;
console.error(`${missed} of ${rows.length} miss the goal; ${datagrams} datagrams were received.`);

function table() {
  const ms = (value) => `${value.toFixed(1)} ms`;
  const line = ({ name, untraced, traced, within }) =>
    `| ${name} | ${ms(untraced.cpuMs)} | ${ms(traced.cpuMs)} | ${within ? 'yes' : '**no**'} | ` +
    `${traced.longestTurnMs.toFixed(0)} ms (${untraced.longestTurnMs.toFixed(0)}) | ${traced.heapMB.toFixed(1)} MB |`;
  return [
    '| one request | untraced | traced | 1.2 × + 25 ms | longest turn, traced (untraced) | heap kept |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map(line),
  ].join('\n');
}

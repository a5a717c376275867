// Measures the most expensive requests, traced and untraced: `npm run build && node bench/hostile/hostile.mjs`.
import { fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('server.cjs', import.meta.url));
/** The goal: never more than 1.2 times the untraced CPU and 25 ms. */
const FACTOR = 1.2;
const MORE_MS = 25;
const ROUNDS = Number(process.argv[2] ?? 3);
/** Runs only the inputs whose name contains this text. With PROFILE, writes a profile of the traced server there. */
const ONLY = process.argv[3] ?? '';
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
  /** Sends one request. Returns the CPU time and the longest turn in ms, and the retained heap in MB. */
  async request({ path, body = '' }) {
    const before = await this.ask('begin');
    const response = await fetch(this.url + path, { method: 'POST', body });
    await response.arrayBuffer();
    const after = await this.ask('end');
    return {
      cpu: (after.cpu - before.cpu) / 1_000,
      held: after.held,
      heap: (after.heap - before.heap) / 1e6,
    };
  }
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

const servers = { untraced: await Server.start('untraced'), traced: await Server.start('traced') };
for (const server of Object.values(servers)) {
  for (let n = 0; n < 20; n++) await server.request(INPUTS[0]);
}
console.log(
  '| one request | untraced | traced | 1.2 × + 25 ms | longest turn, traced (untraced) | heap kept |',
);
console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
let missed = 0;
for (const input of INPUTS.filter(({ name }) => name.includes(ONLY))) {
  const runs = { untraced: [], traced: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [variant, server] of Object.entries(servers)) {
      const run = await server.request(input);
      if (round > 0) runs[variant].push(run); // the first warms up
    }
  }
  const of = (variant, key) => median(runs[variant].map((run) => run[key]));
  const [untraced, traced] = [of('untraced', 'cpu'), of('traced', 'cpu')];
  const within = traced <= FACTOR * untraced + MORE_MS;
  if (!within) missed++;
  console.log(
    `| ${input.name} | ${untraced.toFixed(1)} ms | ${traced.toFixed(1)} ms | ${within ? 'yes' : '**no**'} | ` +
      `${of('traced', 'held').toFixed(0)} ms (${of('untraced', 'held').toFixed(0)}) | ${of('traced', 'heap').toFixed(1)} MB |`,
  );
}
for (const { child } of Object.values(servers)) child.disconnect();
sink.close();
console.error(`${missed} of ${INPUTS.length} miss the goal; ${datagrams} datagrams were received.`);

// A long load test: node bench/local-xray/soak.mjs --minutes 10 --rate 5000
// Three consoles listen, a query runs every second, and a client puts documents and remembers which were acknowledged.
// The whole process is killed twice (kill -9) and started again on the same file. Prints memory over time, and what
// became of datagrams and documents.
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { localXrayNodeArgs } from '../../scripts/addresses.mjs';
import { makeTrace, percentile } from './support.mjs';

const { values: given } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '5000' },
  },
});
const seconds = Math.round(positive('minutes') * 60);
const rate = positive('rate');
const RETENTION = '500MB';
/** Documents per trace from makeTrace(). */
const DOCUMENTS = 3;
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'local-xray-soak-'));
const file = join(folder, 'xray.db');
const port = 30_000 + (process.pid % 20_000);
const base = `http://127.0.0.1:${port}`;
const started = performance.now();
const elapsed = () => (performance.now() - started) / 1000;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let server = await startServer();
let done = false;
const events = [0, 0, 0];
const memory = [];
const queries = [];
const acknowledged = [];
const totals = { sent: 0, received: 0, lost: 0, kernelDrops: 0, rejected: 0, down: 0 };
let refused = 0;
/** For each kill: the datagrams that were received but not stored yet, and the time until the server answered again. */
const kills = [];

function positive(name) {
  const number = Number(given[name]);
  if (number > 0 && Number.isFinite(number)) return number;
  console.error(`--${name} ${given[name]} is not a number above 0. Use a number such as 10.`);
  process.exit(1);
}

/** Starts local X-Ray again on the same file and port, and waits until it answers. */
async function startServer() {
  const child = spawn(
    process.execPath,
    [
      ...localXrayNodeArgs,
      join(root, 'dist/apps/local-xray/src/main.js'),
      ...['--address', `127.0.0.1:${port}`, '--db', file, '--retention', RETENTION],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  while (
    !(await fetch(`${base}/health`).then(
      (r) => r.ok,
      () => false,
    ))
  )
    await pause(50);
  return child;
}

function listen(console) {
  const request = get(`${base}/console/events`, (response) => {
    response.on(
      'data',
      (text) => (events[console] += String(text).split('event: traces').length - 1),
    );
    response.on('close', again);
    response.on('error', () => undefined);
  });
  request.on('error', again);
  function again() {
    if (!done) setTimeout(() => listen(console), 200);
  }
}

async function send() {
  const socket = createSocket({ type: 'udp4', sendBufferSize: 4 << 20 });
  const header = '{"format":"json","version":1}\n';
  let queue = [];
  let due = 0;
  let last = performance.now();
  while (!done) {
    await pause(5);
    const now = performance.now();
    // Datagrams that could not be sent in time are skipped: bursts are a different test.
    due = Math.min(due + ((now - last) / 1000) * rate, rate / 10);
    last = now;
    for (; due >= 1; due--) {
      if (queue.length === 0)
        queue = makeTrace(Date.now() / 1000, totals.sent).map(
          (each) => header + JSON.stringify(each),
        );
      socket.send(queue.pop(), port, '127.0.0.1');
      if (up) totals.sent++;
      else totals.down++;
    }
  }
  socket.close();
}

async function put() {
  for (let number = 0; !done; number++) {
    const documents = makeTrace(Date.now() / 1000, number);
    const body = JSON.stringify({
      TraceSegmentDocuments: documents.map((each) => JSON.stringify(each)),
    });
    const answer = await fetch(`${base}/TraceSegments`, { method: 'POST', body })
      .then((r) => r.json())
      .catch(() => undefined);
    if (answer?.UnprocessedTraceSegments?.length === 0)
      acknowledged.push({ id: documents[0].trace_id, at: elapsed() });
    else refused++;
    await pause(100);
  }
}

async function ask() {
  const paths = [
    '/console/traces?limit=100',
    '/console/graph',
    '/console/traces?limit=50&filter=fault',
  ];
  for (let number = 0; !done; number++) {
    const before = performance.now();
    const answer = await fetch(base + paths[number % paths.length])
      .then((r) => r.text())
      .catch(() => undefined);
    if (answer !== undefined) queries.push(performance.now() - before);
    await pause(1000);
  }
}

async function watch() {
  while (!done) {
    await pause(Math.min(10_000, seconds * 100));
    try {
      const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
      const mb = Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024);
      memory.push({ at: Math.round(elapsed()), mb, fileMb: Math.round(statSync(file).size / 1e6) });
    } catch {
      // It is being restarted.
    }
  }
}

async function count() {
  const status = await (await fetch(`${base}/console/status`)).json();
  for (const key of ['received', 'lost', 'kernelDrops', 'rejected'])
    totals[key] += status[key] ?? 0;
  return status;
}

let up = true;
for (let console = 0; console < 3; console++) listen(console);
const work = [send(), put(), ask(), watch()];
for (const part of [1 / 3, 2 / 3]) {
  await pause(seconds * 1000 * part - elapsed() * 1000);
  const status = await count();
  up = false;
  server.kill('SIGKILL');
  await once(server, 'exit');
  const before = performance.now();
  server = await startServer();
  up = true;
  kills.push({ waiting: status.waiting, againAfterMs: Math.round(performance.now() - before) });
}
await pause(seconds * 1000 - elapsed() * 1000);
done = true;
await Promise.all(work);
for (let status = await waiting(); status > 0; status = await waiting()) await pause(500);
await count();

/** What waited in a killed process, or was sent between its last counts and the kill, is counted by neither process. */
const counted = totals.received + totals.lost + totals.kernelDrops + totals.rejected;
const uncounted = totals.sent + acknowledged.length * DOCUMENTS - counted;

async function waiting() {
  return (await (await fetch(`${base}/console/status`)).json()).waiting;
}

// Documents that retention deleted are not missing: it keeps the newest.
const oldest = await oldestKept();
const kept = acknowledged.filter(({ id }) => parseInt(id.slice(2, 10), 16) > oldest + 1);
let missing = 0;
for (let at = 0; at < kept.length; at += 100) {
  const TraceIds = kept.slice(at, at + 100).map(({ id }) => id);
  const body = JSON.stringify({ TraceIds });
  const answer = await (await fetch(`${base}/Traces`, { method: 'POST', body })).json();
  missing += answer.UnprocessedTraceIds.length;
}

async function oldestKept() {
  let low = 0;
  let high = Date.now() / 1000;
  while (high - low > 0.5) {
    const middle = (low + high) / 2;
    const answer = await (await fetch(`${base}/console/traces?limit=1&end=${middle}`)).json();
    if (answer.counts.total > 0) high = middle;
    else low = middle;
  }
  return high;
}

console.log(
  JSON.stringify(
    {
      seconds,
      rate,
      datagrams: { ...totals, uncounted },
      kills,
      acknowledged: { traces: acknowledged.length, checked: kept.length, missing, refused },
      queries: {
        count: queries.length,
        p50: percentile(queries, 50),
        p95: percentile(queries, 95),
      },
      events,
      residentMb: {
        median: percentile(
          memory.map(({ mb }) => mb),
          50,
        ),
        most: Math.max(...memory.map(({ mb }) => mb)),
      },
      memory,
    },
    null,
    1,
  ),
);
server.kill('SIGTERM');
await once(server, 'exit');
rmSync(folder, { recursive: true, force: true });

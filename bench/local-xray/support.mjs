// Shared by the measurements of local X-Ray. Plain Node, using the build in dist/.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { localXrayNodeArgs } from '../../scripts/addresses.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const MAIN = join(ROOT, 'dist', 'apps', 'local-xray', 'src', 'main.js');
const PRELOAD = join(ROOT, 'bench', 'local-xray', 'loop-delay.cjs');

const hex = (bytes) => randomBytes(bytes).toString('hex');

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts local X-Ray as a separate process, on a new file unless `db` is given. */
export async function startServer({ db, args = [] } = {}) {
  if (!existsSync(MAIN)) throw new Error('Run npm run build first: dist/ has no local X-Ray.');
  const folder = mkdtempSync(join(tmpdir(), 'local-xray-bench-'));
  const file = db ?? join(folder, 'xray.db');
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [
      ...localXrayNodeArgs,
      ...['--require', PRELOAD, MAIN],
      ...['--address', `127.0.0.1:${port}`, '--db', file, ...args],
    ],
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  const base = `http://127.0.0.1:${port}`;
  // The server prints its addresses once all are open.
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('exit', () => reject(new Error('Local X-Ray did not start.')));
  });
  child.stdout.resume();
  const ask = (question) =>
    new Promise((resolve) => {
      child.once('message', resolve);
      child.send(question);
    });
  return {
    port,
    base,
    file,
    pid: child.pid,
    /** Resident memory in MB. */
    memory: () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]) / 1024,
    /** Processor time so far in ms, of all threads. */
    cpuMs: () => {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
      return (Number(fields[11]) + Number(fields[12])) * 10;
    },
    resetLoop: () => ask('reset'),
    /** Event-loop delay in ms since the last reset. */
    loop: () => ask('read'),
    /** Counts are updated four times a second, so this waits for the latest. */
    status: async () => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      return (await fetch(`${base}/console/status`)).json();
    },
    async post(path, body) {
      const response = await fetch(base + path, { method: 'POST', body: JSON.stringify(body) });
      return response.json();
    },
    async stop({ keep = false } = {}) {
      child.disconnect();
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
      if (!keep) rmSync(folder, { recursive: true, force: true });
    },
  };
}

const FAILURES = ['TimeoutError', 'TypeError', 'QueryFailedError', 'PaymentRefused'];

function causeOf(number) {
  const type = FAILURES[(number / 100) % FAILURES.length];
  return {
    working_directory: '/srv/shop',
    exceptions: [
      {
        id: hex(8),
        type,
        message: `${type}: order ${number} could not be read`,
        stack: [
          { path: '/srv/shop/src/orders.service.ts', line: 42, label: 'OrdersService.read' },
          { path: '/srv/shop/node_modules/pg/lib/client.js', line: 526, label: 'Client.query' },
        ],
      },
    ],
  };
}

const SERVICES = ['shop', 'billing', 'stock', 'mail', 'search'];
const THINGS = ['orders', 'carts', 'items', 'prices', 'users', 'reviews', 'invoices', 'returns'];
const ROUTES = THINGS.flatMap((thing) => [
  `/api/${thing}`,
  ...[':id', ':id/history', ':id/items', ':id/owner'].map((rest) => `/api/${thing}/${rest}`),
]);

/**
 * A trace of three documents of about 1.2 kB: one service calls a second one, which calls a third.
 * One in 100 fails, one in 30 is slow. Each of the five services has 40 routes, and there are 24 SQL statements.
 */
export function makeTrace(at = Date.now() / 1000, number = 0) {
  const trace_id = `1-${Math.floor(at).toString(16).padStart(8, '0')}-${hex(12)}`;
  const fault = number % 100 === 0;
  const duration = number % 30 === 0 ? 2.5 : 0.05 + (number % 97) / 1000;
  const ids = [hex(8), hex(8), hex(8)];
  const calls = [hex(8), hex(8)];
  const turn = Math.floor(number / SERVICES.length);
  const route = ROUTES[turn % ROUTES.length];
  const thing = THINGS[turn % THINGS.length];
  return ids.map((id, depth) => {
    const name = SERVICES[(number + depth) % SERVICES.length];
    const next = SERVICES[(number + depth + 1) % SERVICES.length];
    const start_time = at + depth * 0.005;
    return {
      trace_id,
      id,
      ...(depth > 0 && { parent_id: calls[depth - 1] }),
      name,
      start_time,
      end_time: start_time + duration / (depth + 1),
      origin: 'AWS::ECS::Container',
      http: {
        request: {
          method: 'GET',
          url: `http://${name}.test${route.replace(':id', number % 500)}`,
          user_agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
          client_ip: '10.0.0.1',
        },
        response: { status: fault && depth === 0 ? 500 : 200, content_length: 1234 },
      },
      ...(fault && depth === 0 && { fault: true, cause: causeOf(number) }),
      ...(depth === 0 && {
        user: `user-${number % 1000}`,
        annotations: {
          http_route: route,
          tenant: `tenant-${number % 30}`,
          order: number,
          ...(number % 1000 === 0 && { rare: true }),
        },
      }),
      aws: { account_id: '111122223333', xray: { sdk: 'bench', sdk_version: '1.0' } },
      subsegments: [
        {
          id: hex(8),
          name: 'orders@db.test',
          start_time: start_time + 0.001,
          end_time: start_time + 0.004,
          namespace: 'remote',
          sql: {
            sanitized_query: `select id, total, created_at from ${thing}${depth} where tenant = $1 order by id limit 50`,
            database_type: 'PostgreSQL',
            user: 'shop',
          },
        },
        ...(depth < 2
          ? [
              {
                id: calls[depth],
                name: `${next}.test`,
                namespace: 'remote',
                start_time: start_time + 0.005,
                end_time: start_time + 0.045,
                http: {
                  request: { method: 'GET', url: `http://${next}.test/api/items` },
                  response: { status: 200 },
                },
                metadata: { default: { attempt: 1, cache: 'miss', region: 'eu-west-1' } },
              },
            ]
          : []),
      ],
    };
  });
}

export function percentile(values, p) {
  const sorted = [...values].sort((a, b) => a - b);
  return round(sorted[Math.min(sorted.length - 1, Math.ceil((p / 100) * sorted.length) - 1)]);
}

export const round = (value) => Math.round(value * 100) / 100;

/** Starts servers from Debian's packages, each on a free port with its data in a temporary folder. */
import { execFileSync, spawn } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.mjs';

const HOST = '127.0.0.1';
/** RabbitMQ boots for half a minute on a busy machine. */
const READY_WITHIN_MS = 120_000;

const running = [];
let folder;

/** Starts those with `names`, or all, at once; resolves to their ports by name. */
export async function startServers(names = Object.keys(SERVERS)) {
  folder = mkdtempSync(join(tmpdir(), 'nestjs-xray-libraries-'));
  const started = await Promise.all(names.map((name) => boot(name, SERVERS[name])));
  return Object.fromEntries(started);
}

export async function stopServers() {
  for (const child of running) {
    // Each was started in a group of its own: what it started goes with it.
    if (child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  }
  if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

const SERVERS = {
  redis: (port, data) => [
    find('/usr/bin/redis-server', 'redis-server'),
    ['--port', port, '--bind', HOST, '--dir', data, '--save', '', '--appendonly', 'no'],
  ],
  nats: (port, data) => [
    find('/usr/sbin/nats-server', 'nats-server'),
    ['-a', HOST, '-p', port, '-P', join(data, 'pid')],
  ],
  mosquitto: (port, data) => {
    const config = join(data, 'mosquitto.conf');
    writeFileSync(config, `listener ${port} ${HOST}\nallow_anonymous true\nuser root\n`);
    return [find('/usr/sbin/mosquitto', 'mosquitto'), ['-c', config]];
  },
  mariadb: (port, data) => {
    const install = find('/usr/bin/mariadb-install-db', 'mariadb-server');
    const auth = '--auth-root-authentication-method=normal';
    const quiet = { stdio: 'ignore' };
    execFileSync(install, ['--no-defaults', '--user=root', `--datadir=${data}`, auth], quiet);
    const options = [`--datadir=${data}`, `--port=${port}`, `--bind-address=${HOST}`];
    const files = [`--socket=${join(data, 'sock')}`, `--pid-file=${join(data, 'pid')}`];
    return [
      find('/usr/sbin/mariadbd', 'mariadb-server'),
      ['--no-defaults', '--user=root', ...options, ...files],
    ];
  },
  postgresql: (port, data) => {
    const bin = postgresFolder();
    // PostgreSQL refuses to run as root.
    const asRoot = process.getuid() === 0;
    const run = (command, args) =>
      asRoot ? ['/usr/sbin/runuser', ['-u', 'postgres', '--', command, ...args]] : [command, args];
    if (asRoot) {
      const id = Number(execFileSync('/usr/bin/id', ['-u', 'postgres'], { encoding: 'utf8' }));
      for (const path of [folder, data]) chownSync(path, id, -1);
    }
    const base = join(data, 'base');
    const init = ['-D', base, '-U', 'postgres', '-A', 'trust', '--no-sync'];
    execFileSync(...run(join(bin, 'initdb'), init), { stdio: 'ignore', cwd: '/' });
    const options = ['-D', base, '-p', port, '-h', HOST, '-k', data, '-F'];
    return run(join(bin, 'postgres'), options);
  },
  // Debian has neither: these speak the wire protocol, see there.
  mongodb: (port) => [process.execPath, [join(import.meta.dirname, 'wire/mongodb.cjs'), port]],
  kafka: (port) => [process.execPath, [join(import.meta.dirname, 'wire/kafka.cjs'), port]],
  rabbitmq: (port, data, otherPort) => {
    const env = {
      RABBITMQ_NODE_IP_ADDRESS: HOST,
      RABBITMQ_NODE_PORT: String(port),
      RABBITMQ_DIST_PORT: otherPort,
      RABBITMQ_NODENAME: `libraries${port}@localhost`,
      RABBITMQ_BASE: data,
      RABBITMQ_MNESIA_BASE: join(data, 'mnesia'),
      RABBITMQ_LOG_BASE: join(data, 'log'),
      RABBITMQ_LOGS: '-',
      RABBITMQ_ENABLED_PLUGINS_FILE: join(data, 'plugins'),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1',
      HOME: data,
    };
    // Debian's wrapper changes to the user rabbitmq; the script itself does not.
    return [find('/usr/lib/rabbitmq/bin/rabbitmq-server', 'rabbitmq-server'), [], env];
  },
};

async function boot(name, describe) {
  const data = join(folder, name);
  mkdirSync(data);
  const [port, otherPort] = await Promise.all([freePort(), freePort()]);
  const [command, args, env] = describe(String(port), data, String(otherPort));
  const options = { detached: true, stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' };
  const child = spawn(command, args.map(String), { ...options, env: { ...process.env, ...env } });
  running.push(child);
  let said = '';
  const keep = (chunk) => (said = (said + chunk).slice(-2_000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  for (const until = Date.now() + READY_WITHIN_MS; !(await answers(port)); await sleep(50)) {
    if (child.exitCode === null && Date.now() < until) continue;
    throw new Error(`${name} did not start on port ${port}. It said:\n${said}`);
  }
  return [name, port];
}

function find(path, debianPackage) {
  if (existsSync(path)) return path;
  throw new Error(
    `Cannot start a server: ${path} is not there. Install Debian's ${debianPackage}.`,
  );
}

function postgresFolder() {
  const home = '/usr/lib/postgresql';
  const [newest] = existsSync(home) ? readdirSync(home).sort((a, b) => b - a) : [];
  return join(home, newest ?? find(`${home}/*/bin`, 'postgresql'), 'bin');
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: HOST });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.end());
  });
}

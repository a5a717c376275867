// Starts the parts of the product as child processes and ends them together.
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from './ready.mjs';

/** How long a part may take to start, and to end before it is killed. */
const START_MS = 60_000;
const STOP_MS = 5_000;

/** The running parts. `stop` ends all of them, and a part that ends by itself ends the others. */
export class Processes {
  /** Whether the others keep running when a part ends by itself. It is then restarted after a change. */
  patient = false;
  #children = new Map();
  #stopping;

  constructor({ verbose = false } = {}) {
    this.verbose = verbose;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => void this.stop(0));
    }
    // If npm or the terminal is killed, no signal arrives, but the parent process changes.
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && void this.stop(0), 1000).unref();
  }

  /**
   * Starts `node <script>`. Resolves to true once the address `ready` answers, or to false if the start
   * failed and `patient` is set.
   */
  async start({ name, script, nodeArgs = [], args = [], ready, env = {} }) {
    // Another program that already answers at this address must not be mistaken for the part.
    const taken = await answers(ready);
    const node = ['--enable-source-maps', ...nodeArgs, join(root, script)];
    const child = spawn(process.execPath, [...node, ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', this.verbose ? 'inherit' : 'ignore', 'inherit'],
    });
    this.#children.set(name, child);
    child.once('exit', (code) => {
      this.#children.delete(name);
      if (this.#stopping) return;
      if (this.patient) console.error(`${name} has ended. Waiting for the next change.`);
      else void this.stop(code || 1);
    });
    return this.#answering(name, child, ready, taken);
  }

  async #answering(name, child, address, taken) {
    const deadline = Date.now() + START_MS;
    while (isRunning(child) && !this.#stopping) {
      if (!taken && (await answers(address))) return true;
      if (Date.now() > deadline) {
        console.error(
          `${name} did not answer at ${address} within ${START_MS / 1000} s, so everything is stopped. See its output above.`,
        );
        void this.stop(1);
        break;
      }
      await delay(100);
    }
    if (this.patient && !this.#stopping) return false;
    await this.#stopping;
    await new Promise(() => undefined); // stop() ends the process
  }

  /** Ends one part and waits until it has ended. */
  async end(name) {
    const child = this.#children.get(name);
    if (!child) return;
    child.removeAllListeners('exit');
    this.#children.delete(name);
    await ended(child);
  }

  /** Ends every part, then this process. */
  stop(code) {
    this.#stopping ??= Promise.all([...this.#children.values()].map(ended)).then(() =>
      process.exit(code),
    );
    return this.#stopping;
  }
}

function isRunning({ exitCode, signalCode }) {
  return exitCode === null && signalCode === null;
}

async function ended(child) {
  if (!isRunning(child)) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exit;
  clearTimeout(timer);
}

async function answers(address) {
  const { protocol, hostname, port } = new URL(address);
  if (protocol === 'tcp:') return connects(hostname, Number(port));
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(1000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

function connects(host, port) {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

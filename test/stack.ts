import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const root = join(__dirname, '..');

/** A TCP port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Resolves with what `probe` gives once it gives something; fails after `timeoutMs`. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const result = await Promise.resolve(probe()).catch(() => undefined);
    if (result) return result;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** `npm start` on free ports and a database of its own. */
export class Stack {
  output = '';
  private child!: ChildProcess;
  private folder!: string;

  private constructor(
    readonly cruddur: string,
    readonly localXray: string,
  ) {}

  /** Starts without waiting for readiness; `overrides` are environment variables. */
  static async spawn(overrides: NodeJS.ProcessEnv = {}): Promise<Stack> {
    const [port, xrayPort, rpcPort] = [await freePort(), await freePort(), await freePort()];
    const stack = new Stack(`http://127.0.0.1:${port}`, `http://127.0.0.1:${xrayPort}`);
    stack.folder = await mkdtemp(join(tmpdir(), 'nestjs-xray-'));
    stack.child = spawn(process.execPath, [join(root, 'scripts/start.mjs')], {
      cwd: root,
      env: {
        ...process.env,
        PORT: String(port),
        XRAY_LOCAL_ADDRESS: `127.0.0.1:${xrayPort}`,
        XRAY_LOCAL_DB: join(stack.folder, 'xray.db'),
        NOTIFICATIONS_PORT: String(rpcPort),
        CRUDDUR_DATA_DIR: stack.folder,
        ...overrides,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [stack.child.stdout!, stack.child.stderr!]) {
      stream.on('data', (chunk: Buffer) => (stack.output += chunk.toString()));
    }
    return stack;
  }

  /** Starts and resolves once both addresses were printed. */
  static async start(): Promise<Stack> {
    const stack = await Stack.spawn();
    const ended = () => stack.child.exitCode !== null;
    try {
      const ready = () => ended() || stack.output.includes('Ctrl-C');
      await until('npm start to be ready', ready, 90_000);
      if (ended()) throw new Error(`npm start ended with code ${stack.child.exitCode}.`);
    } catch (problem) {
      await stack.stop(); // else Jest would wait for its processes
      throw new Error(`It printed: ${stack.output}`, { cause: problem });
    }
    return stack;
  }

  /** Sends Ctrl-C and resolves with the exit code. */
  async stop(): Promise<number | null> {
    if (this.child.exitCode === null) {
      this.child.kill('SIGINT');
      await once(this.child, 'exit');
    }
    await rm(this.folder, { recursive: true, force: true });
    return this.child.exitCode;
  }

  /** Resolves with the exit code once it ends by itself. */
  async ended(): Promise<number | null> {
    if (this.child.exitCode === null) await once(this.child, 'exit');
    await rm(this.folder, { recursive: true, force: true });
    return this.child.exitCode;
  }

  /** POSTs to local X-Ray's API, as AWS's SDKs do. */
  async api<T>(operation: string, body: unknown): Promise<T> {
    const response = await fetch(`${this.localXray}/${operation}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${operation}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}

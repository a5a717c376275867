import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lock } from 'proper-lockfile';

// proper-lockfile listens to signals, to remove locks at the end of the process. Nest ends it by sending it the
// signal again, which does nothing while somebody listens: the exit code would be 0. No lock is held that long.
const signalExit = createRequire(require.resolve('proper-lockfile'))('signal-exit') as {
  unload(): void;
};
signalExit.unload();

/**
 * Holds `path` for this process until the returned function is called; undefined when another process
 * (or another holder in this one) has it and still has it after `waitMs`.
 *
 * A listening local socket, not a file with a process id: it goes with its process however that ends,
 * and process ids are given out again, in containers at once.
 */
export async function acquireLock(
  path: string,
  waitMs = 0,
): Promise<(() => Promise<void>) | undefined> {
  const name = `cruddur-${createHash('sha256').update(resolve(path)).digest('hex').slice(0, 16)}`;
  const deadline = Date.now() + waitMs;
  for (;;) {
    const server = await oneAtATime(name, () => takeOver(socketOf(name)));
    if (server !== undefined) return () => closed(server);
    if (Date.now() >= deadline) return undefined;
    await delay(100);
  }
}

/** In the temporary folder, because the path of a socket may have 107 bytes at most. */
function socketOf(name: string): string {
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

/**
 * Of several processes that find a socket left behind, each would remove it, the later ones that of a process
 * which already listens. Between looking and listening they therefore wait for each other; a lock file,
 * which takes seconds to be noticed when its process was killed, is held for no longer than that.
 */
async function oneAtATime<T>(name: string, work: () => Promise<T>): Promise<T> {
  const release = await lock(join(tmpdir(), name), {
    realpath: false,
    stale: 5_000,
    retries: { retries: 600, factor: 1, minTimeout: 20, maxTimeout: 20, randomize: true },
  });
  try {
    return await work();
  } finally {
    await release();
  }
}

/** Listens on the socket, unless somebody answers there already. */
async function takeOver(socket: string): Promise<Server | undefined> {
  const server = await listen(socket);
  if (server !== undefined || (await answers(socket))) return server;
  rmSync(socket, { force: true }); // left behind by a process that was killed
  return listen(socket);
}

function listen(socket: string): Promise<Server | undefined> {
  return new Promise((settle, reject) => {
    const server = createServer((peer) => peer.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? settle(undefined) : reject(error),
    );
    server.listen(socket, () => settle(server.unref()));
  });
}

function answers(socket: string): Promise<boolean> {
  return new Promise((settle) => {
    const peer = connect(socket, () => {
      peer.destroy();
      settle(true);
    });
    peer.once('error', () => settle(false));
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((settle) => server.close(() => settle()));
}

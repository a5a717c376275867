// Starts a separate PostgreSQL server from Debian's package.
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './install.mjs';

const DEBIAN = '/usr/lib/postgresql';

/** Starts a server on a free port. Returns its URL, and a function that stops it. */
export async function startPostgres() {
  const programs = (existsSync(DEBIAN) ? readdirSync(DEBIAN) : [])
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')));
  if (programs === undefined) {
    throw new Error('PostgreSQL is not installed. Install it: apt-get install postgresql');
  }
  const folder = mkdtempSync(join(tmpdir(), 'compat-postgres-'));
  const account = await unprivileged(folder);
  const data = join(folder, 'data');
  const tool = (name, ...args) => run(join(programs, name), args, { ...account, cwd: folder });
  const port = await freePort();
  await tool('initdb', '-D', data, '-U', 'compat', '-A', 'trust', '-E', 'UTF8', '--no-sync');
  const options = `-p ${port} -h 127.0.0.1 -k ${folder} -c fsync=off`;
  await tool('pg_ctl', 'start', '-w', '-D', data, '-o', options, '-l', join(folder, 'log'));
  return {
    url: `postgresql://compat@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await tool('pg_ctl', 'stop', '-w', '-D', data, '-m', 'immediate');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL does not run as root. If this process does, the user of the package is used. */
async function unprivileged(folder) {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'postgres'])).stdout)),
  );
  chownSync(folder, uid, gid);
  chmodSync(folder, 0o700);
  return { uid, gid };
}

function freePort() {
  return new Promise((free) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => free(port));
    });
  });
}

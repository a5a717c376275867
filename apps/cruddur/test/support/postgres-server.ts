import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, chmod, chown } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Pool } from 'pg';
import { openServer } from '../../src/database/pool';
import type { TestDatabase } from './test-database';

const run = promisify(execFile);

/** A PostgreSQL server of one's own, which can be stopped and started at the same address. */
export interface PostgresServer {
  databaseUrl: string;
  start(): Promise<void>;
  /** As in a crash: connections are cut. */
  stop(): Promise<void>;
  /** Stops it and removes its files. */
  remove(): Promise<void>;
}

/** Where Debian's package keeps the server's programs; undefined when it is not installed. */
export const postgresPrograms = findPrograms();

/**
 * `describe` where PostgreSQL is installed, else a skip that can be seen in the report;
 * with CI=true a missing server is a failure.
 */
export const describeWithPostgres: jest.Describe =
  postgresPrograms !== undefined || process.env['CI'] === 'true'
    ? describe
    : (((name: string, body: () => void) =>
        describe.skip(
          `${name} (skipped: PostgreSQL is not installed; apt-get install postgresql)`,
          body,
        )) as unknown as jest.Describe);

/** Makes a server on a free port, not started yet. */
export async function postgresServer(): Promise<PostgresServer> {
  if (postgresPrograms === undefined) {
    throw new Error('PostgreSQL is not installed. Install it: apt-get install postgresql');
  }
  const folder = await mkdtemp(join(tmpdir(), 'cruddur-postgres-'));
  const port = await freePort();
  const account = await unprivileged(folder);
  const data = join(folder, 'data');
  const tool = (name: string, ...args: string[]) =>
    run(join(postgresPrograms, name), args, { ...account, cwd: folder });

  await tool('initdb', '-D', data, '-U', 'cruddur', '-A', 'trust', '-E', 'UTF8', '--no-sync');
  const options = `-p ${port} -h 127.0.0.1 -k ${folder} -c fsync=off`;
  return {
    databaseUrl: `postgresql://cruddur:secret@127.0.0.1:${port}/postgres`,
    start: async () => {
      await tool('pg_ctl', 'start', '-w', '-D', data, '-o', options, '-l', join(folder, 'log'));
    },
    stop: async () => {
      await tool('pg_ctl', 'stop', '-w', '-D', data, '-m', 'fast');
    },
    remove: async () => {
      await tool('pg_ctl', 'stop', '-w', '-D', data, '-m', 'immediate').catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A started server as a database for a suite. */
export async function postgresDatabase(): Promise<TestDatabase> {
  const server = await postgresServer();
  await server.start();
  const pool = new Pool({ connectionString: server.databaseUrl });
  return {
    pools: () => Promise.resolve(openServer(server.databaseUrl)),
    pool,
    close: async () => {
      await pool.end();
      await server.remove();
    },
  };
}

function findPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql';
  if (!existsSync(debian)) return undefined;
  const newest = readdirSync(debian).sort((a, b) => Number(b) - Number(a));
  return newest
    .map((version) => join(debian, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')));
}

/** PostgreSQL refuses to run as root; there, its package's own user is borrowed. */
async function unprivileged(folder: string): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'postgres'])).stdout)),
  );
  await chown(folder, uid!, gid!);
  await chmod(folder, 0o700);
  return { uid, gid };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  const { port } = server.address() as { port: number };
  await new Promise((settle) => server.close(settle));
  return port;
}

import { access, constants, cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import { Pool } from 'pg';
import { acquireLock } from './exclusive-lock';
import type { OpenPool } from './pool';

/** The embedded database is open in another process, which PGlite itself would not notice. */
export class DatabaseInUseError extends Error {
  override readonly name = 'DatabaseInUseError';
  constructor(folder: string) {
    super(
      `Cannot open the embedded database in ${folder}: another process has it open. ` +
        'Stop that one, or set CRUDDUR_DATA_DIR to another folder, or DATABASE_URL to a PostgreSQL server.',
    );
  }
}

/** How long one process waits for another to finish making the template, in ms. */
const TEMPLATE_WAIT_MS = 120_000;

/**
 * Opens PGlite, PostgreSQL in WebAssembly, behind an ordinary `pg` pool.
 *
 * `initdb` costs it some five seconds, so that is done once for each installation, into a template in
 * node_modules/.cache; a new database is a copy of that and opens in well under a second, as does an existing one.
 *
 * @throws DatabaseInUseError when another process has the folder open
 */
export async function openEmbedded(dataDirectory: string, name: string): Promise<OpenPool> {
  const folder = join(dataDirectory, `${name}-pg`);
  const release = await acquireLock(folder);
  if (release === undefined) throw new DatabaseInUseError(folder);
  try {
    if (!(await exists(folder))) await copyTemplate(dataDirectory, folder);
    await access(folder, constants.W_OK); // PGlite's own error does not say why it failed
    const pglite = await PGlite.create(folder);
    const pool = new Pool({
      ...createPgConfig(pglite),
      // Names for the trace only: PGlite has one connection, in this process.
      database: name,
      host: 'pglite',
      max: 1,
    });
    return {
      pool,
      description: `the embedded PostgreSQL in ${folder}`,
      close: async () => {
        await pool.end();
        await pglite.close();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw new Error(
      `Cannot open the embedded database in ${folder}: ${(error as Error).message}. ${remedy(error)}`,
      { cause: error },
    );
  }
}

function remedy(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && /^(EACCES|EPERM|EROFS|EEXIST|ENOTDIR|ENOSPC)$/.test(code)
    ? 'Make that folder writable, or set CRUDDUR_DATA_DIR to another one.'
    : 'If it was damaged, delete the folder: it is made again, with the seed rows.';
}

async function copyTemplate(dataDirectory: string, folder: string): Promise<void> {
  const home = await writable(cacheOfInstallation()).catch(() => writable(dataDirectory));
  const template = join(home, 'pglite-template');
  await mkdir(dataDirectory, { recursive: true });
  const release = await acquireLock(template, TEMPLATE_WAIT_MS);
  if (release === undefined) throw new DatabaseInUseError(template);
  try {
    if (!(await exists(template))) {
      await whole(template, async (unfinished) => (await PGlite.create(unfinished)).close());
    }
  } finally {
    await release();
  }
  await whole(folder, (unfinished) => cp(template, unfinished, { recursive: true }));
}

/** Contains the version of PGlite, since other versions cannot use its template. */
function cacheOfInstallation(): string {
  const [installation] = require.resolve('@electric-sql/pglite').split(`${sep}@electric-sql${sep}`);
  return join(installation!, '.cache', 'cruddur');
}

/** @throws where nothing can be written, as in an image with a read-only root */
async function writable(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await access(folder, constants.W_OK);
  return folder;
}

/** Fills a temporary folder and renames it, so that an interrupted start leaves no partial one. */
async function whole(folder: string, fill: (unfinished: string) => Promise<void>): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await fill(unfinished);
  await rename(unfinished, folder);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

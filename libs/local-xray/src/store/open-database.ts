import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Driver, openDriver } from './driver';
import { APPLICATION_ID, MIGRATIONS } from './schema';

/** The database cannot be used; the message names the file and says what to do. */
export class DatabaseError extends Error {
  override name = 'DatabaseError';
}

/**
 * Opens the database for writing and brings its schema up to date, each
 * migration in a transaction of its own.
 *
 * @throws DatabaseError if the file belongs to another program or a newer local X-Ray (it is not changed), is not a
 *   database, or cannot be created or written.
 */
export function openDatabase(file: string): Driver {
  const driver = open(file);
  let lock: Driver | undefined;
  const close = () => {
    driver.close();
    lock?.close();
  };
  try {
    refuseForeign(driver, file);
    lock = takeLock(file);
    configureUnlessReadOnly(driver);
    migrate(driver);
    return { ...driver, close };
  } catch (error) {
    close();
    throw error instanceof DatabaseError ? error : unusable(file, error);
  }
}

/** How long to wait for a local X-Ray that is shutting down to release the file. */
const LOCK_WAIT_MS = 3000;

/**
 * Prevents a second local X-Ray from using the file: each assigns numbers to traces on its own, so two would overwrite
 * each other's traces. The lock is an SQLite lock on an empty file next to the database, and ends with the process in
 * any case. If that file cannot be created, the database cannot be written either.
 */
function takeLock(file: string): Driver | undefined {
  if (file === ':memory:') return undefined;
  let lock: Driver | undefined;
  try {
    lock = openDriver(`${file}-lock`);
    lock.exec(
      `PRAGMA journal_mode = MEMORY; PRAGMA busy_timeout = ${LOCK_WAIT_MS}; BEGIN EXCLUSIVE`,
    );
    return lock;
  } catch (error) {
    lock?.close();
    if (!/locked/i.test((error as Error).message)) return undefined;
    throw new DatabaseError(
      `${file} is in use by another local X-Ray. Stop that one, or choose another file with --db or XRAY_LOCAL_DB.`,
    );
  }
}

/** Opens a second connection for reading only. The file must already have been opened for writing. */
export function openReader(file: string): Driver {
  const driver = open(file);
  driver.exec('PRAGMA query_only = 1; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -16000');
  return driver;
}

function open(file: string): Driver {
  try {
    if (file !== ':memory:') {
      makeFolder(dirname(file));
      refuseOtherThanFile(file);
    }
    return openDriver(file);
  } catch (error) {
    throw error instanceof DatabaseError ? error : unusable(file, error);
  }
}

/** Not mkdirSync() with `recursive`: it never returns if the system denies an existing parent, as in /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) {
    if (!statSync(folder).isDirectory()) throw new Error(`${folder} is a file, not a folder`);
    return;
  }
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have been faster.
    if (!existsSync(folder)) throw error;
  }
}

/** SQLite's own errors are vague: "unable to open" for a folder, "disk I/O error" for a device. */
function refuseOtherThanFile(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found || found.isFile()) return;
  throw new DatabaseError(
    found.isDirectory()
      ? `Local X-Ray cannot use the database ${file}: it is a folder. ` +
          `Give a file in it with --db or XRAY_LOCAL_DB, for example ${join(file, 'xray.db')}.`
      : `Local X-Ray cannot use the database ${file}: it is a device, a pipe or a socket, not a file. ` +
          'Choose another file with --db or XRAY_LOCAL_DB.',
  );
}

/** SQLite's errors for a file that is not a database, or is damaged. */
const DAMAGED = /not a database|malformed|corrupt/i;

function unusable(file: string, error: unknown): DatabaseError {
  const reason = error instanceof Error ? error.message : String(error);
  if (DAMAGED.test(reason)) {
    return new DatabaseError(
      `Local X-Ray cannot open ${file}: it is damaged or not an SQLite database (${reason}). The file was not changed. ` +
        `Move it away together with ${file}-wal and ${file}-shm and start again, or choose another file with --db or ` +
        `XRAY_LOCAL_DB. To recover what is still readable, run \`sqlite3 ${file} .recover\`.`,
    );
  }
  return new DatabaseError(
    `Local X-Ray cannot use the database ${file}: ${reason}. ` +
      'Check that the folder is writable and has free space, or choose another file with --db or XRAY_LOCAL_DB.',
  );
}

/** A read-only file can still be shown; incoming documents are then rejected and counted. */
function configureUnlessReadOnly(driver: Driver): void {
  try {
    configure(driver);
  } catch (error) {
    const readOnly = /readonly/i.test((error as Error).message);
    if (!readOnly || pragma(driver, 'user_version') !== MIGRATIONS.length) throw error;
  }
}

function configure(driver: Driver): void {
  // The page size and auto_vacuum take effect only while the file is empty. 8 kB pages hold whole documents.
  driver.exec('PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL');
  // NORMAL: a crash of this process loses nothing; a power cut may lose the last commits.
  driver.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -20000');
  // The write-ahead log is written back every 8 MB; that commit takes longer.
  driver.exec('PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 1000');
  driver.exec('PRAGMA journal_size_limit = 33554432');
}

/** Only reads: a file of another program must not be changed. */
function refuseForeign(driver: Driver, file: string): void {
  driver.exec('PRAGMA busy_timeout = 5000');
  const version = pragma(driver, 'user_version');
  const { tables } = driver
    .prepare('SELECT count(*) AS tables FROM sqlite_schema')
    .get<{ tables: number }>()!;
  if (pragma(driver, 'application_id') !== APPLICATION_ID && (tables > 0 || version > 0)) {
    throw new DatabaseError(
      `${file} belongs to another program, so local X-Ray did not change it. ` +
        'Choose another file with --db or XRAY_LOCAL_DB.',
    );
  }
  if (version > MIGRATIONS.length) {
    throw new DatabaseError(
      `${file} was written by a newer local X-Ray (schema ${version}; this one knows ${MIGRATIONS.length}), ` +
        'so it was not changed. Update local-xray, or choose another file with --db or XRAY_LOCAL_DB.',
    );
  }
}

function migrate(driver: Driver): void {
  const version = pragma(driver, 'user_version');
  MIGRATIONS.slice(version).forEach((sql, index) => {
    driver.transaction(() => {
      driver.exec(sql);
      driver.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
      driver.exec(`PRAGMA user_version = ${version + index + 1}`);
    });
  });
}

function pragma(driver: Driver, name: 'user_version' | 'application_id'): number {
  return driver.prepare(`PRAGMA ${name}`).get<Record<string, number>>()![name]!;
}

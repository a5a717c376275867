import { createRequire } from 'node:module';

/** What SQLite binds and returns. Booleans are not among them. */
/** A blob that was read: the engines return it in different classes. */
export function bytesOf(blob: unknown): Uint8Array {
  return blob instanceof ArrayBuffer ? new Uint8Array(blob) : (blob as Uint8Array);
}

export type SqlValue = string | number | bigint | Uint8Array | null;

/** A prepared statement; `values` fill its `?` in order. */
export interface Statement {
  run(values?: SqlValue[]): void;
  get<Row>(values?: SqlValue[]): Row | undefined;
  all<Row>(values?: SqlValue[]): Row[];
}

/** The operations of SQLite that this package uses, for either engine. Synchronous. */
export interface Driver {
  /** Which engine it is, for `/console/status` and error messages. */
  readonly engine: 'node:sqlite' | 'libsql';
  exec(sql: string): void;
  prepare(sql: string): Statement;
  /** Runs `work` in a transaction, which is rolled back if it throws. Must not be nested. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** Every value given to a row of libsql is real; this one is not. */
type LibsqlRow = Record<string, unknown> & { _metadata?: unknown };

interface RawStatement {
  run(...values: unknown[]): unknown;
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
}

interface RawDatabase {
  exec(sql: string): void;
  prepare(sql: string): RawStatement;
  close(): void;
}

/**
 * Opens `file` (or `:memory:`), creating it if it does not exist.
 *
 * Uses node:sqlite where Node has it (22.13 and later), else the optional package libsql.
 * @throws Error naming both if neither is available.
 */
export function openDriver(file: string): Driver {
  const builtin = nodeSqlite();
  if (builtin) return nodeDriver(new builtin.DatabaseSync(file));
  return libsqlDriver(new (libsql())(file));
}

function nodeSqlite(): { DatabaseSync: new (file: string) => RawDatabase } | undefined {
  const get = (process as { getBuiltinModule?: (id: string) => unknown }).getBuiltinModule;
  // Node 22 warns once that the module is experimental, which a user can do nothing about.
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return get?.('node:sqlite') as ReturnType<typeof nodeSqlite>;
  } finally {
    process.emitWarning = emitWarning;
  }
}

function libsql(): new (file: string) => RawDatabase {
  try {
    // An optional dependency with native code: loaded only when needed.
    return createRequire(__filename)('libsql') as new (file: string) => RawDatabase;
  } catch (error) {
    throw new Error(
      `Local X-Ray needs SQLite, and this Node (${process.version}) has no node:sqlite and the package libsql ` +
        `did not load: ${String(error)}. Use Node 22.13 or later, or run npm install libsql.`,
    );
  }
}

function nodeDriver(db: RawDatabase): Driver {
  return driver('node:sqlite', db, (statement) => ({
    run: (values = []) => void statement.run(...values),
    get: <Row>(values: SqlValue[] = []) => statement.get(...values) as Row | undefined,
    all: <Row>(values: SqlValue[] = []) => statement.all(...values) as Row[],
  }));
}

function libsqlDriver(db: RawDatabase): Driver {
  return driver('libsql', db, (statement) => ({
    run: (values = []) => void statement.run(values),
    get: <Row>(values: SqlValue[] = []) => {
      const row = statement.get(values) as LibsqlRow | undefined;
      if (row) delete row._metadata;
      return row as Row | undefined;
    },
    all: <Row>(values: SqlValue[] = []) => statement.all(values) as Row[],
  }));
}

function driver(
  engine: Driver['engine'],
  db: RawDatabase,
  wrap: (statement: RawStatement) => Statement,
): Driver {
  return {
    engine,
    exec: (sql) => db.exec(sql),
    prepare: (sql) => wrap(db.prepare(sql)),
    transaction(work) {
      db.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        db.exec('COMMIT');
        return result;
      } catch (error) {
        try {
          db.exec('ROLLBACK');
        } catch {
          // With a full disk, SQLite has rolled back already. Report the first error.
        }
        throw error;
      }
    },
    close: () => db.close(),
  };
}

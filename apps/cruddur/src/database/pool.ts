import { Pool } from 'pg';

/** A connection pool and a function that closes it. */
export interface OpenPool {
  pool: Pool;
  /** The address of the database without the password, for log lines and errors. */
  description: string;
  close(): Promise<void>;
}

/** How long to wait for a connection, in ms, before a request fails with 503. */
const CONNECT_TIMEOUT_MS = 3_000;
/** How long a statement may take, in ms, before the server cancels it. */
const STATEMENT_TIMEOUT_MS = 5_000;
/** How long to wait for a response, in ms: a server that hangs or is unreachable cancels nothing. */
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 1_000;

/** A pool on the PostgreSQL server of `DATABASE_URL`; it connects with the first query, and again after a loss. */
export function openServer(databaseUrl: string): OpenPool {
  const pool = new Pool({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    application_name: 'cruddur',
    max: 10,
  });
  // The server went away under a connection that had nothing to do, in the pool or just taken out of it:
  // the next query tells, and an unheard event would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return {
    pool,
    description: `PostgreSQL at ${withoutPassword(databaseUrl)}`,
    close: () => pool.end(),
  };
}

function withoutPassword(databaseUrl: string): string {
  try {
    const { host, pathname } = new URL(databaseUrl);
    return `${host}${pathname}`;
  } catch {
    return 'the address in DATABASE_URL';
  }
}

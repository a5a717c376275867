import { types } from 'node:util';

/** The database cannot be reached now; the same request may succeed later. */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError';
}

/** A migration failed. Retrying does not help; somebody has to fix it. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/**
 * Node's errors for a lost or refused connection, and PostgreSQL's for a server that starts, stops or is full.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html, classes 08, 53 and 57.
 */
const UNAVAILABLE =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|08\w{3}|53300|57P0[123])$/;
/** Messages of errors to which `pg` gives no code. */
const UNAVAILABLE_MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout)/;

/** Whether `error` means that the database is unavailable, not that a query is wrong. */
export function isDatabaseUnavailable(error: unknown): error is Error {
  if (!types.isNativeError(error)) return false; // not instanceof, which is wrong across realms
  if (error instanceof DatabaseUnavailableError) return true;
  const { code } = error as NodeJS.ErrnoException;
  return UNAVAILABLE.test(code ?? '') || UNAVAILABLE_MESSAGE.test(error.message);
}

import type { Pool } from 'pg';
import type { PoolOpener } from '../../src/database/pool-opener';

/** A database that a suite runs on. */
export interface TestDatabase {
  /** For the services under test. */
  pools: PoolOpener;
  /** For what the test itself asks. */
  pool: Pool;
  close(): Promise<void>;
}

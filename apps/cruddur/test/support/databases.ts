import { embeddedDatabase } from './embedded-database';
import { describeWithPostgres, postgresDatabase } from './postgres-server';
import type { TestDatabase } from './test-database';

/** Runs a suite on both databases: what Cruddur does must not depend on which it is. */
export function onBothDatabases(name: string, suite: (open: () => Promise<TestDatabase>) => void) {
  describe(`${name}, on PGlite`, () => suite(embeddedDatabase));
  describeWithPostgres(`${name}, on PostgreSQL`, () => suite(postgresDatabase));
}

import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PoolOpener } from '../../src/database/pool-opener';
import { openEmbedded } from '../../src/database/embedded';
import type { TestDatabase } from './test-database';

/**
 * One PGlite for a whole test file, opened with the first use. Every service shares its pool,
 * and its tables stay when a service is closed, as those of a server would.
 */
export async function embeddedDatabase(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'cruddur-'));
  const database = await openEmbedded(folder, 'test');
  const pools: PoolOpener = () => Promise.resolve({ ...database, close: () => Promise.resolve() });
  return {
    pools,
    pool: database.pool,
    close: async () => {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

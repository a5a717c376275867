import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * The file that a database is kept in. `:memory:` is a file too, in a folder of its own that is
 * removed in the end: threads cannot share a database that is in memory.
 */
export function databaseFile(database: string): {
  file: string;
  remove: () => void;
} {
  if (database !== ':memory:') return { file: database, remove: () => undefined };
  const file = join(mkdtempSync(join(tmpdir(), 'local-xray-')), 'xray.db');
  return { file, remove: () => rmSync(dirname(file), { recursive: true, force: true }) };
}

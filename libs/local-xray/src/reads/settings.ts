import type { StoredSetting } from '../store/stored-setting';
import type { ReadContext } from './read-context';
import type { SamplingReport } from './trace-reads';

export function readSettings({ database }: ReadContext): StoredSetting[] {
  return database.prepare('SELECT kind, name, body FROM settings ORDER BY kind, name').all();
}

export function readSamplingReports({ database }: ReadContext, after: number): SamplingReport[] {
  return database
    .prepare(
      'SELECT rule, client, at, requests, sampled, borrowed FROM sampling_statistics WHERE at > ? ORDER BY at',
    )
    .all([after]);
}

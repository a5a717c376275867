import type { Change } from '../ingest/ingest';
import type { Driver } from './driver';

export type SettingKind =
  | 'group'
  | 'sampling-rule'
  | 'tags'
  | 'encryption'
  | 'resource-policy'
  | 'indexing-rule'
  | 'segment-destination';

/** Where settings are kept; TraceStore is one. */
export interface SettingsStore {
  reader: { driver: Driver };
  change(...changes: Change[]): Promise<void>;
}

/**
 * Groups, rules and the like of one kind. They are few: read at the start, kept
 * in memory, and written through, so that an answer means that they are durable.
 */
export class Settings<T> {
  private readonly values = new Map<string, T>();

  constructor(
    private readonly store: SettingsStore,
    private readonly kind: SettingKind,
  ) {
    const rows = store.reader.driver
      .prepare('SELECT name, body FROM settings WHERE kind = ? ORDER BY name')
      .all<{ name: string; body: string }>([kind]);
    for (const { name, body } of rows) this.values.set(name, JSON.parse(body) as T);
  }

  get(name: string): T | undefined {
    return this.values.get(name);
  }

  all(): T[] {
    return [...this.values.values()];
  }

  async put(name: string, value: T): Promise<void> {
    await this.store.change({
      sql: 'INSERT INTO settings (kind, name, body) VALUES (?, ?, ?) ON CONFLICT (kind, name) DO UPDATE SET body = excluded.body',
      values: [this.kind, name, JSON.stringify(value)],
    });
    this.values.set(name, value);
  }

  async delete(name: string): Promise<void> {
    await this.store.change({
      sql: 'DELETE FROM settings WHERE kind = ? AND name = ?',
      values: [this.kind, name],
    });
    this.values.delete(name);
  }
}

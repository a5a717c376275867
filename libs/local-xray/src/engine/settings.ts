import type { Change } from '../ingest/ingest';
import type { SettingKind, StoredSetting } from '../store/stored-setting';

/** Stores settings; implemented by TraceStore. */
export interface SettingsStore {
  /** The settings as they were at startup. */
  readonly settings: readonly StoredSetting[];
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
    for (const { name, body } of store.settings.filter((each) => each.kind === kind))
      this.values.set(name, JSON.parse(body) as T);
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

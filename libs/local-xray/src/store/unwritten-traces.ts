import type { Driver, SqlValue, Statement } from './driver';
import { MultiInsert } from './multi-insert';

/**
 * The list of traces whose documents are stored but whose rows do not include them yet. Rows are computed for many
 * traces at once. After the process was killed, this list says which rows are missing.
 */
export class UnwrittenTraces {
  private readonly insert: MultiInsert;
  private readonly delete: Statement;
  private readonly deleteAll: Statement;
  private readonly select: Statement;

  constructor(driver: Driver) {
    this.insert = new MultiInsert(driver, 'INSERT INTO unwritten (trace, id)', 2);
    this.delete = driver.prepare(
      'DELETE FROM unwritten WHERE trace IN (SELECT value FROM json_each(?))',
    );
    this.deleteAll = driver.prepare('DELETE FROM unwritten');
    this.select = driver.prepare('SELECT trace AS n, id FROM unwritten ORDER BY trace');
  }

  all(): { n: number; id: string }[] {
    return this.select.all();
  }

  add(traces: readonly { n: number; id: string }[]): void {
    const values: SqlValue[] = [];
    for (const { n, id } of traces) values.push(n, id);
    this.insert.run(values);
  }

  remove(traces: readonly { n: number }[]): void {
    if (traces.length > 0) this.delete.run([JSON.stringify(traces.map(({ n }) => n))]);
  }

  /** Removes all at once, which is cheaper than one by one. */
  clear(): void {
    this.deleteAll.run();
  }
}

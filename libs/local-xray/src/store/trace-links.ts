import type { Driver, SqlValue, Statement } from './driver';
import { MultiInsert } from './multi-insert';

/** Writes links between traces. Statements are prepared when the first link arrives, because most traces have none. */
export class TraceLinkRows {
  private rows: MultiInsert | undefined;
  private deleteOf: Statement | undefined;

  constructor(private readonly driver: Driver) {}

  /** @param values pairs of the id of the trace linked to and the number of the trace that links to it */
  insert(values: SqlValue[]): void {
    if (values.length === 0) return;
    this.rows ??= new MultiInsert(this.driver, 'INSERT OR IGNORE INTO links (target, trace)', 2);
    this.rows.run(values);
  }

  /** Call this within a transaction. */
  delete(trace: number): void {
    this.deleteOf ??= this.driver.prepare('DELETE FROM links WHERE trace = ?');
    this.deleteOf.run([trace]);
  }
}

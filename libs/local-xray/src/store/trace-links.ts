import type { Driver, SqlValue, Statement } from './driver';
import { MultiInsert } from './multi-insert';

/** The writer's side of links between traces. Most traces have none: nothing is prepared before there is one. */
export class TraceLinkRows {
  private rows: MultiInsert | undefined;
  private deleteOf: Statement | undefined;

  constructor(private readonly driver: Driver) {}

  /** @param values id of the trace linked to and number of the one that links to it, one pair after the other. */
  insert(values: SqlValue[]): void {
    if (values.length === 0) return;
    this.rows ??= new MultiInsert(this.driver, 'INSERT OR IGNORE INTO links (target, trace)', 2);
    this.rows.run(values);
  }

  /** To be called within a transaction. */
  delete(trace: number): void {
    this.deleteOf ??= this.driver.prepare('DELETE FROM links WHERE trace = ?');
    this.deleteOf.run([trace]);
  }
}

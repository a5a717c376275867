import type { QueryDatabase, SqlValue } from './query-database';

const MAX_STATEMENTS = 64;

/**
 * Caches the most recently used statements, because preparing many of them takes longer than
 * running them.
 */
export class StatementCache implements QueryDatabase {
  private readonly statements = new Map<string, ReturnType<QueryDatabase['prepare']>>();

  constructor(private readonly database: QueryDatabase) {}

  prepare(sql: string): { all<Row>(values?: SqlValue[]): Row[] } {
    const known = this.statements.get(sql);
    if (known) {
      this.statements.delete(sql);
      this.statements.set(sql, known);
      return known;
    }
    const statement = this.database.prepare(sql);
    this.statements.set(sql, statement);
    if (this.statements.size > MAX_STATEMENTS) {
      const [oldest] = this.statements.keys();
      this.statements.delete(oldest!);
    }
    return statement;
  }
}

import type { SqlDocument } from '@nestjs-xray/document';
import { type Attributes, compact, type Span, text } from './span';

const SYSTEMS = new Set([
  'db2',
  'derby',
  'hive',
  'mariadb',
  'mssql',
  'microsoft.sql_server',
  'mysql',
  'oracle',
  'oracle.db',
  'postgresql',
  'sqlite',
  'teradata',
  'other_sql',
]);

/** Attributes that end up in `sql`, under their old names and their new. */
const TAKEN = {
  connection: ['db.connection_string'],
  system: ['db.system', 'db.system.name'],
  name: ['db.name', 'db.namespace'],
  statement: ['db.statement', 'db.query.text'],
  user: ['db.user'],
};

/** The `sql` of a subsegment, undefined when the database is none of SQL's; takes its attributes out of `rest`. */
export function translateSql(span: Span, rest: Attributes): SqlDocument | undefined {
  const system = text(span.attributes, ...TAKEN.system);
  if (system === undefined || !SYSTEMS.has(system)) return undefined;
  const value = (names: string[]) => text(span.attributes, ...names);
  for (const name of Object.values(TAKEN).flat()) rest.delete(name);
  return compact({
    // As the Collector has it: the name says more than the connection string would.
    url: span.name || undefined,
    connection_string: `${value(TAKEN.connection) ?? 'localhost'}/${value(TAKEN.name) ?? ''}`,
    database_type: system,
    user: value(TAKEN.user),
    sanitized_query: value(TAKEN.statement),
  });
}

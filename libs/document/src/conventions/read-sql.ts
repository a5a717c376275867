import type { SqlDocument } from '../segment-document';
import { HTTP_NAMES, SQL_NAMES, SQL_SYSTEMS } from './attribute-names';
import { compact, integerOf, textOf, type SpanAttributes } from './attributes';

const TAKEN = Object.values(SQL_NAMES).flatMap((names) => names as readonly string[]);

/**
 * Reads the `sql` block of a span named `name`, and removes its attributes from `rest`. Undefined
 * if the database does not use SQL.
 */
export function readSql(
  name: string,
  attributes: SpanAttributes,
  rest: Map<string, unknown>,
): SqlDocument | undefined {
  const system = textOf(attributes, SQL_NAMES.database_type);
  if (!SQL_SYSTEMS.has(system)) return undefined;
  for (const taken of TAKEN) rest.delete(taken);
  const connection =
    textOf(attributes, SQL_NAMES.connection_string) ?? addressOf(attributes, rest) ?? 'localhost';
  return compact({
    // As in the Collector: the name is more useful than the connection string.
    url: name || undefined,
    connection_string: `${connection}/${textOf(attributes, SQL_NAMES.database) ?? ''}`,
    database_type: system,
    user: textOf(attributes, SQL_NAMES.user),
    sanitized_query: textOf(attributes, SQL_NAMES.sanitized_query),
  });
}

/** The server's `host:port`; removes both attributes from `rest`. */
function addressOf(attributes: SpanAttributes, rest: Map<string, unknown>): string | undefined {
  const host = textOf(attributes, HTTP_NAMES.peerName);
  if (host === undefined) return undefined;
  const port = integerOf(attributes, HTTP_NAMES.peerPort);
  for (const name of [...HTTP_NAMES.peerName, ...HTTP_NAMES.peerPort]) {
    const value = attributes.get(name);
    if (value === host || Number(value) === port) rest.delete(name);
  }
  const named = host.includes(':') ? `[${host}]` : host;
  return port === undefined ? named : `${named}:${port}`;
}

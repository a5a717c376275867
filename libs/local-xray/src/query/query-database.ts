/** Values that SQLite can bind. */
export type SqlValue = string | number | bigint | Uint8Array | null;

/** What queries need from the database. Its tables are those of store/schema.ts. */
export interface QueryDatabase {
  prepare(sql: string): { all<Row>(values?: SqlValue[]): Row[] };
}

/** A condition on `traces AS t`, with the values for its `?`. */
export interface Sql {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

export const TRUE: Sql = { text: '1', values: [] };
export const FALSE: Sql = { text: '0', values: [] };

export function sql(text: string, ...values: SqlValue[]): Sql {
  return { text, values };
}

export function allOf(parts: readonly Sql[]): Sql {
  return join(parts, 'AND', TRUE, FALSE);
}

export function anyOf(parts: readonly Sql[]): Sql {
  return join(parts, 'OR', FALSE, TRUE);
}

export function noneOf(part: Sql): Sql {
  if (part === TRUE) return FALSE;
  if (part === FALSE) return TRUE;
  return { text: `NOT (${part.text})`, values: part.values };
}

function join(parts: readonly Sql[], word: 'AND' | 'OR', neutral: Sql, deciding: Sql): Sql {
  const left = parts.filter((part) => part !== neutral);
  if (left.includes(deciding)) return deciding;
  if (left.length === 0) return neutral;
  if (left.length === 1) return left[0]!;
  return { text: balanced(left, word), values: left.flatMap(({ values }) => values) };
}

/** SQLite allows expressions up to 1,000 levels deep, and a chain is as deep as it is long. */
function balanced(parts: readonly Sql[], word: string): string {
  if (parts.length === 1) return `(${parts[0]!.text})`;
  const middle = parts.length >> 1;
  return `(${balanced(parts.slice(0, middle), word)} ${word} ${balanced(parts.slice(middle), word)})`;
}

import type { JSX } from 'preact';

const KEYWORD =
  /\b(SELECT|FROM|INSERT INTO|UPDATE|DELETE FROM|SET|MERGE INTO|BEGIN|COMMIT|ROLLBACK)\b/i;
const TABLE = /^(\s+["`]?[\w.]+["`]?)/;

/** A statement on one line, with its verb and table in bold. */
export function Statement({ text }: { text: string }): JSX.Element {
  const parts: JSX.Element[] = [];
  let rest = text;
  for (let at = 0; at < 4; at++) {
    const match = KEYWORD.exec(rest);
    if (!match) break;
    const table = /FROM|INTO|UPDATE/i.test(match[0])
      ? TABLE.exec(rest.slice(match.index + match[0].length))?.[0]
      : undefined;
    parts.push(
      <>
        {rest.slice(0, match.index)}
        <b>
          {match[0]}
          {table}
        </b>
      </>,
    );
    rest = rest.slice(match.index + match[0].length + (table?.length ?? 0));
    if (table) break;
  }
  return (
    <bdi>
      {parts}
      {parts.length === 0 ? <b>{rest}</b> : rest}
    </bdi>
  );
}

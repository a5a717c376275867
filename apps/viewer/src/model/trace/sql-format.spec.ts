import { formatSql, oneLine } from './sql-format';

const text = (sql: string): string =>
  formatSql(sql)
    .map((piece) => piece.text)
    .join('');

describe('formatSql', () => {
  it('puts each clause on its own line', () => {
    expect(
      text(
        'SELECT uuid, handle FROM public.users u LEFT JOIN posts p ON p.u = u.uuid WHERE uuid = $1 AND (a OR b) ORDER BY x LIMIT 1',
      ),
    ).toBe(
      'SELECT uuid,\n  handle\nFROM public.users u\nLEFT JOIN posts p ON p.u = u.uuid\nWHERE uuid = $1\n  AND (a OR b)\nORDER BY x\nLIMIT 1',
    );
  });

  it('keeps brackets, calls and BETWEEN together', () => {
    expect(
      text(
        'SELECT count(*), now() FROM t WHERE a BETWEEN 1 AND 2 AND id IN (SELECT x FROM y WHERE z)',
      ),
    ).toBe(
      'SELECT count(*),\n  now()\nFROM t\nWHERE a BETWEEN 1 AND 2\n  AND id IN (SELECT x FROM y WHERE z)',
    );
  });

  it('does not change strings, comments and quoted names', () => {
    const sql = `SELECT 'a  FROM b', "x  WHERE" FROM t /* LIMIT  1 */ WHERE a = $$  OR $$`;
    for (const kept of [`'a  FROM b'`, `"x  WHERE"`, '/* LIMIT  1 */', '$$  OR $$']) {
      expect(text(sql)).toContain(kept);
    }
  });

  it('changes nothing but white space', () => {
    for (const sql of [
      'insert into activities (uuid, message) values ($1, $2) on conflict do nothing returning *',
      "with recent as (select * from a where b) select r.x::text, -1, a->>'b' from recent r",
      'UPDATE t SET a=1,b = 2 WHERE c<>3; -- the end\nSELECT 1',
      "unclosed 'string",
      '',
    ]) {
      expect(text(sql).replace(/\s+/g, '')).toBe(sql.replace(/\s+/g, ''));
    }
  });

  it('marks keywords and strings', () => {
    expect(formatSql("SELECT 'a' FROM t").map(({ kind }) => kind)).toEqual([
      'keyword',
      'plain',
      'string',
      'plain',
      'keyword',
      'plain',
    ]);
  });
});

describe('oneLine', () => {
  it('joins the lines', () => expect(oneLine(' SELECT\n  1 ')).toBe('SELECT 1'));
});

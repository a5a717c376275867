import { sanitiseSql } from './sanitise-sql';

describe('sanitiseSql', () => {
  it.each([
    ['select * from t where id = 42', 'select * from t where id = ?'],
    ["select 'it''s' as a, E'\\'x' as b, N'c'", 'select ? as a, ? as b, ?'],
    [
      'select $1, $23 from "t 1" where "a""b" > 1.5e3',
      'select $1, $23 from "t 1" where "a""b" > ?',
    ],
    ["select $$se'cret$$, $tag$ $$ secret $tag$", 'select ?, ?'],
    ["select 1 -- password 'x'\n, /* secret */ col2 from t3", 'select ? , col2 from t3'],
    ["insert into t values ('unterminated", 'insert into t values (?'],
    ["where a like'abc' and b=type'x'", 'where a like? and b=type?'],
    ['  select\n\t1  ', 'select ?'],
    ['', ''],
  ])('writes %j as %j', (text, sanitised) => {
    expect(sanitiseSql(text)).toBe(sanitised);
  });

  it('keeps 4,000 characters, without any part of a literal', () => {
    const sanitised = sanitiseSql(`select ${'a, '.repeat(5_000)} '${'secret'.repeat(10_000)}'`);
    expect(sanitised).toHaveLength(4_000);
    expect(sanitiseSql(`select '${'secret'.repeat(10_000)}'`)).toBe('select ?');
  });
});

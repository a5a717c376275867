import fc from 'fast-check';
import { outsideStrings, readJson, writeJson } from './exact-json';

describe('JSON with exact integers', () => {
  it.each([
    '{"a":9007199254740993}',
    '{"a":-9223372036854775808,"b":[212089821454139392,1,"212089821454139392"]}',
    '[18446744073709551615]',
    '12345678901234567890',
    '{"a":" :1234567890123456789","\\\\":1234567890123456789,"b":"\\"1234567890123456789"}',
    '{"__proto__":12345678901234567890}',
    `{"a":${'1'.repeat(400)}}`,
  ])('is written as it was read: %s', (text) => {
    expect(writeJson(readJson(text))).toBe(text);
  });

  it('keeps numbers that a double can represent', () => {
    expect(readJson('[1e3, 9007199254740991, 1499473411.677123, 0.1234567890123456]')).toEqual([
      1000, 9007199254740991, 1499473411.677123, 0.1234567890123456,
    ]);
  });

  it('keeps larger numbers as text', () => {
    expect(readJson('{"a":1e400,"b":-1.5E+999}')).toEqual({ a: '1e400', b: '-1.5E+999' });
  });

  it.each(['{"a":1234567890123456789', '01234567890123456789', '[1234567890123456789,]', '[1e400'])(
    'rejects what is not JSON: %s',
    (text) => {
      expect(() => readJson(text)).toThrow(SyntaxError);
    },
  );

  it('reads and writes all other JSON like JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(writeJson(readJson(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('keeps every bigint in any JSON, whatever its texts contain', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }),
        fc.string(),
        fc.constantFrom('"', '\\', '\\"', ' :1234567890123456789'),
        fc.boolean(),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('any'), { maxKeys: 3, noNullPrototype: true }),
      ),
    })).any;
    const asRead = (each: unknown): unknown => {
      if (typeof each === 'bigint') return Number.isSafeInteger(Number(each)) ? Number(each) : each;
      if (Array.isArray(each)) return each.map(asRead);
      if (typeof each !== 'object' || each === null) return each;
      return Object.fromEntries(Object.entries(each).map(([key, inner]) => [key, asRead(inner)]));
    };
    fc.assert(
      fc.property(value, (each) => {
        expect(readJson(writeJson(each))).toEqual(asRead(each));
      }),
    );
  });

  it('says what cannot be written', () => {
    const loop: Record<string, unknown> = { big: 1n };
    loop.loop = loop;
    expect(() => writeJson(loop)).toThrow(TypeError);
  });
});

describe('outsideStrings', () => {
  it('visits everything outside strings once, and nothing inside', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        let seen = '';
        expect(outsideStrings(text, (part) => ((seen += part), part))).toBe(text);
        expect(seen).toBe(text.replace(/"(?:[^"\\]|\\.)*"/g, ''));
      }),
    );
  });
});

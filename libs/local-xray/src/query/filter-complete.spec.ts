import fc from 'fast-check';
import { completeFilter } from './filter-complete';

/** The caret stands at `|`. */
const complete = (marked: string) => completeFilter(marked.replace('|', ''), marked.indexOf('|'));
const labels = (marked: string) => complete(marked).items.map(({ label }) => label);

describe('completion of a filter expression', () => {
  it('offers every condition at the start', () => {
    expect(labels('|')).toEqual(
      expect.arrayContaining(['fault', 'responsetime', 'annotation.', 'service()', 'NOT']),
    );
    expect(labels('|')).not.toContain('coverage');
  });

  it('offers what begins with the typed text, and replaces the whole word at the caret', () => {
    expect(complete('ok AND htTp.u|rl = "x"')).toMatchObject({ from: 7, to: 15 });
    expect(complete('ok AND htTp.u|rl = "x"').items).toEqual([
      { kind: 'keyword', label: 'http.url', insert: 'http.url', about: 'URL of the request' },
      {
        kind: 'keyword',
        label: 'http.useragent',
        insert: 'http.useragent',
        about: 'user agent of the client',
      },
    ]);
  });

  it('offers operators that fit the keyword', () => {
    expect(labels('responsetime |')).toEqual(
      expect.arrayContaining(['=', '!=', '<', '<=', '>', '>=']),
    );
    expect(labels('responsetime |')).not.toContain('CONTAINS');
    expect(labels('http.url CON|')).toEqual(['CONTAINS']);
    expect(labels('fault |')).toEqual(expect.arrayContaining(['=', 'AND', 'OR']));
    expect(labels('fault = |')).toEqual(['true', 'false']);
  });

  it('offers in braces only what is allowed there', () => {
    expect(labels('service("a") { |')).toEqual(
      expect.arrayContaining(['fault', 'responsetime', '}']),
    );
    expect(labels('service("a") { |')).not.toContain('service()');
    expect(labels('rootcause.fault.entity { co|')).toEqual(['coverage']);
    expect(labels('service("a") { fault } |')).toContain('edge()');
  });

  it.each([
    ['service(|', { kind: 'services', prefix: '' }],
    ['service("back|', { kind: 'services', prefix: 'back' }],
    ['edge("a", "|', { kind: 'services', prefix: '' }],
    ['service(id(name: "a|', { kind: 'services', prefix: 'a' }],
    ['user = "ad|', { kind: 'users', prefix: 'ad' }],
    ['http.url BEGINSWITH "h|', { kind: 'urls', prefix: 'h' }],
    ['http.method = P|', { kind: 'methods', prefix: 'P' }],
    ['group.name = |', { kind: 'groups', prefix: '' }],
    ['annotation.plan = "g|', { kind: 'annotation-values', key: 'plan', prefix: 'g' }],
    ['annotation["a \\" b"] = |', { kind: 'annotation-values', key: 'a " b', prefix: '' }],
    ['annotation[odd key] = |', { kind: 'annotation-values', key: 'odd key', prefix: '' }],
    ['annotation["pl|', { kind: 'annotation-keys', prefix: 'pl' }],
  ])('requests recorded values at %s', (marked, values) => {
    expect(complete(marked).values).toEqual({ quoted: true, ...values });
  });

  it('requests keys after the dot of an annotation, and replaces only the key', () => {
    const marked = 'ok annotation.pl|an = 1';

    expect(complete(marked)).toMatchObject({
      from: 14,
      to: 18,
      values: { kind: 'annotation-keys', prefix: 'pl', quoted: false },
    });
  });

  it('replaces a text up to its closing quotation mark', () => {
    expect(complete('service("ba|ck") { fault }')).toMatchObject({ from: 8, to: 14 });
  });

  it('offers nothing after an invalid expression', () => {
    expect(complete('banana banana |')).toMatchObject({ from: 14, to: 14, items: [] });
    expect(labels('responsetime > |')).toEqual([]);
  });

  it('describes every item that it offers', () => {
    for (const marked of ['|', 'service("a") { |', 'responsetime |', 'http.url |']) {
      for (const { kind, label, about } of complete(marked).items) {
        if (kind === 'keyword') expect({ label, about }).not.toEqual({ label, about: '' });
      }
    }
  });

  it('returns the tokens of the whole expression, even if it is invalid', () => {
    const kinds = completeFilter('service("a") { banana > 1 } and £', 0).tokens.map(
      ({ kind }) => kind,
    );

    expect(kinds.join(' ')).toBe(
      'keyword sign text sign sign other sign number sign keyword other',
    );
    fc.assert(
      fc.property(fc.string(), (expression) => {
        const { tokens } = completeFilter(expression, 0);
        const between = tokens.reduce(
          ({ at, rest }, { from, length }) => ({
            at: from + length,
            rest: rest + expression.slice(at, from),
          }),
          { at: 0, rest: '' },
        );
        expect((between.rest + expression.slice(between.at)).trim()).toBe('');
      }),
    );
  });

  it.each([
    ['brackets', '('.repeat(5000)],
    ['51 brackets', '('.repeat(51)],
    ['too many words', 'ok '.repeat(3000)],
    ['a long text', `"${'x'.repeat(20_000)}`],
  ])('does not complete %s', (_, expression) => {
    expect(completeFilter(expression, expression.length).items).toEqual([]);
  });

  it('never throws, wherever the caret is', () => {
    const pieces = fc.constantFrom(
      'ok',
      'service',
      '(',
      '"a',
      '"',
      ')',
      '{',
      '}',
      'annotation.',
      '[',
      ']',
      '=',
      '5',
      '#[',
    );
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 12 }),
        fc.integer({ min: -1, max: 60 }),
        (words, offset) => {
          const expression = words.join(' ');
          const { from, to } = completeFilter(expression, offset);
          expect(from).toBeLessThanOrEqual(to);
          expect(to).toBeLessThanOrEqual(expression.length);
        },
      ),
    );
  });
});

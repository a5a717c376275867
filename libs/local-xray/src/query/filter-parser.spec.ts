import fc from 'fast-check';
import { anyFilter } from '../../test/support/filter-arbitrary';
import { CONTEXT_WORDS } from './filter-context';
import { FilterSyntaxError } from './filter-error';
import { parseFilter } from './filter-parser';
import { printFilter } from './filter-print';

const problemOf = (expression: string): FilterSyntaxError => {
  try {
    parseFilter(expression);
  } catch (error) {
    if (error instanceof FilterSyntaxError) return error;
    throw error;
  }
  throw new Error(`${expression} was accepted`);
};

describe('a filter expression', () => {
  it.each([
    ['ok AND fault OR error', '(ok AND fault) OR error'],
    ['ok OR fault AND error', 'ok OR (fault AND error)'],
    ['ok OR fault error', 'ok OR (fault AND error)'],
    ['ok !partial duration <3', 'ok AND !partial AND duration < 3'],
    ['NOT ok', '!ok'],
    ['not !ok', 'ok'],
    ['!ok = true', '!(ok = true)'],
    ['ok = false', 'ok != true'],
    ['responseTime > 2.50', 'RESPONSETIME > 2.5'],
    ['duration > 1e-3 and DURATION < .5', 'duration > 0.001 AND duration < 0.5'],
    ['name = traces', 'name = "traces"'],
    ['user = 42', 'user = "42"'],
    ['Annotation[a.b] = 5', 'annotation.a.b = 5'],
    ['annotation["a b"] BeginsWith x', 'annotation["a b"] BEGINSWITH "x"'],
    ['annotation.t = TRUE', 'annotation.t = true'],
    ['service(id(name: "a"))', 'service("a")'],
    ['service("a") { }', 'service("a")'],
    ['service(  "a"){root=true and fault=true}', 'service("a") { root AND fault }'],
    ['rootcause.json != #[]', '!(rootcause.json = #[])'],
  ])('parses %s as %s', (one, other) => {
    expect(parseFilter(one)).toEqual(parseFilter(other));
  });

  it('accepts escaped quotation marks and backslashes in text, and no other escapes', () => {
    expect(parseFilter(String.raw`user = "a\"b\\c"`)).toMatchObject({ value: String.raw`a"b\c` });
    expect(problemOf(String.raw`user = "a\nb"`)).toMatchObject({ position: 9, length: 2 });
  });

  it.each<[string, number, string]>([
    ['', 0, 'The expression is empty. Expected a condition, !, NOT or (, for example: fault'],
    ['   ', 3, 'The expression is empty. Expected a condition, !, NOT or (, for example: fault'],
    ['responstime > 5', 0, 'Unknown keyword "responstime". Did you mean responsetime?'],
    ['http.urll = "x"', 0, 'Unknown keyword "http.urll". Did you mean http.url?'],
    ['duration > 5 seconds', 13, 'Times are numbers in seconds: write 0.25 for 250 ms'],
    [
      'http.url LIKE "x"',
      9,
      'There is no operator LIKE. After "http.url" write =, !=, CONTAINS, BEGINSWITH or ENDSWITH',
    ],
    [
      'service("a") { http.status IN (200, 404) }',
      27,
      'There is no operator IN. After "http.status" write =, !=, <, <=, > or >=',
    ],
    ['😀 = 5', 0, 'Expected a condition, !, NOT or (, but found "😀"'],
    ['fault an error', 6, 'Unknown keyword "an". Did you mean AND?'],
    ['http.url CONTAIN "x"', 9, 'Unknown keyword "CONTAIN". Did you mean CONTAINS?'],
    [
      'rootcause.fault',
      0,
      'Unknown keyword "rootcause.fault". Did you mean rootcause.fault.service?',
    ],
    [
      'banana',
      0,
      'Unknown keyword "banana". For a recorded value write annotation.banana, for a service service("banana")',
    ],
    [
      'rootcause.fault.entity { bananas }',
      25,
      'Unknown keyword "bananas" in rootcause.….entity { }. There you can use name, first, last, index, remote, coverage',
    ],
    ['responsetime >', 14, 'Expected a number after ">", but the expression ends here'],
    ['responsetime > fast', 15, 'Expected a number after ">", but found "fast"'],
    ['responsetime CONTAINS "x"', 13, 'CONTAINS compares text, and "responsetime" is not text'],
    ['http.status = "200"', 14, 'A number is expected here: write it without quotation marks'],
    ['duration > 5ms', 12, 'Times are numbers in seconds: write 0.25 for 250 ms'],
    ['duration > 1e999', 11, '1e999 is too large a number'],
    ['error = maybe', 8, 'Expected true or false after "=", but found "maybe"'],
    [
      'http.url > "x"',
      9,
      'Expected =, !=, CONTAINS, BEGINSWITH, ENDSWITH, AND or OR after "http.url", but found ">"',
    ],
    ['ok AND', 6, 'Expected a condition, !, NOT or ( after "AND", but the expression ends here'],
    ['OR ok', 0, 'Expected a condition, !, NOT or (, but found "OR"'],
    ['ok && fault', 3, 'There is no operator &. Write AND'],
    ['ok || fault', 3, 'There is no operator |. Write OR'],
    ['ok == true', 4, 'There is no operator ==. Write one ='],
    ['(ok OR fault', 12, 'The "(" at position 0 is not closed: expected ")"'],
    ['service("a") { fault', 20, 'The "{" at position 13 is not closed: expected "}"'],
    ['ok)', 2, 'There is no open bracket for this ")" to close'],
    ['service("a") fault }', 19, 'There is no open bracket for this "}" to close'],
    ['service(a)', 8, 'Write names in quotation marks: "a"'],
    ['edge("a")', 8, 'Expected , after "a", but found ")"'],
    ['id("x")', 0, 'id(…) names a node: write it within service(…) or edge(…, …)'],
    ['service(id(nam: "x"))', 11, 'Expected name, type or account.id after "(", but found "nam"'],
    ["user = 'ada'", 7, "Write text in straight double quotation marks, not in '"],
    ['user = "ada', 7, 'The closing quotation mark of this text is missing'],
    [
      'annotation. = 5',
      11,
      'The annotation’s key is missing. Write annotation.KEY, or annotation["KEY"] when the key has other characters than letters, digits, "_" and "."',
    ],
    [
      'annotation = 5',
      11,
      'The annotation’s key is missing: write annotation.KEY or annotation["KEY"]',
    ],
    ['annotation["a" = 5', 15, 'Expected ] after "a", but found "="'],
    ['annotation.a < many', 15, 'Expected a number after "<", but found "many"'],
    [
      'coverage > 0.5',
      0,
      'coverage cannot be used outside braces. It belongs in rootcause.….entity { }',
    ],
    ['group.name CONTAINS "x"', 11, 'Expected = or != after "group.name", but found "CONTAINS"'],
    [
      'rootcause.fault.exception { coverage > 1 }',
      28,
      'coverage cannot be used in rootcause.….exception { }. There you can use name, message, first, last, index',
    ],
    [
      'rootcause.json = #{}',
      17,
      'This is not a JSON array. "#" must be followed by a JSON array of root causes, such as #[{"Services":[{"Name":"api"}]}]',
    ],
  ])('is rejected if it is %j', (expression, position, message) => {
    const problem = problemOf(expression);

    expect(problem.message).toBe(`${message} (at position ${position})`);
    expect(problem.position).toBe(position);
    expect(problem.position + problem.length).toBeLessThanOrEqual(expression.length);
  });

  it('cannot contain a service in a service, and the error says what is allowed', () => {
    const problem = problemOf('service("a") { service("b") }');

    expect(problem).toMatchObject({ position: 15, length: 7 });
    expect(problem.message).toContain(
      'service() cannot be used in service(…) { }. There you can use ok, error,',
    );
    expect(problem.expected).toContain('annotation.KEY');
  });

  it('lists what is allowed at the position of the error', () => {
    expect(problemOf('http.url >').expected).toEqual(
      expect.arrayContaining(['=', 'CONTAINS', 'AND']),
    );
    expect(problemOf('ok AND').expected).toEqual(['a condition', '!', 'NOT', '(']);
    expect(problemOf('ok = 1').expected).toEqual(['true', 'false']);
  });

  it.each([
    ['100,000 brackets', '('.repeat(100_000)],
    ['5,000 brackets', '('.repeat(5_000)],
    ['a hundred braces', 'service("x") { '.repeat(100)],
    ['9,999 negations', '!'.repeat(9_999)],
    ['9,999 quotation marks', '"'.repeat(9_999)],
    ['an unclosed JSON array of 4,000 brackets', `rootcause.json = #${'['.repeat(4_000)}`],
    ['a chain with a slip at its end', `${'ok AND '.repeat(400)}okk okk`],
    ['a deep expression that ends early', `${'ok or ('.repeat(49)}${'ok '.repeat(300)}`],
  ])('is rejected if it is %s', (_, expression) => {
    expect(() => parseFilter(expression)).toThrow(FilterSyntaxError);
  });

  it('may have a thousand words', () => {
    expect(parseFilter('ok '.repeat(1_000))).toMatchObject({ kind: 'and' });
  });

  it('is either parsed or rejected with a position', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...CONTEXT_WORDS.trace,
        '(',
        ')',
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '=',
        '!=',
        '!',
        '<',
        '>=',
      ),
      fc.constantFrom(
        'AND',
        'or',
        'NOT',
        'CONTAINS',
        'true',
        '5',
        '-1.5e3',
        '"x"',
        '"',
        '\\',
        '#[{}]',
        'id',
        ' ',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), fc.constantFrom('', ' '), (pieces, glue) => {
        const expression = pieces.join(glue);
        try {
          parseFilter(expression);
        } catch (error) {
          expect(error).toBeInstanceOf(FilterSyntaxError);
          const { position, length } = error as FilterSyntaxError;
          expect(position).toBeGreaterThanOrEqual(0);
          expect(position + length).toBeLessThanOrEqual(expression.length);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('parses to the same filter after it is printed', () => {
    fc.assert(
      fc.property(anyFilter('trace'), (filter) => {
        expect(parseFilter(printFilter(filter))).toEqual(filter);
      }),
      { numRuns: 500 },
    );
  });
});

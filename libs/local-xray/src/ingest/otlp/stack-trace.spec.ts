import fc from 'fast-check';
import { readStackTrace } from './stack-trace';

const first = { id: '0123456789abcdef', type: 'E', message: 'm' };
const LANGUAGES = ['nodejs', 'webjs', 'java', 'php', 'python', 'go', 'dotnet', ''];

describe('a stack trace', () => {
  it.each([
    ['nodejs', 'E: m\n    at f (/a (b)/c.js:1:2)', [{ label: 'f (/a', path: 'b)/c.js', line: 1 }]],
    [
      'nodejs',
      'E: m\n    at Object.<anonymous> [as x] (/a.js:1:2)\r\n    at node:fs:12:1',
      [
        { label: 'Object.<anonymous> [as x]', path: '/a.js', line: 1 },
        { label: 'anonymous', path: 'node:fs', line: 12 },
      ],
    ],
    [
      'java',
      'E: m\n\tat java.base/a.B.c(B.java:7)\n\tat a.B.d(Native Method)',
      [
        { label: 'a.B.c', path: 'B.java', line: 7 },
        { label: 'a.B.d', path: 'Native Method' },
      ],
    ],
    [
      'python',
      'Traceback:\n  File "/a.py", line 3, in f\n    g()\n  File "/b.py", line 4, in <module>',
      [
        { label: '<module>', path: '/b.py', line: 4 },
        { label: 'f', path: '/a.py', line: 3 },
      ],
    ],
    [
      'go',
      'goroutine 1 [running]:\nmain.(*T).f(0x1, 0x2)\n\t/a/main.go:12 +0x1d\n',
      [{ label: 'main.(*T).f', path: '/a/main.go', line: 12 }],
    ],
    [
      'dotnet',
      'E: m\n   at A.B(String x) in C:\\a b\\c.cs:line 5\n   at A.D()',
      [{ label: 'A.B(String x)', path: 'C:\\a b\\c.cs', line: 5 }, { label: 'A.D()' }],
    ],
  ])('of %s is parsed: %j', (language, trace, stack) => {
    expect(readStackTrace(first, trace, language)).toEqual([{ ...first, stack }]);
  });

  it('of Java contains the causes', () => {
    const trace =
      'A: a\n\tat a.A.a(A.java:1)\nCaused by: b.B: why\n\tat b.B.b(B.java:2)\nCaused by: C';
    const [outer, middle, inner] = readStackTrace(first, trace, 'java');

    expect(outer).toMatchObject({ cause: middle!.id, stack: [{ line: 1 }] });
    expect(middle).toMatchObject({ type: 'b.B', message: 'why', cause: inner!.id });
    expect(inner).toMatchObject({ type: 'C', message: '' });
  });

  it('keeps 100 of 50,000 frames, and counts the rest', () => {
    const trace = `E\n${'    at f (/a.js:1:2)\n'.repeat(50_000)}`;
    const [exception] = readStackTrace(first, trace, 'nodejs');

    expect(exception!.stack).toHaveLength(100);
    expect(exception!.truncated).toBe(49_900);
  });

  /** Characters that string methods and patterns were given, all together: the work, whatever the machine. */
  function work(run: () => void): number {
    let characters = 0;
    const exec = RegExp.prototype.exec;
    const spy = jest.spyOn(RegExp.prototype, 'exec').mockImplementation(function (
      this: RegExp,
      text: string,
    ) {
      characters += text.length;
      return exec.call(this, text);
    });
    run();
    spy.mockRestore();
    return characters;
  }

  it.each(LANGUAGES)('of %s gives patterns no more than a few times its length', (language) => {
    const unit = fc.constantFrom(
      ' (',
      ' (:1',
      ':1',
      ' (a:1)x',
      'at ',
      '\n    at ',
      '/',
      '(',
      ')',
      '\n',
      '", line ',
      '  File "',
      ' in ',
      '\t',
      'Caused by: ',
      '\r',
    );
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1, maxLength: 4 }), (units) => {
        const trace = `E: x\n    at ${units.join('').repeat(2000)}`;
        const done = work(() => readStackTrace(first, trace, language));
        expect(done).toBeLessThanOrEqual(6 * trace.length + 100);
      }),
      { numRuns: 60 },
    );
  });
});

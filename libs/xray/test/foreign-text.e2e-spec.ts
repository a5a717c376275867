import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { readers } from './foreign-text';
import type { Work } from './work-counter';

const FRAGMENTS = [
  ...[' (', ':1', ' (:1', 'at ', '\n    at ', '\nat a:1', ' (a:1)x', ')', 'file://', 'async '],
  ...["'", '"', "''", '\\', "e'", '$a$', '$', '/*', '--', '1e1', '((((', ' ', '\t', '\n', '_'],
  ...['://', '://a:', '@', '/', '?', '#', '%', ';', '=', 'Root=', 'Self=', ',', '.', '*', 'a', '0'],
  ...['password', 'authorization', 'token', 'access-', '\u{1f600}', '\u0000', 'é'],
];

/** No regular expression gets more than this, however long the text is: as much as Node takes of headers. */
const LONGEST_MATCHED = 20_000;

describe('the work for text from users and other programs', () => {
  // V8 counts all that an isolate has loaded, which is much in a process that ran other suites.
  let thread: Worker;
  beforeAll(() => {
    thread = new Worker(`${__dirname}/foreign-text.thread.ts`, {
      execArgv: ['--require', join(__dirname, 'child/register.cjs')],
      // Warnings about the texts.
      stderr: true,
    });
  });
  afterAll(() => thread.terminate());

  const work = async (name: string, texts: string[]): Promise<Work[]> => {
    thread.postMessage({ name, texts });
    const [works] = (await once(thread, 'message')) as [Work[]];
    return works;
  };

  it.each(Object.keys(readers))('grows no faster than the text: %s', async (name) => {
    const hostile = fc.tuple(
      fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 2 }),
      fc.array(fc.constantFrom(...FRAGMENTS), { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', 'x', ...FRAGMENTS),
    );
    await fc.assert(
      fc.asyncProperty(hostile, async ([start, repeated, end]) => {
        const unit = repeated.join('');
        const texts = [4_000, 8_000, 16_000, 32_000, 200_000].map(
          (length) => start.join('') + unit.repeat(Math.ceil(length / unit.length)) + end,
        );
        const works = await work(name, texts);
        const steps = works.slice(0, 4).map((each) => each.steps);
        for (let at = 1; at < steps.length; at++) {
          expect(steps[at]).toBeLessThan(2.4 * steps[at - 1]! + 3_000);
        }
        expect(works.at(-1)!.longestMatched).toBeLessThanOrEqual(LONGEST_MATCHED);
      }),
      { numRuns: 6 },
    );
  });

  const row = (count: number, text: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => text(n)).join(', ');
  const inserts: Record<string, { of: (rows: number) => string; matches: number }> = {
    parameters: { of: (rows) => row(rows, (n) => `($${2 * n + 1}, $${2 * n + 2})`), matches: 30 },
    "MySQL's parameters": { of: (rows) => row(rows, () => '(?, ?, ?, ?)'), matches: 30 },
    'names in quotes': { of: (rows) => row(rows, (n) => `"column ${n}"`), matches: 1_000 },
    numbers: { of: (rows) => row(rows, (n) => `(${n}, ${n}.5)`), matches: 4_000 },
    strings: { of: (rows) => row(rows, (n) => `('a${n}', 'it''s')`), matches: 4_000 },
    'one long string': { of: (rows) => `('${'x '.repeat(8 * rows)}')`, matches: 30 },
  };
  const queries = ['a query through pg', 'a span of PostgreSQL', 'a span of MySQL'];
  it.each(queries.flatMap((name) => Object.keys(inserts).map((kind) => [name, kind])))(
    'is limited by what is recorded: %s, an insert of %s',
    async (name, kind) => {
      const { of, matches } = inserts[kind]!;
      const insert = (rows: number) => `INSERT INTO events_${rows} (a, b) VALUES ${of(rows)}`;
      const [medium, large, same] = await work(name, [2_000, 20_000, 20_000].map(insert));
      expect(large!.steps).toBeLessThanOrEqual(medium!.steps + 200);
      expect(same!.steps).toBeLessThanOrEqual(medium!.steps + 200);
      expect(large!.matches).toBeLessThanOrEqual(matches);
    },
  );
});

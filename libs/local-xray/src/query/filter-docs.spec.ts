import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { matches, viewDocuments } from './filter-evaluate';
import { EVERY, expressionOf, TRACES } from '../../test/support/filter-samples';
import { readFilter } from './trace-search';

const page = readFileSync(join(__dirname, '../../../../docs/filter-expressions.md'), 'utf8');
const rows = page.split('\n').flatMap((line) => {
  const cells = /^\| `(.+)`\s*\| (.+?)\s*\|$/.exec(line);
  return cells ? [[cells[1]!, cells[2]!] as const] : [];
});
const right = rows.filter(([, finds]) => !finds.includes('position'));
const wrong = rows.filter(([, answer]) => answer.includes('position'));

describe('docs/filter-expressions.md', () => {
  it('has examples of every kind', () => {
    expect(right.length).toBeGreaterThan(50);
    expect(wrong.length).toBeGreaterThan(5);
  });

  it.each(right)('is right that %s finds %s', (expression, finds) => {
    const filter = readFilter(expression, expressionOf);
    const found = EVERY.filter((name) => matches(filter, viewDocuments('1', TRACES[name]!)));

    expect(found.join(', ') || 'none').toBe(finds);
  });

  it.each(wrong)('is right that %s is answered by %s', (expression, answer) => {
    expect(() => readFilter(expression, expressionOf)).toThrow(
      expect.objectContaining({ message: answer }),
    );
  });
});

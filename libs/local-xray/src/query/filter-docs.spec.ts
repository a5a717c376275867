import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTEXT_NAMES, CONTEXT_WORDS, type FilterContext } from './filter-context';
import { KEYWORDS } from './filter-keywords';
import { matches, viewDocuments } from './filter-evaluate';
import { EVERY, expressionOf, TRACES } from '../../test/support/filter-samples';
import { readFilter } from './trace-search';

const FILE = join(__dirname, '../../../../docs/filter-expressions.md');
const page = readFileSync(FILE, 'utf8');

/** The page's table of keywords, as `UPDATE_DOCS=1` writes it. */
function keywordTable(): string {
  const rows = KEYWORDS.map(({ name, type, about }) => {
    const contexts = (Object.keys(CONTEXT_WORDS) as FilterContext[])
      .filter((context) => CONTEXT_WORDS[context].includes(name))
      .map((context) => CONTEXT_NAMES[context].replace(' { }', ''));
    return [`\`${name}\``, type, about, contexts.join(', ')];
  });
  const table = [['Keyword', 'Type', 'What it is', 'Where it may stand'], ...rows];
  const widths = table[0]!.map((_, at) => Math.max(...table.map((row) => row[at]!.length)));
  const lines = table.map((row) => row.map((cell, at) => cell.padEnd(widths[at]!)));
  lines.splice(
    1,
    0,
    widths.map((width) => '-'.repeat(width)),
  );
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
const rows = page.split('\n').flatMap((line) => {
  const cells = /^\| `([^|]+|rootcause\.json.+)`\s*\| ([^|]+?)\s*\|$/.exec(line);
  return cells ? [[cells[1]!, cells[2]!] as const] : [];
});
const right = rows.filter(([, finds]) => !finds.includes('position'));
const wrong = rows.filter(([, answer]) => answer.includes('position'));

describe('docs/filter-expressions.md', () => {
  it('has the table of keywords', () => {
    const [start, end] = ['<!-- keywords -->\n\n', '\n\n<!-- /keywords -->'];
    const written = page.replace(
      /<!-- keywords -->[^]*<!-- \/keywords -->/,
      () => start + keywordTable() + end,
    );
    if (process.env.UPDATE_DOCS) writeFileSync(FILE, written);

    expect(readFileSync(FILE, 'utf8')).toBe(written);
  });

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

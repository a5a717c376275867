// Writes the table of docs/versions.md from the results of the run.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { root } from './install.mjs';

const PATH = join(root, 'docs/versions.md');
const MARKS = ['<!-- table: npm run compat:versions -- --write -->', '<!-- end of the table -->'];

/** Writes the table for these rows: `{ nest, column, right }`. */
export async function writeVersions(columns, rows) {
  const text = readFileSync(PATH, 'utf8');
  const [from, to] = [text.indexOf(MARKS[0]) + MARKS[0].length, text.indexOf(MARKS[1])];
  const nests = [...new Set(rows.map(({ nest }) => nest))];
  const table = [
    `| Nest | ${columns.join(' | ')} |`,
    `|${' --- |'.repeat(columns.length + 1)}`,
    ...nests.map((nest) => {
      const cells = columns.map((column) =>
        rows.find((row) => row.nest === nest && row.column === column).right ? 'yes' : 'no',
      );
      return `| ${[nest, ...cells].join(' | ')} |`;
    }),
  ].join('\n');
  const updated = `${text.slice(0, from)}\n\n${table}\n\n${text.slice(to)}`;
  writeFileSync(PATH, await format(updated, { parser: 'markdown', printWidth: 100 }));
}

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const DOCS = resolve(import.meta.dirname, '../../docs');
const BEGIN = '<!-- made by test/libraries -->';
const END = '<!-- end -->';

/** Compares the tables of docs/libraries.md with what was seen, or writes them. */
export function compareDocs({ shown, libraries, transports, write }) {
  comparePart('libraries.md', tables(shown, libraries, transports), write);
}

/** Compares the table that a page of docs/ has with one of these rows, or writes it. */
export function compareTable({ page, head, rows, write }) {
  comparePart(page, table(head, rows), write);
}

/** The part of a page that is made here. */
function comparePart(name, part, write) {
  const path = resolve(DOCS, name);
  const text = readFileSync(path, 'utf8');
  const before = text.slice(0, text.indexOf(BEGIN) + BEGIN.length);
  const after = text.slice(text.indexOf(END));
  const page = `${before}\n\n${part}\n\n${after}`;
  if (write) writeFileSync(path, page);
  else assert.equal(text, page, 'Run `npm test -- --write` in test/libraries.');
}

function tables(shown, libraries, transports) {
  const cells = (seen) => seen.map((each) => `\`${each.replaceAll('|', '\\|')}\``).join('<br>');
  const rows = Object.entries(libraries).map(([name, { turnOn = [], how, shows }]) => {
    const [type, from] = turnOn;
    const usual = type ? `\`new ${type}()\` of \`${from}\`` : 'nothing to do';
    return [`\`${name}\``, how ?? usual, shows ?? cells(shown[name] ?? [])];
  });
  const own = transports.map(({ name }) => [
    `Nest's \`Transport.${name}\``,
    'nothing to do',
    cells(shown[name] ?? []),
  ]);
  return table(['library', 'how to turn it on', 'what a subsegment shows'], [...rows, ...own]);
}

/** As Prettier would lay it out. */
function table(head, rows) {
  const all = [head, ...rows];
  const widths = head.map((_, at) => Math.max(...all.map((row) => row[at].length)));
  const line = (row) => `| ${row.map((cell, at) => cell.padEnd(widths[at])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

// Writes the table of docs/bundles.md from the results of the run.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { format } from 'prettier';
import { root } from './install.mjs';

const PATH = join(root, 'docs/bundles.md');
const MARKS = ['<!-- table: npm run compat:bundles -- --write -->', '<!-- end of the table -->'];

/** The columns, with the facts that must be the same as in the unbundled application. */
const COLUMNS = {
  'routes, calls': ['route'],
  'causes: guard, 404, handler': ['guard', '404', 'thrown'],
  'messages: TCP, ws': ['rpc', 'rpcThrown', 'event', 'ws', 'wsThrown'],
  ClientProxy: ['rpcCall'],
  fetch: ['fetch'],
  'AWS SDK ¹': ['aws'],
  'pg ¹': ['pg'],
  'class names': ['names'],
};

/** Writes the table for these rows: `{ nest, bundler, facts, expected }`. */
export async function writeTable(rows) {
  writeFileSync(PATH, await withTable(rows));
}

/** The lines for these rows that are missing in the document. */
export function missingIn(rows) {
  const squeeze = (line) => line.replace(/ +/g, ' ');
  const known = new Set(readFileSync(PATH, 'utf8').split('\n').map(squeeze));
  return linesOf(rows).filter((line) => !known.has(squeeze(line)));
}

function linesOf(rows) {
  const bundlers = new Map();
  for (const row of rows) bundlers.set(row.bundler, [...(bundlers.get(row.bundler) ?? []), row]);
  return [...bundlers].map(([bundler, each]) => {
    const cells = Object.values(COLUMNS).map((facts) =>
      each.every((row) => facts.every((fact) => same(row, fact))) ? 'yes' : 'no',
    );
    return `| ${[bundler, each.map(({ nest }) => nest).join(', '), ...cells].join(' | ')} |`;
  });
}

async function withTable(rows) {
  const text = readFileSync(PATH, 'utf8');
  const [from, to] = [text.indexOf(MARKS[0]) + MARKS[0].length, text.indexOf(MARKS[1])];
  const titles = ['bundler', 'Nest', ...Object.keys(COLUMNS)];
  const table = [
    `| ${titles.join(' | ')} |`,
    `|${titles.map(() => ' --- |').join('')}`,
    ...linesOf(rows),
  ].join('\n');
  const updated = `${text.slice(0, from)}\n\n${table}\n\n${text.slice(to)}`;
  return format(updated, { parser: 'markdown', printWidth: 100 });
}

function same({ facts, expected }, fact) {
  return isDeepStrictEqual(facts[fact], expected[fact]);
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** What the fixture of libs/xray/test/source-lines calls and no declaration has the name of. */
const NEVER = ['Looped.one', 'Looped.two', 'Cart.symbol'];
/** Declared in another file than the class with the decorator. */
const INHERITED = ['Stock.amount', 'Root.count', 'Base.open'];
const CALLS = 17;

/** The line of the method that says `mark`: the last before it with the method's name. */
function lineOf(text, mark) {
  const lines = text.split('\n');
  const says = lines.findIndex((line) => ["'", '"', '`'].some((q) => line.includes(q + mark + q)));
  const name = new RegExp(`\\b${mark.slice(mark.lastIndexOf('.') + 1)}\\b['"]?\\s*[<(]`);
  return lines.findLastIndex((line, at) => at <= says && name.test(line)) + 1;
}

/** Fails if a line is wrong. Says of which methods it is recorded, for the table in the docs. */
export function judged(folder, found) {
  assert.equal(found.length, CALLS);
  for (const [mark, source] of found) {
    if (source === null) continue;
    const [, path, line] = /^(.*):(\d+)$/.exec(source);
    const text = readFileSync(resolve(folder, path), 'utf8');
    assert.deepEqual([mark, path, Number(line)], [mark, path, lineOf(text, mark)]);
    assert.ok(!NEVER.includes(mark), `${mark} has the line ${source}.`);
  }
  const kinds = { own: [], inherited: [] };
  for (const [mark, source] of found.filter(([each]) => !NEVER.includes(each))) {
    kinds[INHERITED.includes(mark) ? 'inherited' : 'own'].push(source);
  }
  const file = found.find(([, source]) => source)?.[1].replace(/:\d+$/, '');
  return [
    share(kinds.own),
    share(kinds.inherited),
    file?.endsWith('.ts') ? 'TypeScript' : ((file && 'JavaScript') ?? ''),
  ];
}

function share(sources) {
  const right = sources.filter((source) => source !== null).length;
  if (right === 0) return 'none';
  return right === sources.length ? 'right' : `right, or none (${sources.length - right})`;
}

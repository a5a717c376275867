// Which suites start first. A suite that starts a browser, servers or programs takes up to a minute, and
// begun last it would keep one core busy while the other has nothing left. Jest knows how long a suite took
// the last time; on a clean machine it goes by the size of the file, which says little.
const { readFileSync } = require('node:fs');
const { default: Sequencer } = require('@jest/test-sequencer');

/** What starts other programs, from the slowest kind on. */
const KINDS = [
  /\bPacked\b|\bStack\b|test-runners/,
  /\bConsole\.start\b|[cC]hromium/,
  /\bonBothDatabases\b|\bpostgresServer\b|\bexecFile\b|\bspawn\b|\brunProgram\b/,
  /\bstartLocalXray\b|support\/client/,
];

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const known = super.sort(tests);
    if (known.every(({ duration }) => duration !== undefined)) return known;
    const rank = new Map(known.map((test) => [test, rankOf(test.path)]));
    return [...known].sort((a, b) => rank.get(a) - rank.get(b));
  }
};

function rankOf(path) {
  const text = readFileSync(path, 'utf8');
  const kind = KINDS.findIndex((pattern) => pattern.test(text));
  return kind === -1 ? KINDS.length : kind;
}

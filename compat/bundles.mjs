// npm run compat:bundles: bundles one application in every usual way, on Nest 11 and 12, and
// compares what is recorded with the same application unbundled. With --write, writes the table of
// docs/bundles.md; without, fails if the table differs. CI runs it with --quick, which leaves out
// the slowest bundlers.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlers, withoutPeers } from './lib/bundlers.mjs';
import { compile, compileBy } from './lib/compile.mjs';
import { addLibrary, install, pack, run } from './lib/install.mjs';
import { startPostgres } from './lib/postgres.mjs';
import { missingIn, writeTable } from './lib/table.mjs';

const NESTS = [11, 12];
const rows = [];
let failures = 0;

const [tools, tarball, postgres] = await Promise.all([install('tools'), pack(), startPostgres()]);
try {
  for (const nest of NESTS) await onNest(nest);
} catch (problem) {
  failures++;
  console.error(`${problem.stdout ?? ''}${problem.stderr ?? ''}${problem.stack}`);
} finally {
  await postgres.stop();
  tarball.remove();
}
if (process.argv.includes('--write')) await writeTable(rows);
for (const line of missingIn(rows)) {
  failures++;
  console.error(`✗ docs/bundles.md differs from this run: ${line}`);
  console.error('  Update it: npm run compat:bundles -- --write');
}
process.exit(failures === 0 ? 0 : 1);

async function onNest(nest) {
  const app = await install(`nest-${nest}`);
  await addLibrary(app, tarball);
  // First, as it leaves the sources as ES modules.
  const compiler = { folder: app, tools, compiler: 'TypeScript 5', entry: 'bundled' };
  const esModule = await compileBy({ ...compiler, esModule: true });
  const compiled = await compile(app, tools, ['bundled', 'bare']);
  const entry = join(compiled, 'bundled.js');
  const expected = await factsOf(entry, app);
  assert.deepEqual(expected.warnings, []);
  for (const bundler of bundlers({ tools, app, nest })) {
    if (bundler.slow && process.argv.includes('--quick')) continue;
    await attempt(`Nest ${nest}, ${bundler.name}`, async (folder) => {
      const file = await bundler.bundle(bundler.esModules ? esModule : entry, folder);
      const facts = await factsOf(file, app);
      rows.push({ nest, bundler: bundler.name, facts, expected });
      compare(facts, expected, bundler);
      if (bundler.name === 'esbuild, CommonJS') await saysWhatIsHidden(file, app);
    });
  }
  const bare = join(compiled, 'bare.js');
  for (const { name, bundle } of withoutPeers({ tools, app })) {
    await attempt(`Nest ${nest}, ${name}, no optional package installed`, async (folder) => {
      const facts = await factsOf(await bundle(bare, folder), folder);
      assert.deepEqual(facts, { names: ['bare'], warnings: [] });
    });
  }
}

async function attempt(what, work) {
  const from = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'nestjs-xray-bundle-'));
  try {
    await work(folder);
    console.log(`✓ ${what} (${((performance.now() - from) / 1000).toFixed(1)} s)`);
  } catch (problem) {
    failures++;
    console.error(`✗ ${what}\n${problem.stdout ?? ''}${problem.stderr ?? ''}${problem.message}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A warning at startup names clients that were not passed to captureAws() and capturePg(). The rest is recorded. */
async function saysWhatIsHidden(file, app) {
  const { warnings, aws, pg, guard } = await factsOf(file, app, { HAND_OVER: 'no' });
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /captureAws\(\[SQSClient\]\) and capturePg\(\[pg\]\)/);
  assert.deepEqual([pg, aws[1], guard[1]], [[null, null], 'remote', 'the guard refuses']);
}

/** Runs the bundle in a folder where another copy of Nest could be found. */
async function factsOf(file, cwd, more = {}) {
  const env = { ...process.env, DATABASE_URL: postgres.url, NODE_ENV: 'production', ...more };
  const { stdout } = await run(process.execPath, [file], { cwd, env, timeout: 60_000 });
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

function compare({ names, warnings, nestFiles, ...facts }, expected, { names: kept, inPlace }) {
  const { names: rightNames, warnings: none, nestFiles: files, ...right } = expected;
  assert.deepEqual(facts, right);
  if (inPlace) assert.ok(nestFiles > 0);
  else assert.equal(nestFiles, 0, 'A second copy of Nest was loaded.');
  if (kept) {
    assert.deepEqual(names, rightNames);
    assert.deepEqual(warnings, none);
  } else {
    assert.notDeepEqual(names, rightNames);
    assert.match(
      warnings.join('\n'),
      /class names are minified|renamed classes.*: .*Cart2 for Cart/i,
    );
    assert.equal(warnings.length, 1);
  }
}

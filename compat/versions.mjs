// npm run compat:versions: runs one application with the packed library on Nest 10, 11 and 12, on
// Express and Fastify, with the interceptor and without, on several versions of Node, built by
// several compilers, as CommonJS and as an ES module. What is recorded must be the same everywhere.
// --write writes the table of docs/versions.md. --quick runs only two combinations that differ as
// much as possible. Other versions of Node than the current one are those for Linux on x64.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { compileBy } from './lib/compile.mjs';
import { addLibrary, install, pack, run } from './lib/install.mjs';
import { writeVersions } from './lib/versions-table.mjs';

const EXPECTED = {
  404: [404, 'Cannot GET /none'],
  route: [200, '/carts/:id', null],
  names: ['CartController.load', ['PriceService.of', 'Cart.load']],
  guard: [403, 'the guard refuses'],
  thrown: [500, 'broken on purpose'],
  rpcCall: [['remote', { rpc: { pattern: 'load', transport: 'TCP' } }]],
  rpc: ['load', true],
  rpcThrown: [null, 'the message failed'],
  event: ['noted', 1],
  ws: ['load', 1],
  wsThrown: [null, 'the event failed'],
  warnings: [],
};
const GRAPHQL = { graphql: ['BookResolver.book', 'BookResolver.author'] };

const PLAIN = { adapter: 'express', interceptor: 'on', compiler: 'TypeScript 5' };
const adapters = ['express', 'fastify'];
/** The columns of the table, with the runs for each. */
const COLUMNS = {
  ...Object.fromEntries(
    adapters.map((adapter) => [
      adapter === 'express' ? 'Express' : 'Fastify',
      ['on', 'off'].map((interceptor) => ({ ...PLAIN, adapter, interceptor })),
    ]),
  ),
  ...Object.fromEntries(
    [22, 24, 26].map((node) => [
      `Node ${node}`,
      adapters.map((adapter) => ({ ...PLAIN, adapter, node })),
    ]),
  ),
  'TypeScript 6': [{ ...PLAIN, compiler: 'TypeScript 6' }],
  'TypeScript 7': [{ ...PLAIN, compiler: 'TypeScript 7' }],
  SWC: [{ ...PLAIN, compiler: 'SWC' }],
  'ES module': [{ ...PLAIN, esModule: true }],
};
const QUICK = [
  { ...PLAIN, nest: 10 },
  { ...PLAIN, nest: 11, adapter: 'fastify', interceptor: 'off' },
];

const rows = [];
let failures = 0;
const [tarball, tools] = await Promise.all([pack(), install('tools')]);
try {
  if (process.argv.includes('--quick')) {
    for (const each of QUICK) await attempt(each);
  } else {
    for (const nest of [10, 11, 12]) {
      for (const [column, runs] of Object.entries(COLUMNS)) {
        const right = [];
        for (const each of runs) right.push(await attempt({ ...each, nest }));
        rows.push({ nest, column, right: right.every(Boolean) });
      }
    }
  }
} finally {
  tarball.remove();
}
if (process.argv.includes('--write')) await writeVersions(Object.keys(COLUMNS), rows);
process.exit(failures === 0 ? 0 : 1);

async function attempt({ nest, adapter, interceptor, compiler, esModule, node }) {
  const kind = esModule ? ', ES module' : '';
  const version = node ? `Node ${node}` : `Node ${process.versions.node}`;
  const what = `Nest ${nest}, ${adapter}, interceptor ${interceptor}, ${compiler}${kind}, ${version}`;
  const from = performance.now();
  try {
    const file = await built(nest, compiler, esModule);
    const program = node ? await programOf(node) : process.execPath;
    const env = { ...process.env, ADAPTER: adapter, INTERCEPTOR: interceptor };
    const { stdout } = await run(program, [file], { env, timeout: 60_000 });
    const facts = JSON.parse(stdout.trim().split('\n').at(-1));
    assert.deepEqual(facts, { ...EXPECTED, ...(adapter === 'express' ? GRAPHQL : {}) });
    console.log(`✓ ${what} (${((performance.now() - from) / 1000).toFixed(1)} s)`);
    return true;
  } catch (problem) {
    failures++;
    console.error(`✗ ${what}\n${problem.stdout ?? ''}${problem.stderr ?? ''}${problem.message}`);
    return false;
  }
}

/** The application for this version of Nest, built once per compiler and module format. */
async function built(nest, compiler, esModule) {
  const key = `${nest} ${compiler} ${esModule}`;
  const done = (built.known ??= new Map());
  if (!done.has(key)) done.set(key, build(nest, compiler, esModule));
  return done.get(key);
}

async function build(nest, compiler, esModule) {
  const folder = await install(`nest-${nest}`);
  await addLibrary(folder, tarball);
  return compileBy({ folder, tools, compiler, esModule, entry: 'version' });
}

async function programOf(node) {
  return join(await install('nodes'), `node_modules/node${node}/bin/node`);
}

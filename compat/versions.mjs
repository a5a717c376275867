// npm run compat:versions [-- 11]: runs one application with the packed library on Nest 10, 11 and
// 12, Express and Fastify, with the interceptor and without; what is recorded must be the same.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { compile } from './lib/compile.mjs';
import { addLibrary, install, pack, run } from './lib/install.mjs';

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

const asked = process.argv.slice(2).map(Number);
let failures = 0;
const tarball = await pack();
const tools = await install('tools');
for (const nest of asked.length > 0 ? asked : [10, 11, 12]) {
  const app = await install(`nest-${nest}`);
  await addLibrary(app, tarball);
  const compiled = await compile(app, tools, ['version'], {}, 'out-version');
  for (const ADAPTER of ['express', 'fastify']) {
    for (const INTERCEPTOR of ['on', 'off']) {
      const what = `Nest ${nest}, ${ADAPTER}, interceptor ${INTERCEPTOR}`;
      const env = { ...process.env, ADAPTER, INTERCEPTOR };
      try {
        const file = join(compiled, 'version.js');
        const { stdout } = await run(process.execPath, [file], { cwd: app, env, timeout: 60_000 });
        const facts = JSON.parse(stdout.trim().split('\n').at(-1));
        assert.deepEqual(facts, { ...EXPECTED, ...(ADAPTER === 'express' ? GRAPHQL : {}) });
        console.log(`✓ ${what}`);
      } catch (problem) {
        failures++;
        console.error(
          `✗ ${what}\n${problem.stdout ?? ''}${problem.stderr ?? ''}${problem.message}`,
        );
      }
    }
  }
}
tarball.remove();
process.exit(failures === 0 ? 0 : 1);

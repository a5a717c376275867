import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { startProcess } from '../lib/processes.mjs';

const require = createRequire(import.meta.url);
const { variantOf } = require('../tracers/variants.cjs');

const file = (name) => fileURLToPath(new URL(`../request/${name}`, import.meta.url));
const MB = 2 ** 20;

/**
 * Resident set and heap of the request bench's server at full load: half of `requests`, a full
 * collection, the other half, a full collection. Heap that grew in the second half is retained.
 */
export async function benchMemory({ names, requests, node, log }) {
  const rows = [];
  for (const name of names) {
    const row = await measure({ name, half: requests / 2, node });
    rows.push(row);
    log?.(
      `  ${row.title}: ${row.heapMb.toFixed(1)} MB of heap, ` +
        `${row.grownBytesPerRequest.toFixed(2)} bytes a request kept, ${row.lost} lost`,
    );
  }
  return rows;
}

async function measure({ name, half, node }) {
  const [sink, load] = await Promise.all([
    startProcess(file('sink.cjs'), { core: 1 }),
    startProcess(file('load.cjs'), { core: 1 }),
  ]);
  const { id, udpPort, httpPort } = await sink.ask('open');
  const server = await startProcess(file('server.cjs'), {
    args: [name],
    env: { SINK_UDP: String(udpPort), SINK_HTTP: String(httpPort) },
    core: 0,
    node,
    flags: ['--expose-gc'],
  });
  try {
    const { port } = server.hello;
    const run = (requests) =>
      load.ask('run', { port, path: '/api/activities/@andrewbrown', requests, connections: 32 });
    await run(half);
    await server.ask('flush');
    const middle = await server.ask('mark', { collect: true });
    await run(half);
    const busy = await server.ask('mark');
    await server.ask('flush');
    const end = await server.ask('mark', { collect: true });
    const { title, ours = false, tracer } = variantOf(name);
    const { seen } = await sink.ask('counts', { id });
    return {
      name,
      title,
      ours,
      requests: half * 2,
      rssMb: busy.rss / MB,
      heapMb: end.heapUsed / MB,
      grownMb: (end.heapUsed - middle.heapUsed) / MB,
      grownBytesPerRequest: (end.heapUsed - middle.heapUsed) / half,
      lost: tracer === 'untraced' ? 0 : half * 2 - seen,
    };
  } finally {
    await Promise.all([server.end(), sink.end(), load.end()]);
  }
}

// Deletes the oldest traces by size while documents arrive, and measures how long documents waited.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTrace, percentile, round, startServer } from './support.mjs';

const db = join(mkdtempSync(join(tmpdir(), 'local-xray-bench-')), 'xray.db');
const send = async (server, traces, from) => {
  const documents = [];
  for (let n = 0; n < traces; n++) documents.push(...makeTrace(Date.now() / 1000, from + n));
  await server.post('/TraceSegments', {
    TraceSegmentDocuments: documents.map((each) => JSON.stringify(each)),
  });
};
let server = await startServer({ db, args: ['--retention', '10GB'] });
for (let at = 0; at < 20_000; at += 500) await send(server, 500, at);
await server.stop({ keep: true });

server = await startServer({ db, args: ['--retention', '40MB'] });
const before = (await server.status()).traces;
await server.resetLoop();
const waits = [];
const start = performance.now();
let traces = before;
for (let at = 0; performance.now() - start < 40_000; at++) {
  const asked = performance.now();
  await send(server, 10, at);
  waits.push(performance.now() - asked);
  await new Promise((resolve) => setTimeout(resolve, 10));
  if (at % 50 === 49) {
    const now = (await server.status()).traces;
    if (now < before / 2 && now >= traces) break;
    traces = now;
  }
}
const loop = await server.loop();
const status = await server.status();
console.log(
  JSON.stringify({
    before,
    after: status.traces,
    rejected: status.rejected,
    seconds: round((performance.now() - start) / 1000),
    putP50Ms: percentile(waits, 50),
    putP99Ms: percentile(waits, 99),
    putMaxMs: round(Math.max(...waits)),
    eventLoopMaxMs: round(loop.max),
  }),
);
await server.stop();

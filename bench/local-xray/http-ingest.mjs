// Documents a second over HTTP, in batches of 50, four requests at a time. The load is made beforehand.
import http from 'node:http';
import { makeTrace, round, startServer } from './support.mjs';

const SECONDS = Number(process.env.SECONDS ?? 5);
const CLIENTS = Number(process.env.CLIENTS ?? 4);
const BATCHES = 2400;

const batches = [];
let pending = [];
let bytes = 0;
for (let number = 0; batches.length < BATCHES; number++) {
  pending.push(...makeTrace(Date.now() / 1000, number).map((each) => JSON.stringify(each)));
  while (pending.length >= 50) {
    const batch = pending.splice(0, 50);
    bytes += batch.reduce((sum, each) => sum + each.length, 0);
    batches.push(Buffer.from(JSON.stringify({ TraceSegmentDocuments: batch })));
  }
}

const server = await startServer();
const agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS });
const send = (body) =>
  new Promise((resolve, reject) => {
    const request = http.request(
      `${server.base}/TraceSegments`,
      { method: 'POST', agent, headers: { 'Content-Length': body.length } },
      (response) => {
        let text = '';
        response.on('data', (chunk) => (text += chunk)).on('end', () => resolve(text));
      },
    );
    request.on('error', reject);
    request.end(body);
  });

let next = 0;
let sent = 0;
const unexpected = [];
await server.resetLoop();
const cpuBefore = server.cpuMs();
const start = performance.now();
const until = start + SECONDS * 1000;
await Promise.all(
  Array.from({ length: CLIENTS }, async () => {
    while (performance.now() < until && next < batches.length) {
      const answer = await send(batches[next++]);
      sent += 50;
      if (answer !== '{"UnprocessedTraceSegments":[]}') unexpected.push(answer.slice(0, 200));
    }
  }),
);
const seconds = (performance.now() - start) / 1000;
const cpuMs = server.cpuMs() - cpuBefore;
const loop = await server.loop();
const { received, rejected } = await server.status();
console.log(
  JSON.stringify({
    documentBytes: Math.round(bytes / (batches.length * 50)),
    documentsPerSecond: Math.round(sent / seconds),
    cpuMicrosecondsPerDocument: round((cpuMs * 1000) / sent),
    sent,
    received,
    rejected,
    unexpected: unexpected.slice(0, 3),
    eventLoopP99Ms: round(loop.p99),
    eventLoopMaxMs: round(loop.max),
    memoryMb: Math.round(server.memory()),
  }),
);
agent.destroy();
await server.stop();

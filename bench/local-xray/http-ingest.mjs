// Documents a second over HTTP, in batches of 50, four requests at a time. The load is created beforehand.
import { httpClient, sendFor } from './sending.mjs';
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
const { send, close } = httpClient(`${server.base}/TraceSegments`, { connections: CLIENTS });
await server.resetLoop();
const cpuBefore = server.cpuMs();
const { bodiesSent, seconds, unexpected } = await sendFor({
  ...{ seconds: SECONDS, clients: CLIENTS, bodies: batches },
  send: async (body) => (await send(body)).text,
  expected: '{"UnprocessedTraceSegments":[]}',
});
const sent = bodiesSent * 50;
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
close();
await server.stop();

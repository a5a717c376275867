// Loss over UDP at fixed rates, three seconds each. Datagrams are sent in bursts every millisecond, as by applications.
import dgram from 'node:dgram';
import { makeTrace, round, startServer } from './support.mjs';

const RATES = (process.env.RATES ?? '2000,5000,10000,20000').split(',').map(Number);
const SECONDS = Number(process.env.SECONDS ?? 3);
const HEADER = '{"format":"json","version":1}\n';

const results = [];
for (const rate of RATES) {
  const documents = [];
  for (let number = 0; documents.length < rate * SECONDS; number++) {
    for (const each of makeTrace(Date.now() / 1000, number))
      documents.push(Buffer.from(HEADER + JSON.stringify(each)));
  }
  documents.length = rate * SECONDS;
  const server = await startServer();
  const socket = dgram.createSocket('udp4');
  await new Promise((resolve) => socket.connect(server.port, '127.0.0.1', resolve));
  socket.setSendBufferSize(4 * 1024 * 1024);
  await server.resetLoop();
  const start = performance.now();
  let sent = 0;
  let failed = 0;
  while (sent < documents.length) {
    const due = Math.min(documents.length, Math.ceil(((performance.now() - start) / 1000) * rate));
    const burst = [];
    while (sent < due) {
      const datagram = documents[sent++];
      burst.push(
        new Promise((resolve) => socket.send(datagram, (error) => resolve(error && failed++))),
      );
    }
    await Promise.all(burst);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const seconds = (performance.now() - start) / 1000;
  let before = -1;
  let status = await server.status();
  while (status.received !== before) {
    before = status.received;
    await new Promise((resolve) => setTimeout(resolve, 700));
    status = await server.status();
  }
  const loop = await server.loop();
  results.push({
    rate,
    sentPerSecond: Math.round(sent / seconds),
    sent,
    received: status.received,
    failedToSend: failed,
    lossPercent: round(((sent - failed - status.received) / (sent - failed)) * 100),
    eventLoopP99Ms: round(loop.p99),
    memoryMb: Math.round(server.memory()),
  });
  socket.close();
  await server.stop();
}
console.log(JSON.stringify(results, null, 1));

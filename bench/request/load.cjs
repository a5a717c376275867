'use strict';
// A load generator with low overhead: raw sockets, one request at a time on each.
const net = require('node:net');

process.on('message', async ({ args }) => {
  try {
    process.send({ answer: await run(args) });
  } catch (problem) {
    process.send({ failure: String(problem?.stack ?? problem) });
  }
});
process.send({ answer: 'ready' });

/** Makes `requests` requests over `connections` kept-alive sockets; resolves when all were answered with 200. */
function run({ port, path, requests, connections }) {
  const request = Buffer.from(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n`,
  );
  const started = performance.now();
  let asked = 0;
  let answered = 0;
  return new Promise((resolve, reject) => {
    const sockets = [];
    const stop = (settle) => {
      for (const socket of sockets) socket.destroy();
      settle();
    };
    for (let i = 0; i < connections; i++) {
      const socket = net.connect(port, '127.0.0.1');
      sockets.push(socket);
      socket.setNoDelay(true);
      let pending = '';
      const ask = () => {
        if (asked >= requests) return;
        asked++;
        socket.write(request);
      };
      socket.on('connect', ask);
      socket.on('error', (problem) => stop(() => reject(problem)));
      socket.on('data', (chunk) => {
        pending += chunk.latin1Slice();
        const bodyAt = pending.indexOf('\r\n\r\n') + 4;
        if (bodyAt < 4) return;
        const length = Number(/content-length: (\d+)/i.exec(pending)?.[1]);
        if (pending.length < bodyAt + length) return;
        if (!pending.startsWith('HTTP/1.1 200')) {
          stop(() => reject(new Error(`The server answered ${pending.slice(0, 200)}`)));
          return;
        }
        pending = '';
        if (++answered === requests) {
          const seconds = (performance.now() - started) / 1000;
          stop(() => resolve({ perSecond: requests / seconds }));
        } else ask();
      });
    }
  });
}

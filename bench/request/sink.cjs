'use strict';
// Receives what tracers send (UDP for X-Ray's daemon; HTTP for OTLP and Datadog's agent) and counts the innermost call:
// one per request, whatever the format. Bodies are not parsed, because the sink must keep up.
const dgram = require('node:dgram');
const { once } = require('node:events');
const http = require('node:http');
const { INNERMOST } = require('./activities.cjs');

const marker = Buffer.from(INNERMOST);
const counters = [];

function count(counter, body) {
  counter.messages++;
  counter.bytes += body.length;
  for (let at = body.indexOf(marker); at >= 0; at = body.indexOf(marker, at + marker.length)) {
    counter.seen++;
  }
}

const answers = {
  /** Opens two ports for one sender, so that late data is still attributed to it. */
  async open() {
    const counter = { seen: 0, messages: 0, bytes: 0 };
    const id = counters.push(counter) - 1;
    const udp = dgram.createSocket({ type: 'udp4', recvBufferSize: 8 << 20 });
    udp.on('message', (message) => count(counter, message));
    const web = http.createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        count(counter, Buffer.concat(chunks));
        response.setHeader('content-type', 'application/json');
        response.end('{}');
      });
    });
    udp.bind(0, '127.0.0.1');
    web.listen(0, '127.0.0.1');
    await Promise.all([once(udp, 'listening'), once(web, 'listening')]);
    return { id, udpPort: udp.address().port, httpPort: web.address().port };
  },
  counts: ({ id }) => counters[id],
};

process.on('message', async ({ ask, args }) => process.send({ answer: await answers[ask](args) }));
process.send({ answer: 'ready' });

'use strict';
// One application, traced or not, with the most expensive requests. Messages from the parent control it.
require('reflect-metadata');
const { monitorEventLoopDelay } = require('node:perf_hooks');
const { BadRequestException, Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { capturePg, Subsegment, XrayModule, XrayService } = require('nestjs-xray');

const [variant, port] = process.argv.slice(2);
const traced = variant === 'traced';

class Shop {
  async step(n) {
    return n;
  }
  async rows(megabytes) {
    const text = 'x'.repeat(8_000);
    const count = Math.ceil((megabytes * 1e6) / (50 * text.length));
    const row = () => Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`c${at}`, text]));
    return Array.from({ length: count }, row);
  }
}
/** The part of pg that an insert needs. */
class Client {
  constructor() {
    Object.assign(this, { host: 'db', database: 'shop', port: 5432 });
  }
  query(text) {
    // pg does this before it sends the text.
    Buffer.from(text);
    return Promise.resolve({ rows: [] });
  }
}

function decorate(method, options) {
  const descriptor = Object.getOwnPropertyDescriptor(Shop.prototype, method);
  Subsegment(options)(Shop.prototype, method, descriptor);
  Object.defineProperty(Shop.prototype, method, descriptor);
}

async function main() {
  if (traced) {
    decorate('step');
    decorate('rows', { captureResult: true });
  }
  class App {}
  const options = { serviceName: 'hostile', daemonAddress: `127.0.0.1:${port}`, logs: false };
  Module({ imports: traced ? [XrayModule.forRoot(options)] : [] })(App);
  const app = await NestFactory.create(App, { logger: false, bodyParser: false });
  if (traced) capturePg([{ Client }]);
  const shop = new Shop();
  const work = {
    async throw(text) {
      throw new BadRequestException(`cannot use ${text}`);
    },
    async steps(_, count) {
      for (let n = 0; n < count; n++) await shop.step(n);
    },
    async result(_, megabytes) {
      return void (await shop.rows(megabytes));
    },
    async inserts() {
      const client = new Client();
      const values = Array.from({ length: 10_000 }, (_, n) => `($${2 * n + 1}, $${2 * n + 2})`);
      for (let n = 0; n < 600; n++) {
        await client.query(`INSERT INTO events_${n} (a, b) VALUES ${values.join(', ')}`);
      }
    },
  };
  const { httpAdapter } = app.get(require('@nestjs/core').HttpAdapterHost);
  const { ExceptionsHandler } = require('@nestjs/core/exceptions/exceptions-handler');
  const { ExecutionContextHost } = require('@nestjs/core/helpers/execution-context-host');
  app.use((request, response) => {
    const [, name, size] = request.url.split('/');
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      work[name](Buffer.concat(chunks).toString(), Number(size)).then(
        () => response.end(),
        (thrown) => {
          const host = new ExecutionContextHost([request, response, () => {}]);
          new ExceptionsHandler(httpAdapter).next(thrown, host);
        },
      );
    });
  });
  await app.listen(0, '127.0.0.1');
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const answers = {
    begin() {
      delay.reset();
      const { user, system } = process.cpuUsage();
      return { cpu: user + system };
    },
    async end() {
      if (traced) await allSent(app.get(XrayService));
      const { user, system } = process.cpuUsage();
      return { cpu: user + system, held: delay.max / 1e6 };
    },
    heap() {
      globalThis.gc();
      globalThis.gc();
      return process.memoryUsage().heapUsed;
    },
  };
  process.on('message', async (ask) => process.send(await answers[ask]()));
  process.on('disconnect', () => process.exit());
  process.send({ port: app.getHttpServer().address().port });
}

/** Waits until everything that was closed has been sent. */
async function allSent(xray) {
  for (;;) {
    const { opened, closed, sent, failed, dropped } = xray.stats();
    if (opened === closed && sent + failed + dropped === closed) return;
    await new Promise((turn) => setTimeout(turn, 2));
  }
}

main().catch((problem) => {
  console.error(problem);
  process.exit(1);
});

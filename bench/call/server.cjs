'use strict';
// Calls decorated methods, inside a request for which the tracer opened a trace, and outside any request.
const { startTracer } = require('../tracers/start.cjs');

async function main() {
  const [variant, bare] = process.argv.slice(2);
  const tracer = startTracer(variant, { exporting: false });
  require('reflect-metadata');
  const { Controller, Get, Module, Query } = require('@nestjs/common');
  const { NestFactory } = require('@nestjs/core');
  const { decorate, decorateParameter } = require('../lib/decorate.cjs');
  const { subjectOf, measure } = require('./loops.cjs');
  const subject = subjectOf(bare ? () => undefined : tracer.traced);

  class CallController {
    run({ kind, calls }) {
      return measure(subject, { kind, calls: Number(calls) });
    }
  }
  decorate(Get(), CallController, 'run');
  decorateParameter(Query(), CallController, 'run', 0);
  Controller('call')(CallController);
  class AppModule {}
  Module({
    imports: tracer.imports ?? [],
    providers: tracer.providers ?? [],
    controllers: [CallController],
  })(AppModule);

  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  tracer.use?.(app);
  await app.listen(0, '127.0.0.1');

  // When started by a message, the loop runs outside any request.
  process.on('message', async ({ ask, args }) => {
    if (ask === 'collect') globalThis.gc();
    process.send({ answer: ask === 'outside' ? await measure(subject, args) : 'done' });
  });
  process.send({ answer: { port: app.getHttpServer().address().port } });
}

main().catch((problem) => {
  console.error(problem);
  process.exit(1);
});

/* A gateway: an HTTP service that passes on the headers of a request with a message. */
require('reflect-metadata');
const { Controller, Get, Headers, Module, Param } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { XrayModule } = require('nestjs-xray');
const { MemoryEmitter } = require('nestjs-xray/testing');
const { decorate } = require('../decorate.cjs');

/** Starts it; `pass` does the work of a request to `/pass/name/tag`, `prepare` adds middleware. */
exports.startGateway = async function startGateway(pass, prepare) {
  class Gateway {
    async pass(name, tag, headers) {
      return (await pass(name, tag, headers)) ?? 'sent';
    }
  }
  decorate(Gateway, 'pass', [Get('pass/:name/:tag')], [Param('name'), Param('tag'), Headers()]);
  Controller()(Gateway);
  const memory = new MemoryEmitter();
  class App {}
  Module({
    imports: [XrayModule.forRoot({ serviceName: 'gateway', emitter: memory, sampling: 1 })],
    controllers: [Gateway],
  })(App);
  const app = await NestFactory.create(App, { logger: ['error', 'warn'] });
  prepare?.(app);
  await app.listen(0, '127.0.0.1');
  return {
    memory,
    url: `http://127.0.0.1:${app.getHttpServer().address().port}`,
    close: () => app.close(),
  };
};

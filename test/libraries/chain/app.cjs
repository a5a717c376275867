/* Our side of a chain of services. */
require('reflect-metadata');
const { Controller, Get, Module, Query } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { XrayModule, XrayService } = require('nestjs-xray');
const { MemoryEmitter } = require('nestjs-xray/testing');
const { decorate } = require('../decorate.cjs');

class Chain {
  async go(to) {
    if (to === undefined) return 'done';
    return (await fetch(to)).text();
  }
}
decorate(Chain, 'go', [Get('go')], [Query('to')]);
Controller()(Chain);

exports.start = async function start({ sampling = 0, providers = [], options = {} } = {}) {
  const memory = new MemoryEmitter();
  class App {}
  Module({
    imports: [XrayModule.forRoot({ serviceName: 'shop', emitter: memory, sampling, ...options })],
    controllers: [Chain],
    providers,
  })(App);
  const app = await NestFactory.create(App, { logger: false });
  await app.listen(0, '127.0.0.1');
  return {
    memory,
    xray: app.get(XrayService),
    url: `http://127.0.0.1:${app.getHttpServer().address().port}`,
    close: () => app.close(),
  };
};

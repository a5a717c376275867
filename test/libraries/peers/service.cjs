/* A Nest service that knows nothing of nestjs-xray, on every transport. */
require('reflect-metadata');
const { Controller, Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { EventPattern, GrpcMethod, MessagePattern, Payload } = require('@nestjs/microservices');
const { of } = require('rxjs');
const { transports } = require('../cases/transports.cjs');
const { decorate } = require('../decorate.cjs');

class Peer {
  echo({ tag }) {
    return tag;
  }
  noted() {}
  once({ tag }) {
    return { tag };
  }
  many({ tag }) {
    return of({ tag }, { tag });
  }
}
decorate(Peer, 'echo', [MessagePattern('libraries.echo')], [Payload()]);
decorate(Peer, 'noted', [EventPattern('libraries.noted')], [Payload()]);
decorate(Peer, 'once', [GrpcMethod('Echo', 'Once')]);
decorate(Peer, 'many', [GrpcMethod('Echo', 'Many')]);
Controller()(Peer);

process.once('message', async (servers) => {
  class App {}
  Module({ controllers: [Peer] })(App);
  const app = await NestFactory.create(App, { logger: false });
  for (const { server } of transports) app.connectMicroservice(server(servers));
  await app.startAllMicroservices();
  process.send(Object.keys(require.cache).some((path) => path.includes('/nestjs-xray/')));
});
process.on('disconnect', () => process.exit());

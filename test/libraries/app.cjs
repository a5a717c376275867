/* One Nest application with all libraries, as main.ts of a user's would have it. */
require('nestjs-xray/opentelemetry');
const { registerInstrumentations } = require('@opentelemetry/instrumentation');

const libraries = {
  ...require('./cases/redis.cjs'),
  ...require('./cases/sql.cjs'),
  ...require('./cases/prisma.cjs'),
  ...require('./cases/mongo.cjs'),
  ...require('./cases/messaging.cjs'),
  ...require('./cases/kafka.cjs'),
  ...require('./cases/grpc.cjs'),
  ...require('./cases/http-clients.cjs'),
  ...require('./cases/uninstrumented.cjs'),
  ...require('./cases/others.cjs'),
};
registerInstrumentations({
  instrumentations: Object.values(libraries).flatMap((each) => each.instrumentation?.() ?? []),
});

require('reflect-metadata');
const { Controller, Get, InternalServerErrorException, Module, Param } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const {
  EventPattern,
  GrpcMethod,
  MessagePattern,
  Payload,
  RpcException,
} = require('@nestjs/microservices');
const { of } = require('rxjs');
const { OtlpEmitter, Subsegment, UdpEmitter, XrayModule, XrayService } = require('nestjs-xray');
const { MemoryEmitter } = require('nestjs-xray/testing');
const { transports } = require('./cases/transports.cjs');
const { decorate } = require('./decorate.cjs');

const opened = new Map();

class Libraries {
  constructor(xray) {
    this.xray = xray;
  }

  /** One after the other, so that the order of subsegments is the same in each request. */
  async run(names, tag) {
    for (const name of names.split(',')) await this.use(name, tag);
    return tag;
  }

  async use(name, tag) {
    const traceId = this.xray.traceId.slice(2).replace('-', '');
    const answer = await this.ask(name, `${tag}-${name}`, traceId);
    if (answer !== `${tag}-${name}`) throw new Error(`${name} answered ${answer}`);
  }

  /** What goes wrong is in the answer, which the test shows. */
  async ask(name, tag, traceId) {
    try {
      return await opened.get(name).run(tag, traceId);
    } catch (problem) {
      throw new InternalServerErrorException(`${name}: ${problem?.stack ?? problem}`);
    }
  }

  echo({ tag }) {
    return tag;
  }

  noted() {}

  fail() {
    throw new RpcException({ name: 'OutOfStock', message: 'none left' });
  }

  once({ tag }) {
    return { tag };
  }

  many({ tag }) {
    return of({ tag }, { tag });
  }
}
decorate(Libraries, 'use', [Subsegment('use')]);
decorate(Libraries, 'run', [Get('/:names/:tag')], [Param('names'), Param('tag')]);
decorate(Libraries, 'echo', [MessagePattern('libraries.echo')], [Payload()]);
decorate(Libraries, 'fail', [MessagePattern('libraries.fail')]);
decorate(Libraries, 'noted', [EventPattern('libraries.noted')], [Payload()]);
decorate(Libraries, 'once', [GrpcMethod('Echo', 'Once')]);
decorate(Libraries, 'many', [GrpcMethod('Echo', 'Many')]);
Reflect.defineMetadata('design:paramtypes', [XrayService], Libraries);
Controller()(Libraries);

/** Hands everything to several emitters: the same trace by every road. */
class Everywhere {
  constructor(emitters) {
    this.emitters = emitters;
  }
  emit(closed) {
    for (const each of this.emitters) each.emit(closed);
  }
  async flush() {
    await Promise.all(this.emitters.map((each) => each.flush()));
  }
  async close() {
    await Promise.all(this.emitters.map((each) => each.close()));
  }
}

/** Starts it; `udp` and `otlp` are addresses that get the traces too. */
exports.start = async function start(servers, { udp, otlp } = {}) {
  const memory = new MemoryEmitter();
  const emitters = [memory];
  if (udp) emitters.push(new UdpEmitter(udp));
  if (otlp) emitters.push(new OtlpEmitter({ url: otlp, delayMs: 20 }));
  class App {}
  Module({
    imports: [XrayModule.forRoot({ serviceName: 'shop', emitter: new Everywhere(emitters) })],
    controllers: [Libraries],
  })(App);
  const app = await NestFactory.create(App, { logger: ['error', 'warn'] });
  for (const { server } of transports) app.connectMicroservice(server(servers));
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  for (const { name, open } of transports) opened.set(name, await open(servers));
  for (const [name, { open }] of Object.entries(libraries)) opened.set(name, await open(servers));
  return {
    memory,
    url: `http://127.0.0.1:${app.getHttpServer().address().port}`,
    /** The segment of a caller whom a transport's handler answers with an exception. */
    async failing(name) {
      const from = memory.documents.length;
      const xray = app.get(XrayService);
      await xray.captureSegment('caller', () => opened.get(name).fail());
      return memory.documents.slice(from).find((each) => each.name === 'caller');
    },
    flush: () => Promise.all(emitters.map((each) => each.flush())),
    async close() {
      for (const each of opened.values()) await each.close?.();
      await app.close();
    },
  };
};
exports.libraries = libraries;
exports.transports = transports;

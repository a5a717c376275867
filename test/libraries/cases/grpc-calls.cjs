/* A gRPC service with every kind of handler, and what calls of it are expected to leave. */
const { join } = require('node:path');
const { Controller, Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const {
  ClientProxyFactory,
  GrpcMethod,
  GrpcStreamCall,
  GrpcStreamMethod,
  RpcException,
  Transport,
} = require('@nestjs/microservices');
const { concatMap, from, lastValueFrom, map, NEVER, of, toArray } = require('rxjs');
const { Subsegment, XrayModule, XrayService } = require('nestjs-xray');
const { MemoryEmitter } = require('nestjs-xray/testing');
const { decorate } = require('../decorate.cjs');

class OutOfStock extends RpcException {}

/** What handlers do with a message: 13 and 14 are refused. */
class Work {
  async step(id) {
    await new Promise((turn) => setImmediate(turn));
    if (id === 13) throw new OutOfStock({ code: 5, message: 'no hero 13' });
    if (id === 14) throw new TypeError('broken on purpose');
    return { id: id * 2 };
  }
}
decorate(Work, 'step', [Subsegment()]);

class Heroes {
  constructor(work) {
    this.work = work;
  }

  findOne({ id }) {
    return this.work.step(id);
  }

  many({ id }) {
    if (id === 99) return NEVER;
    return from([1, 2, id]).pipe(concatMap((each) => this.work.step(each)));
  }

  both(heroes) {
    return heroes.pipe(concatMap(({ id }) => this.work.step(id)));
  }

  sum(heroes) {
    return heroes.pipe(
      concatMap(({ id }) => this.work.step(id)),
      toArray(),
      map((all) => ({ id: all.reduce((sum, { id }) => sum + id, 0) })),
    );
  }

  up(call, callback) {
    const steps = [];
    call.on('data', ({ id }) => steps.push(this.work.step(id)));
    call.on('end', () => {
      Promise.all(steps).then(
        (all) => callback(null, { id: all.length }),
        (thrown) => callback(thrown instanceof RpcException ? thrown.getError() : thrown),
      );
    });
  }

  chat(call) {
    const steps = [];
    call.on('data', ({ id }) => {
      if (id === 8) call.emit('error', Object.assign(new Error('slow down'), { code: 8 }));
      else steps.push(this.work.step(id).then((hero) => call.write(hero)));
    });
    call.on('end', () => Promise.all(steps).then(() => call.end()));
  }
}
decorate(Heroes, 'findOne', [GrpcMethod('Heroes', 'FindOne')]);
decorate(Heroes, 'many', [GrpcMethod('Heroes', 'Many')]);
decorate(Heroes, 'both', [GrpcStreamMethod('Heroes', 'Both')]);
decorate(Heroes, 'sum', [GrpcStreamMethod('Heroes', 'Sum')]);
decorate(Heroes, 'up', [GrpcStreamCall('Heroes', 'Up')]);
decorate(Heroes, 'chat', [GrpcStreamCall('Heroes', 'Chat')]);
Reflect.defineMetadata('design:paramtypes', [Work], Heroes);
Controller()(Heroes);

/** Starts service and client; `record` gives what a call leaves in each of them. */
exports.startGrpc = async function startGrpc(port) {
  const memory = new MemoryEmitter();
  class App {}
  Module({
    imports: [XrayModule.forRoot({ serviceName: 'heroes', emitter: memory })],
    controllers: [Heroes],
    providers: [Work],
  })(App);
  const options = {
    transport: Transport.GRPC,
    options: {
      package: 'calls',
      protoPath: join(__dirname, 'calls.proto'),
      url: `127.0.0.1:${port}`,
    },
  };
  const app = await NestFactory.createMicroservice(App, { ...options, logger: false });
  await app.listen();
  const client = ClientProxyFactory.create(options);
  const heroes = client.getService('Heroes');
  const xray = app.get(XrayService);

  return {
    heroes,
    numbers: (...ids) => of(...ids.map((id) => ({ id }))),
    /** Does `work`, which resolves when its call is over, as the caller's segment. */
    async record(work) {
      memory.documents.length = 0;
      const answer = await xray.captureSegment('caller', work).catch((thrown) => thrown);
      const find = (name) =>
        memory.documents.find((each) => each.name === name && each.type !== 'subsegment');
      await until(() => find('caller') && find('heroes'));
      return { answer, caller: find('caller'), callee: find('heroes') };
    },
    /** How many segments have been opened. */
    opened: () => xray.stats().opened,
    all: (answers) => lastValueFrom(answers.pipe(toArray())),
    async close() {
      client.close();
      await app.close();
    },
  };
};

async function until(condition) {
  for (const end = Date.now() + 10_000; !condition();) {
    if (Date.now() > end) throw new Error('A segment never came.');
    await new Promise((turn) => setTimeout(turn, 2));
  }
}

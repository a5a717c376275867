/* A Nest service on one transport, and a client of it. */
require('reflect-metadata');
const { Controller, Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const {
  EventPattern,
  GrpcMethod,
  MessagePattern,
  Payload,
  RpcException,
} = require('@nestjs/microservices');
const { of } = require('rxjs');
const { setTimeout: sleep } = require('node:timers/promises');
const { XrayModule, XrayService } = require('nestjs-xray');
const { MemoryEmitter } = require('nestjs-xray/testing');
const { decorate } = require('../decorate.cjs');

const ANSWERS_AFTER_MS = 50;

class Answering {
  async echo({ tag }) {
    await sleep(ANSWERS_AFTER_MS);
    return tag;
  }
  noted() {}
  fail() {
    throw new RpcException({ name: 'OutOfStock', message: 'none left' });
  }
  async once({ tag }) {
    await sleep(ANSWERS_AFTER_MS);
    return { tag };
  }
  many({ tag }) {
    return of({ tag }, { tag });
  }
}
decorate(Answering, 'echo', [MessagePattern('libraries.echo')], [Payload()]);
decorate(Answering, 'fail', [MessagePattern('libraries.fail')]);
decorate(Answering, 'noted', [EventPattern('libraries.noted')], [Payload()]);
decorate(Answering, 'once', [GrpcMethod('Echo', 'Once')]);
decorate(Answering, 'many', [GrpcMethod('Echo', 'Many')]);
Controller()(Answering);

exports.startAnswering = async function startAnswering({ server, open }, addresses) {
  const memory = new MemoryEmitter();
  class App {}
  Module({
    imports: [XrayModule.forRoot({ serviceName: 'answering', emitter: memory, sampling: 1 })],
    controllers: [Answering],
  })(App);
  const app = await NestFactory.createMicroservice(App, { ...server(addresses), logger: false });
  await app.listen();
  const client = await open(addresses);
  const xray = app.get(XrayService);
  return {
    client,
    answersAfterMs: ANSWERS_AFTER_MS,
    /** Does `work` in a segment; what was recorded, in the order of the calls in it. */
    async record(work) {
      memory.documents.length = 0;
      await xray.captureSegment('caller', work);
      const all = memory.documents;
      const caller = () => all.find(({ name }) => name === 'caller');
      const answered = ({ id }) => all.some(({ parent_id }) => parent_id === id);
      for (const until = Date.now() + 20_000; !caller()?.subsegments.every(answered);) {
        if (Date.now() > until) throw new Error(`Only these came: ${JSON.stringify(all)}`);
        await sleep(5);
      }
      // What an answer leaves would come about now.
      await xray.captureSegment('end', () => client.run('end'));
      const order = caller().subsegments.map(({ id }) => id);
      const others = all.filter(({ trace_id }) => trace_id !== caller().trace_id);
      const ended = all.find(({ name }) => name === 'end').trace_id;
      const stray = others.filter(({ trace_id }) => trace_id !== ended);
      const same = all.filter(
        ({ trace_id, name }) => trace_id === caller().trace_id && name !== 'caller',
      );
      same.sort((a, b) => order.indexOf(a.parent_id) - order.indexOf(b.parent_id));
      return { caller: caller(), others: [...same, ...stray] };
    },
    async close() {
      await client.close();
      await app.close();
    },
  };
};

/* A Nest application whose requests queue jobs, and which runs them: BullMQ, Bull and a schedule. */
require('reflect-metadata');
const { Controller, Get, Injectable, Module, Param } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const {
  BullModule: BullMqModule,
  Processor: BullMqProcessor,
  WorkerHost,
} = require('@nestjs/bullmq');
const { BullModule, Process, Processor: BullProcessor } = require('@nestjs/bull');
const { Interval, ScheduleModule } = require('@nestjs/schedule');
const { FlowProducer, Queue, UnrecoverableError, Worker, DelayedError } = require('bullmq');
const { BullMQOtel } = require('bullmq-otel');
const Bull = require('bull');
const { XrayModule, XrayService } = require('nestjs-xray');
const { MemoryEmitter } = require('nestjs-xray/testing');
const { decorate } = require('../decorate.cjs');

/** What all processors do: fail as the job's data says, else use Redis through the bridge's ioredis. */
async function perform(job, xray) {
  const { failures = 0, fatal } = job.data;
  if (fatal) throw new UnrecoverableError(fatal);
  const attempt = job.attemptsStarted ?? job.attemptsMade + 1;
  if (attempt <= failures) throw new TypeError(`attempt ${attempt} failed`);
  await xray.capture('deliver', async () => {});
}

class MailProcessor extends WorkerHost {
  constructor(xray) {
    super();
    this.xray = xray;
  }
  async process(job, token) {
    if (job.data.later && job.attemptsStarted === 1) {
      await job.moveToDelayed(Date.now() + 1, token);
      throw new DelayedError();
    }
    return perform(job, this.xray);
  }
}
Reflect.defineMetadata('design:paramtypes', [XrayService], MailProcessor);
BullMqProcessor('mail')(MailProcessor);

class ImageProcessor {
  constructor(xray) {
    this.xray = xray;
  }
  resize(job) {
    return perform(job, this.xray);
  }
  any(job) {
    return perform(job, this.xray);
  }
}
decorate(ImageProcessor, 'resize', [Process('resize')]);
decorate(ImageProcessor, 'any', [Process()]);
Reflect.defineMetadata('design:paramtypes', [XrayService], ImageProcessor);
BullProcessor('images')(ImageProcessor);

class Reports {
  often() {}
}
decorate(Reports, 'often', [Interval(20)]);
Injectable()(Reports);

exports.start = async function start({ redis }) {
  const memory = new MemoryEmitter();
  const connection = { host: '127.0.0.1', port: redis, maxRetriesPerRequest: null };
  const raw = new Queue('raw', { connection });
  const told = new Queue('told', { connection, telemetry: new BullMQOtel('jobs') });
  const flows = new FlowProducer({ connection });
  const mail = new Queue('mail', { connection });
  const images = new Bull('images', { redis: connection });
  /** What a request does, by its name. */
  const tasks = {
    mail: (options) => mail.add('welcome', { ...options }, retried(options)),
    raw: (options) => raw.add('greet', { ...options }, retried(options)),
    bulk: () =>
      raw.addBulk([
        { name: 'one', data: {} },
        { name: 'two', data: {} },
      ]),
    flow: () =>
      flows.add({
        ...{ name: 'parent', queueName: 'raw', data: {} },
        children: [{ name: 'child', queueName: 'raw', data: {} }],
      }),
    told: () => told.add('greet', {}),
    image: (options) => images.add('resize', { ...options }, retried(options)),
    unnamed: () => images.add({}),
    imageBulk: () => images.addBulk([{ name: 'resize', data: {} }, { data: {} }]),
    refused: () => raw.add('greet', {}, { jobId: '0:no' }).catch(({ message }) => message),
  };

  class Tasks {
    async run(name, options) {
      const result = await tasks[name](JSON.parse(options));
      return typeof result === 'string' ? result : 'queued';
    }
  }
  decorate(Tasks, 'run', [Get('/:name/:options')], [Param('name'), Param('options')]);
  Controller()(Tasks);

  class Jobs {}
  Module({
    imports: [
      XrayModule.forRoot({ serviceName: 'shop', emitter: memory }),
      BullMqModule.forRoot({ connection }),
      BullMqModule.registerQueue({ name: 'mail' }),
      BullModule.registerQueue({ name: 'images', redis: connection }),
      ScheduleModule.forRoot(),
    ],
    controllers: [Tasks],
    providers: [MailProcessor, ImageProcessor, Reports],
  })(Jobs);
  const app = await NestFactory.create(Jobs, { logger: false });
  const xray = app.get(XrayService);
  const worker = new Worker('raw', (job) => perform(job, xray), { connection, concurrency: 4 });
  const toldWorker = new Worker('told', (job) => perform(job, xray), {
    connection,
    telemetry: new BullMQOtel('jobs'),
  });
  await app.listen(0, '127.0.0.1');
  return {
    memory,
    url: `http://127.0.0.1:${app.getHttpServer().address().port}`,
    async close() {
      await Promise.all([worker.close(), toldWorker.close(), images.close()]);
      await Promise.all([raw, told, flows, mail].map((each) => each.close()));
      await app.close();
    },
  };
};

function retried({ failures = 0 }) {
  return { attempts: failures + 1 };
}

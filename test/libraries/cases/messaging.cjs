const { AmqplibInstrumentation } = require('@opentelemetry/instrumentation-amqplib');
const { Queue, Worker } = require('bullmq');

exports.amqplib = {
  turnOn: ['AmqplibInstrumentation', '@opentelemetry/instrumentation-amqplib'],
  instrumentation: () => new AmqplibInstrumentation(),
  async open({ rabbitmq }) {
    const connection = await require('amqplib').connect(`amqp://127.0.0.1:${rabbitmq}`);
    const channel = await connection.createChannel();
    await channel.assertQueue('libraries', { autoDelete: true });
    const waiting = new Map();
    await channel.consume('libraries', (message) => {
      const tag = message.content.toString();
      channel.ack(message);
      waiting.get(tag)(tag);
    });
    return {
      run: (tag) =>
        new Promise((done) => {
          waiting.set(tag, done);
          channel.sendToQueue('libraries', Buffer.from(tag));
        }),
      close: () => connection.close(),
    };
  },
  expects: ['rabbitmq [remote] publish <default>'],
  consumes: 'libraries process',
};

exports.bullmq = {
  turnOn: [],
  async open({ redis }) {
    const connection = { host: '127.0.0.1', port: redis, maxRetriesPerRequest: null };
    const queue = new Queue('libraries', { connection });
    // Not job.waitUntilFinished(): each that waits adds a listener to the queue, and Node warns of the eleventh.
    const waiting = new Map();
    const worker = new Worker('libraries', async ({ data }) => waiting.get(data.tag)(data.tag), {
      connection,
      concurrency: 8,
    });
    await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
    return {
      async run(tag) {
        const done = new Promise((resolve) => waiting.set(tag, resolve));
        await queue.add('greet', { tag });
        return done;
      },
      async close() {
        await worker.close();
        await queue.close();
      },
    };
  },
  expects: ['libraries/greet [remote]'],
  shows: '`libraries/greet [remote]`; the job is a segment of its own, see [jobs](entries.md#jobs)',
};

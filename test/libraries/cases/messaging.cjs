const { AmqplibInstrumentation } = require('@opentelemetry/instrumentation-amqplib');

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
  /** The consumer is a segment in the same trace. */
  segments: ['process libraries'],
};

exports.bullmq = {
  turnOn: [],
  async open({ redis }) {
    const { Queue, Worker, QueueEvents } = require('bullmq');
    const connection = { host: '127.0.0.1', port: redis, maxRetriesPerRequest: null };
    const queue = new Queue('libraries', { connection });
    const events = new QueueEvents('libraries', { connection });
    const worker = new Worker('libraries', async ({ data }) => data.tag, {
      connection,
      concurrency: 8,
    });
    await Promise.all([queue.waitUntilReady(), events.waitUntilReady(), worker.waitUntilReady()]);
    return {
      async run(tag) {
        const job = await queue.add('greet', { tag });
        return job.waitUntilFinished(events);
      },
      async close() {
        await worker.close();
        await events.close();
        await queue.close();
      },
    };
  },
};

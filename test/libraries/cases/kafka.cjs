const { KafkaJsInstrumentation } = require('@opentelemetry/instrumentation-kafkajs');

exports.kafkajs = {
  turnOn: ['KafkaJsInstrumentation', '@opentelemetry/instrumentation-kafkajs'],
  instrumentation: () => new KafkaJsInstrumentation(),
  async open({ kafka }) {
    const { Kafka, logLevel } = require('kafkajs');
    const client = new Kafka({ brokers: [`127.0.0.1:${kafka}`], logLevel: logLevel.ERROR });
    const producer = client.producer();
    const consumer = client.consumer({ groupId: 'libraries' });
    const waiting = new Map();
    await Promise.all([producer.connect(), consumer.connect()]);
    await consumer.subscribe({ topic: 'tags', fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        const tag = String(message.value);
        waiting.get(tag)(tag);
      },
    });
    return {
      async run(tag) {
        const arrived = new Promise((resolve) => waiting.set(tag, resolve));
        await producer.send({ topic: 'tags', messages: [{ value: tag }] });
        return arrived;
      },
      close: () => Promise.all([producer.disconnect(), consumer.disconnect()]),
    };
  },
  expects: ['kafka [remote] send tags'],
  consumes: 'process tags',
};

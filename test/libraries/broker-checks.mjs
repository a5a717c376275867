import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { until } from './until.mjs';

const require = createRequire(import.meta.url);

/** What MongoDB refuses, and messages of Kafka that are handled as a batch. */
export async function brokerChecks({ check, servers }) {
  const { memory, xray, close } = await require('./chain/app.cjs').start({ sampling: 1 });
  const segments = () => memory.documents;

  await check('MongoDB: an error of the server is a fault with its message', async () => {
    const { mongodb } = require('./cases/mongo.cjs');
    const client = await mongodb.open(servers);
    const said = await xray.captureSegment('caller', () => client.fail());
    await client.close();
    const caller = await until(() => segments().find(({ name }) => name === 'caller'));
    const [{ fault, cause }] = caller.subsegments;
    const [{ message, remote }] = cause.exceptions;
    assert.deepEqual({ fault, message, remote }, { fault: true, message: said, remote: true });
    assert.match(said, /no such command/);
  });

  await check('kafkajs: a batch is a segment, with a link for each message in it', async () => {
    const { Kafka, logLevel } = require('kafkajs');
    const kafka = new Kafka({ brokers: [`127.0.0.1:${servers.kafka}`], logLevel: logLevel.ERROR });
    const producer = kafka.producer();
    const consumer = kafka.consumer({ groupId: 'batches' });
    await Promise.all([producer.connect(), consumer.connect()]);
    await consumer.subscribe({ topic: 'batches', fromBeginning: true });
    // Before the consumer runs, so that both are fetched at once.
    await xray.captureSegment('sender', () =>
      producer.send({ topic: 'batches', messages: [{ value: 'one' }, { value: 'two' }] }),
    );
    await consumer.run({ eachBatch: () => xray.capture('handle', async () => {}) });
    const isBatch = ({ metadata }) => metadata?.otel?.name === 'poll batches';
    const batch = await until(() => segments().find(isBatch));
    await Promise.all([producer.disconnect(), consumer.disconnect()]);
    const sender = segments().find(({ name }) => name === 'sender');
    const handled = batch.subsegments.filter(({ name }) => name === 'handle');
    assert.equal(handled.length, 1);
    const messages = batch.subsegments.filter(({ name }) => name !== 'handle');
    assert.deepEqual(
      messages.flatMap(({ links }) => links.map(({ id }) => id)),
      sender.subsegments.map(({ id }) => id),
    );
  });
  await close();
}

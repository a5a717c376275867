/* What arrives at a service that uses the plain client of each broker: the headers of a message. */
const { join } = require('node:path');
const { logLevel } = require('kafkajs');

/** Each calls `received` with the names and values of a message's headers, and its text. */
exports.receivers = {
  async NATS({ nats }, received) {
    const connection = await require('nats').connect({ servers: `127.0.0.1:${nats}` });
    connection.subscribe('libraries.headers', {
      callback(_, { headers, data }) {
        const all = [...headers].flatMap(([name, values]) => values.map((each) => [name, each]));
        received(all, Buffer.from(data).toString());
      },
    });
    await connection.flush();
    return () => connection.close();
  },
  async RMQ({ rabbitmq }, received) {
    const connection = await require('amqplib').connect(`amqp://127.0.0.1:${rabbitmq}`);
    const channel = await connection.createChannel();
    await channel.assertQueue('headers', { durable: false, autoDelete: true });
    await channel.consume(
      'headers',
      ({ properties, content }) => received(Object.entries(properties.headers), String(content)),
      { noAck: true },
    );
    return () => connection.close();
  },
  async KAFKA({ kafka }, received) {
    const { Kafka } = require('kafkajs');
    const client = new Kafka({ brokers: [`127.0.0.1:${kafka}`], logLevel: logLevel.ERROR });
    const consumer = client.consumer({ groupId: 'headers' });
    await consumer.connect();
    await consumer.subscribe({ topic: 'libraries.headers', fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message: { headers, value } }) =>
        received(
          Object.entries(headers).map(([name, each]) => [name, String(each)]),
          String(value),
        ),
    });
    return () => consumer.disconnect();
  },
  async MQTT({ mosquitto }, received) {
    const url = `mqtt://127.0.0.1:${mosquitto}`;
    const client = await require('mqtt').connectAsync(url, { protocolVersion: 5 });
    client.on('message', (_topic, payload, { properties }) =>
      received(Object.entries(properties?.userProperties ?? {}), String(payload)),
    );
    await client.subscribeAsync('libraries.headers');
    return () => client.endAsync();
  },
  async REDIS({ redis }, received) {
    const { Redis } = require('ioredis');
    const client = new Redis(redis, '127.0.0.1');
    client.on('message', (_channel, text) => {
      const { pattern, data, ...fields } = JSON.parse(text);
      const named = Object.entries(fields).map(([name, value]) =>
        name === 'xray' ? ['X-Amzn-Trace-Id', value] : [name, value],
      );
      received(named, text);
    });
    await client.subscribe('libraries.headers');
    return () => client.disconnect();
  },
  async GRPC({ grpc: port }, received) {
    const grpc = require('@grpc/grpc-js');
    const { loadSync } = require('@grpc/proto-loader');
    const proto = loadSync(join(__dirname, '../cases/echo.proto'));
    const server = new grpc.Server();
    server.addService(grpc.loadPackageDefinition(proto).libraries.Echo.service, {
      Once({ request, metadata }, answer) {
        const all = Object.entries(metadata.toJSON());
        received(
          all.flatMap(([name, values]) => values.map((each) => [name, each])),
          request.tag,
        );
        answer(null, request);
      },
    });
    const credentials = grpc.ServerCredentials.createInsecure();
    await new Promise((resolve, reject) =>
      server.bindAsync(`127.0.0.1:${port}`, credentials, (problem) =>
        problem ? reject(problem) : resolve(),
      ),
    );
    return () => server.forceShutdown();
  },
};

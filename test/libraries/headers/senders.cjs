/* Nest's clients, each sending a message with headers of the application's own. */
const { join } = require('node:path');
const { Metadata } = require('@grpc/grpc-js');
const { logLevel } = require('kafkajs');
const { headers: natsHeaders } = require('nats');
const { firstValueFrom } = require('rxjs');
const {
  ClientProxyFactory,
  MqttRecordBuilder,
  NatsRecordBuilder,
  RmqRecordBuilder,
  Transport,
} = require('@nestjs/microservices');

const entriesOf = Object.entries;

/** How each client is made, and a message of it with `headers`. */
exports.senders = {
  NATS: {
    options: ({ nats }) => ({ servers: [`nats://127.0.0.1:${nats}`] }),
    message(data, headers) {
      const given = natsHeaders();
      for (const [name, value] of entriesOf(headers)) given.set(name, value);
      return new NatsRecordBuilder(data).setHeaders(given).build();
    },
  },
  RMQ: {
    options: ({ rabbitmq }) => ({
      urls: [`amqp://127.0.0.1:${rabbitmq}`],
      queue: 'headers',
      queueOptions: { durable: false, autoDelete: true },
    }),
    message: (data, headers) => new RmqRecordBuilder(data).setOptions({ headers }).build(),
  },
  KAFKA: {
    options: ({ kafka }) => ({
      client: { brokers: [`127.0.0.1:${kafka}`], logLevel: logLevel.ERROR },
      producerOnlyMode: true,
    }),
    message: (value, headers) => ({ value, headers }),
  },
  MQTT: {
    options: ({ mosquitto }) => ({ url: `mqtt://127.0.0.1:${mosquitto}`, protocolVersion: 5 }),
    message: (data, userProperties) =>
      new MqttRecordBuilder(data).setProperties({ userProperties }).build(),
  },
  REDIS: {
    // Redis has no headers: the trace is a field of the packet, which a serializer can add too.
    options: ({ redis }) => ({
      host: '127.0.0.1',
      port: redis,
      serializer: {
        serialize: ({ data: { xray, ...data }, ...packet }) => ({ xray, ...packet, data }),
      },
    }),
    message: (data, { 'x-amzn-trace-id': xray }) => ({ ...data, xray }),
  },
  GRPC: {
    options: ({ grpc }) => ({
      package: 'libraries',
      protoPath: join(__dirname, '../cases/echo.proto'),
      url: `127.0.0.1:${grpc}`,
    }),
    send(client, data, headers) {
      const metadata = new Metadata();
      for (const [name, value] of entriesOf(headers)) metadata.set(name, value);
      return firstValueFrom(client.getService('Echo').once(data, metadata));
    },
  },
};

/** Plain clients, whose calls are recorded by OpenTelemetry's instrumentations. */
exports.plainSenders = {
  async amqplib({ rabbitmq }) {
    const connection = await require('amqplib').connect(`amqp://127.0.0.1:${rabbitmq}`);
    const channel = await connection.createChannel();
    return {
      send: (tag, headers) => void channel.sendToQueue('headers', Buffer.from(tag), { headers }),
      close: () => connection.close(),
    };
  },
  async kafkajs({ kafka }) {
    const { Kafka } = require('kafkajs');
    const client = new Kafka({ brokers: [`127.0.0.1:${kafka}`], logLevel: logLevel.ERROR });
    const producer = client.producer();
    await producer.connect();
    return {
      async send(tag, headers) {
        await producer.send({ topic: 'libraries.headers', messages: [{ value: tag, headers }] });
      },
      close: () => producer.disconnect(),
    };
  },
  async 'grpc-js'({ grpc: port }) {
    const grpc = require('@grpc/grpc-js');
    const { loadSync } = require('@grpc/proto-loader');
    const proto = loadSync(join(__dirname, '../cases/echo.proto'));
    const { Echo } = grpc.loadPackageDefinition(proto).libraries;
    const client = new Echo(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    return {
      send(tag, headers) {
        const metadata = new grpc.Metadata();
        for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
        return new Promise((resolve, reject) =>
          client.Once({ tag }, metadata, (problem) => (problem ? reject(problem) : resolve())),
        );
      },
      close: () => client.close(),
    };
  },
};

/** A client of the transport `name`; `send` passes `headers` on with the data. */
exports.openSender = async function openSender(name, servers) {
  const { options, message, send } = exports.senders[name];
  const client = ClientProxyFactory.create({
    transport: Transport[name],
    options: options(servers),
  });
  if (name !== 'GRPC') await client.connect();
  return {
    send: (tag, headers) =>
      send
        ? send(client, { tag }, headers)
        : firstValueFrom(client.emit('libraries.headers', message({ tag }, headers)), {
            defaultValue: undefined,
          }),
    close: () => client.close(),
  };
};

const { join } = require('node:path');
const { logLevel } = require('kafkajs');
const { firstValueFrom, lastValueFrom, toArray } = require('rxjs');
const { Transport, ClientProxyFactory } = require('@nestjs/microservices');

const amqp = (port) => ({
  urls: [`amqp://127.0.0.1:${port}`],
  queue: 'libraries_nest',
  queueOptions: { durable: false, autoDelete: true },
});

/** Nest's own transports: the client's call is a subsegment, the handler's work a segment of its own. */
const OPTIONS = {
  TCP: ({ tcp }) => ({ host: '127.0.0.1', port: tcp }),
  REDIS: ({ redis }) => ({ host: '127.0.0.1', port: redis }),
  NATS: ({ nats }) => ({ servers: [`nats://127.0.0.1:${nats}`] }),
  MQTT: ({ mosquitto }) => ({ url: `mqtt://127.0.0.1:${mosquitto}` }),
  KAFKA: ({ kafka }) => ({
    client: { brokers: [`127.0.0.1:${kafka}`], logLevel: logLevel.ERROR },
    subscribe: { fromBeginning: true },
  }),
  RMQ: ({ rabbitmq }) => amqp(rabbitmq),
  GRPC: ({ grpc }) => ({
    package: 'libraries',
    protoPath: join(__dirname, 'echo.proto'),
    url: `127.0.0.1:${grpc}`,
  }),
};

exports.transports = Object.entries(OPTIONS).map(([name, options]) => ({
  name,
  server: (servers) => ({ transport: Transport[name], options: options(servers) }),
  async open(servers) {
    const client = ClientProxyFactory.create({
      transport: Transport[name],
      options: options(servers),
    });
    if (name === 'KAFKA') {
      for (const pattern of ['echo', 'fail']) client.subscribeToResponseOf(`libraries.${pattern}`);
      await client.connect();
    }
    if (name === 'GRPC') {
      const echo = client.getService('Echo');
      return {
        async run(tag) {
          const all = await lastValueFrom(echo.many({ tag }).pipe(toArray()));
          if (all.length !== 2) throw new Error(`many answered ${all.length} times`);
          return (await firstValueFrom(echo.once({ tag }))).tag;
        },
        close: () => client.close(),
      };
    }
    return {
      async run(tag) {
        await firstValueFrom(client.emit('libraries.noted', { tag }), { defaultValue: undefined });
        return firstValueFrom(client.send('libraries.echo', { tag }));
      },
      fail: () => firstValueFrom(client.send('libraries.fail', {})).catch((thrown) => thrown),
      close: () => client.close(),
    };
  },
}));

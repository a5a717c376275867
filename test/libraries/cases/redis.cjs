const { IORedisInstrumentation } = require('@opentelemetry/instrumentation-ioredis');
const { RedisInstrumentation } = require('@opentelemetry/instrumentation-redis');

exports.ioredis = {
  turnOn: ['IORedisInstrumentation', '@opentelemetry/instrumentation-ioredis'],
  instrumentation: () => new IORedisInstrumentation(),
  open({ redis }) {
    const Redis = require('ioredis');
    const client = new Redis({ port: redis, host: '127.0.0.1' });
    return {
      async run(tag) {
        await client.set(`io:${tag}`, tag);
        return client.get(`io:${tag}`);
      },
      close: () => client.quit(),
    };
  },
  expects: ['redis@127.0.0.1 [remote] set', 'redis@127.0.0.1 [remote] get'],
};

exports.redis = {
  turnOn: ['RedisInstrumentation', '@opentelemetry/instrumentation-redis'],
  instrumentation: () => new RedisInstrumentation(),
  async open({ redis }) {
    const { createClient } = require('redis');
    const client = createClient({ url: `redis://127.0.0.1:${redis}` });
    await client.connect();
    return {
      async run(tag) {
        await client.set(`node:${tag}`, tag);
        return client.get(`node:${tag}`);
      },
      close: () => client.quit(),
    };
  },
  expects: ['redis@127.0.0.1 [remote] redis-SET', 'redis@127.0.0.1 [remote] redis-GET'],
};

exports['cache-manager'] = {
  turnOn: ['RedisInstrumentation', '@opentelemetry/instrumentation-redis'],
  open({ redis }) {
    const { createCache } = require('cache-manager');
    const { createKeyv } = require('@keyv/redis');
    const cache = createCache({ stores: [createKeyv(`redis://127.0.0.1:${redis}`)] });
    return {
      async run(tag) {
        await cache.set(`cache:${tag}`, tag);
        return cache.get(`cache:${tag}`);
      },
      close: () => cache.disconnect(),
    };
  },
  expects: ['redis@127.0.0.1 [remote] redis-SET', 'redis@127.0.0.1 [remote] redis-GET'],
};

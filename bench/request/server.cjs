'use strict';
// One variant of the application in a separate process, controlled by messages from its parent.
const { profiler } = require('../lib/profiler.cjs');
const { startTracer } = require('../tracers/start.cjs');
const { variantOf } = require('../tracers/variants.cjs');

async function main() {
  const [variant] = process.argv.slice(2);
  // Before Nest is loaded: dd-trace and OpenTelemetry patch modules as they load.
  const tracer = startTracer(variant, { exporting: true });
  const { NestFactory } = require('@nestjs/core');

  const app = await NestFactory.create(moduleOf(variant)(tracer), ...adapterOf(variant), {
    logger: ['error', 'warn'],
  });
  tracer.use?.(app);
  await app.listen(0, '127.0.0.1');
  // Node's default of 5 s is shorter than a pause of the load, which then meets a closed connection.
  app.getHttpServer().keepAliveTimeout = 60_000;

  let profiling;
  const answers = {
    profile: () => (profiling = profiler()).start(),
    profiled: () => profiling.stop(),
    async flush() {
      await tracer.flush?.(app);
    },
    mark({ collect = false } = {}) {
      if (collect) for (let i = 0; i < 4; i++) globalThis.gc();
      const { user, system } = process.cpuUsage();
      const { rss, heapUsed, external } = process.memoryUsage();
      return { cpuMicros: user + system, rss, heapUsed, external };
    },
  };
  process.on('message', async ({ ask, args }) => {
    process.send({ answer: await answers[ask](args) });
  });
  process.send({ answer: { port: app.getHttpServer().address().port } });
}

function moduleOf(variant) {
  return variantOf(variant).redis
    ? require('./carts.cjs').cartsModule
    : require('./activities.cjs').activitiesModule;
}

/** Express, which is Nest's default, or Fastify. */
function adapterOf(variant) {
  if (!variantOf(variant).fastify) return [];
  const { FastifyAdapter } = require('@nestjs/platform-fastify');
  return [new FastifyAdapter()];
}

main().catch((problem) => {
  console.error(problem);
  process.exit(1);
});

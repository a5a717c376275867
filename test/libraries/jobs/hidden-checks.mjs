import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { until } from '../until.mjs';

const require = createRequire(import.meta.url);

/** Jobs of copies of BullMQ and Bull that are not among the loaded modules by their paths. */
export async function hiddenJobChecks({ check, servers }) {
  const { captureJobs } = require('nestjs-xray');
  const connection = { host: '127.0.0.1', port: servers.redis, maxRetriesPerRequest: null };
  const { Queue, Worker } = hiddenCopy('bullmq');
  const queue = new Queue('hidden', { connection });
  const worker = new Worker('hidden', async () => {}, { connection });
  const app = await require('../chain/app.cjs').start({
    sampling: 1,
    providers: [
      { provide: 'queue', useValue: queue },
      // As a WorkerHost of @nestjs/bullmq has it.
      { provide: 'processor', useValue: { _worker: worker } },
    ],
  });
  const { documents } = app.memory;
  const ran = (name) => until(() => documents.find((each) => each.annotations?.job === name));

  /** Queues a job in a request, whose segment the job's links to. */
  async function linked(name, add) {
    await app.xray.captureSegment('caller', add);
    const job = await ran(name);
    const caller = documents.findLast((each) => each.name === 'caller');
    const [call] = caller.subsegments;
    assert.equal(call.name, name);
    assert.deepEqual(job.links, [{ trace_id: caller.trace_id, id: call.id }]);
  }

  await check('BullMQ in a bundle: queue and worker are found among the providers', () =>
    linked('hidden/greet', () => queue.add('greet', {})),
  );
  await check('Bull, loaded when the application runs, is recorded by captureJobs()', async () => {
    const Bull = hiddenCopy('bull');
    captureJobs([{ default: Bull }]);
    const late = new Bull('late', { redis: connection });
    late.process('greet', async () => {});
    await linked('late/greet', () => late.add('greet', {}));
    await late.close();
  });
  await check('captureJobs() says what it takes', () => {
    for (const given of [undefined, {}, { Queue: class {} }]) {
      assert.throws(() => captureJobs([given]), /neither the module 'bullmq' nor 'bull'/);
    }
  });
  await Promise.all([worker.close(), queue.close()]);
  await app.close();
}

/** A copy of a package that is not among the loaded modules, as one in a bundle is not. */
function hiddenCopy(name) {
  const isOf = (file) => file.includes(`/node_modules/${name}/`);
  const before = Object.entries(require.cache).filter(([file]) => isOf(file));
  const forget = () => {
    for (const file of Object.keys(require.cache).filter(isOf)) delete require.cache[file];
  };
  forget();
  const copy = require(name);
  forget();
  for (const [file, module] of before) require.cache[file] = module;
  return copy;
}

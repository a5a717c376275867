import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { until } from '../until.mjs';

/** Jobs are segments of their own that link to the request that queued them. */
export async function jobChecks({ check, servers }) {
  const { start } = createRequire(import.meta.url)('./app.cjs');
  const app = await start(servers);
  const { documents } = app.memory;
  const named = (name) => documents.filter((each) => each.name === name);

  /** A request that does `task`; the segment that it left, and the subsegment of its one call. */
  async function request(task, options = {}, headers = {}) {
    documents.length = 0;
    const path = `/${task}/${encodeURIComponent(JSON.stringify(options))}`;
    const response = await fetch(app.url + path, { headers });
    assert.equal(response.status, 200, await response.text());
    if (headers['x-amzn-trace-id']) return {};
    const segment = await until(() => named('shop')[0]);
    assert.equal(segment.subsegments.length, 1, 'the call is one subsegment, with all it does');
    return { segment, call: segment.subsegments[0] };
  }
  const linksTo = (job, { segment, call }) => {
    assert.deepEqual(job.links, [{ trace_id: segment.trace_id, id: call.id }]);
    assert.notEqual(job.trace_id, segment.trace_id);
  };
  const job = ({ metadata }) => metadata.nest.job;

  const queues = [
    ['BullMQ with @nestjs/bullmq', 'mail', 'mail/welcome', 'bullmq'],
    ['BullMQ with a worker of its own', 'raw', 'raw/greet', 'bullmq'],
    ['Bull with @nestjs/bull', 'image', 'images/resize', 'bull'],
  ];
  for (const [what, task, name, system] of queues) {
    await check(`${what}: a job is a segment that links to its request`, async () => {
      const sent = await request(task);
      assert.equal(sent.call.name, name);
      assert.equal(sent.call.namespace, 'remote');
      const ran = await until(() => named(name)[0]);
      linksTo(ran, sent);
      assert.deepEqual(ran.annotations, { job: name, job_attempt: 1 });
      assert.equal(job(ran).system, system);
      assert.equal(`${job(ran).queue}/${job(ran).name}`, name);
      assert.ok(job(ran).waitedMs >= 0);
      assert.deepEqual(
        ran.subsegments.map((each) => each.name),
        ['deliver'],
      );
      assert.ok(!ran.fault && !ran.parent_id);
    });
    await check(`${what}: each attempt that fails is a fault with what was thrown`, async () => {
      const sent = await request(task, { failures: 2 });
      const ran = await until(() => named(name).length === 3 && named(name));
      for (const [at, each] of ran.entries()) {
        linksTo(each, sent);
        assert.equal(each.annotations.job_attempt, at + 1);
        assert.equal(job(each).attempts, 3);
      }
      assert.deepEqual(
        ran.map(({ fault }) => fault),
        [true, true, undefined],
      );
      const [{ type, message }] = ran[1].cause.exceptions;
      assert.deepEqual([type, message], ['TypeError', 'attempt 2 failed']);
    });
    await check(`${what}: a job of a request that is not recorded links to nothing`, async () => {
      await request(
        task,
        {},
        { 'x-amzn-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0' },
      );
      const ran = await until(() => named(name)[0]);
      assert.equal(ran.links, undefined);
    });
  }
  await check('BullMQ: jobs that are queued together link to the one call', async () => {
    const bulk = await request('bulk');
    assert.equal(bulk.call.name, 'raw');
    assert.equal(job(bulk.call).jobs, 2);
    for (const name of ['raw/one', 'raw/two']) linksTo(await until(() => named(name)[0]), bulk);
    const flow = await request('flow');
    assert.equal(flow.call.name, 'raw/parent');
    for (const name of ['raw/child', 'raw/parent']) {
      linksTo(await until(() => named(name)[0]), flow);
    }
  });
  await check('Bull: jobs without a name, one and several', async () => {
    const one = await request('unnamed');
    assert.equal(one.call.name, 'images');
    linksTo(await until(() => named('images')[0]), one);
    const bulk = await request('imageBulk');
    for (const name of ['images', 'images/resize']) {
      linksTo(await until(() => named(name)[0]), bulk);
    }
  });
  await check('BullMQ: what only goes on later has not failed', async () => {
    await request('mail', { later: true });
    const ran = await until(() => named('mail/welcome').length === 2 && named('mail/welcome'));
    assert.deepEqual(
      ran.map(({ fault }) => fault),
      [undefined, undefined],
    );
  });
  await check('BullMQ: a job that is never tried again is a fault too', async () => {
    await request('mail', { fatal: 'no such address' });
    const ran = await until(() => named('mail/welcome')[0]);
    assert.equal(ran.cause.exceptions[0].type, 'UnrecoverableError');
    assert.equal(ran.fault, true);
  });
  await check(
    'BullMQ: a call that is refused is a fault, and the caller gets the error',
    async () => {
      const { call } = await request('refused');
      assert.equal(call.fault, true);
      assert.match(call.cause.exceptions[0].message, /JobId cannot be '0'/);
    },
  );
  await check("BullMQ's own telemetry, where the application has it, records alone", async () => {
    documents.length = 0;
    await fetch(`${app.url}/told/{}`);
    const shops = await until(() => named('shop').length === 2 && named('shop'));
    const [worker] = shops.filter(({ parent_id }) => parent_id);
    const [sender] = shops.filter(({ parent_id }) => !parent_id);
    assert.equal(worker.parent_id, sender.subsegments[0].id);
    assert.equal(worker.trace_id, sender.trace_id);
    assert.ok(!documents.some(({ annotations }) => annotations?.job?.startsWith('told')));
  });
  await check('@nestjs/schedule: each run is a segment', async () => {
    const ran = await until(() => named('Reports.often')[0]);
    assert.deepEqual(job(ran), { system: 'schedule', intervalMs: 20 });
  });
  await app.close();
}

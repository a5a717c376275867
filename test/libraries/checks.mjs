import assert from 'node:assert/strict';
import { compareDocs } from './docs.mjs';
import { freePort } from './free-port.mjs';
import { grpcChecks } from './grpc-checks.mjs';
import { buildLocalXray, startLocalXray } from './local-xray.mjs';
import { treeOf } from './trees.mjs';
import { until } from './until.mjs';

const REQUESTS = 50;

/** What each library leaves, alone and with all others at once. */
export async function checks({ check, servers, start, libraries, transports }) {
  const [tcp, grpc, calls] = await Promise.all([freePort(), freePort(), freePort()]);
  buildLocalXray();
  const [byUdp, byOtlp] = await Promise.all([startLocalXray(), startLocalXray()]);
  const roads = {
    udp: { host: '127.0.0.1', port: byUdp.port },
    otlp: `${byOtlp.url}/v1/traces`,
  };
  const app = await start({ ...servers, tcp, grpc }, roads);
  const shown = {};

  for (const [name, { expects, consumes }] of Object.entries(libraries)) {
    await check(`${name} is recorded`, async () => {
      // The first one opens connections.
      await request(app, name, 'warm');
      const { segment, trace } = await request(app, name, 'once');
      shown[name] = inside(segment);
      if (expects) assert.deepEqual(shown[name], expects);
      if (consumes === undefined) return;
      // Who gets the message, or answers the call, has a segment in the same trace.
      const sent = segment.subsegments[0].subsegments.map(({ id }) => id);
      const isIt = ({ metadata, parent_id }) =>
        metadata?.otel?.name === consumes && sent.includes(parent_id);
      await until(() => trace().some(isIt));
    });
  }
  for (const { name } of transports) {
    await check(`Nest's ${name} is recorded, and the trace goes on in the handler`, async () => {
      await request(app, name, 'warm');
      const { segment, trace } = await request(app, name, 'once');
      const calls = segment.subsegments[0].subsegments;
      shown[name] = inside(segment);
      assert.equal(calls.length, 2);
      for (const call of calls) {
        assert.equal(call.namespace, 'remote');
        assert.equal(call.metadata.nest.rpc.transport, name);
        await until(() => trace().some(({ parent_id }) => parent_id === call.id));
      }
    });
  }
  for (const { name } of transports.filter(({ name }) => name !== 'GRPC')) {
    await check(`Nest's ${name} tells the caller the type of the exception`, async () => {
      const { subsegments } = await app.failing(name);
      const [{ type, message, remote }] = subsegments[0].cause.exceptions;
      assert.deepEqual(
        { type, message, remote },
        { type: 'OutOfStock', message: 'none left', remote: true },
      );
    });
  }
  await grpcChecks(check, calls);
  const together = [];
  // Not MQTT: fifty requests waited for ever once, and the cause has not been found.
  await check(
    `${REQUESTS} requests at once, each with all of them: none crossed, none doubled`,
    async () => {
      const others = transports.map(({ name }) => name).filter((name) => name !== 'MQTT');
      const names = [...Object.keys(libraries), ...others].join(',');
      await Promise.all(Array.from({ length: 8 }, (_, at) => request(app, names, `warm${at}`)));
      const answers = await Promise.all(
        Array.from({ length: REQUESTS }, (_, at) => request(app, names, `tag${at}x`)),
      );
      together.push(...answers);
      assert.equal(new Set(answers.map(({ segment }) => segment.trace_id)).size, REQUESTS);
      const shapes = new Map();
      for (const { segment, tag, trace } of answers) {
        const shape = segment.subsegments.map((use) => describe(use)).join('\n');
        shapes.set(shape, [...(shapes.get(shape) ?? []), tag]);
        const tags = new Set(JSON.stringify(trace()).match(/tag\d+x/g));
        assert.deepEqual([...tags], [tag]);
      }
      assert.equal(
        shapes.size,
        1,
        `Requests differ:\n${[...shapes].map(([shape, tags]) => `${tags}\n${shape}`).join('\n\n')}`,
      );
    },
  );
  await check('the same traces are in local X-Ray by UDP and by OTLP', async () => {
    await app.flush();
    assert.equal(together.length, REQUESTS);
    for (const { segment, trace } of together) {
      const { trace_id: id } = segment;
      assert.deepEqual(await treeOf(byUdp, id, trace()), await treeOf(byOtlp, id, trace()));
    }
  });
  await check('docs/libraries.md tells what was seen', () =>
    compareDocs({ shown, libraries, transports, write: process.argv.includes('--write') }),
  );
  await app.close();
  byUdp.close();
  byOtlp.close();
}

/** A request that uses the libraries `names`; resolves when its segment is there. */
async function request(app, names, tag) {
  const response = await fetch(`${app.url}/${names}/${tag}`);
  assert.equal(response.status, 200, await response.text());
  const path = `/${names}/${tag}`;
  const find = () => app.memory.documents.find(({ http }) => http?.request?.url?.endsWith(path));
  await until(find);
  const segment = find();
  const trace = () => app.memory.documents.filter(({ trace_id }) => trace_id === segment.trace_id);
  return { segment, tag, trace };
}

/** What a library left inside of the method that used it. */
function inside(segment) {
  const [{ subsegments = [] }] = segment.subsegments;
  return subsegments.map(describe);
}

/** `name [namespace] operation (children)`. */
function describe({ name, namespace, subsegments = [], ...node }) {
  const { otel, nest } = node.metadata ?? {};
  const operation =
    node.sql?.sanitized_query ?? otel?.name ?? nest?.rpc?.pattern ?? node.http?.request?.method;
  const label = [name.replace(/:\d+$/, ''), namespace && `[${namespace}]`, operation]
    .filter(Boolean)
    .join(' ');
  return subsegments.length === 0 ? label : `${label} (${subsegments.map(describe).join(', ')})`;
}

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { freePort } from '../free-port.mjs';

const require = createRequire(import.meta.url);

/**
 * Requests that Nest's clients send over brokers, while OpenTelemetry's instrumentations record the
 * brokers' own clients: one subsegment for the caller, one segment for the handler, and nothing for
 * the message that brings the answer.
 */
export async function replyChecks({ check, servers, transports }) {
  const addresses = { ...servers, tcp: await freePort(), grpc: await freePort() };
  const { startAnswering } = require('./app.cjs');
  for (const transport of transports) {
    const { name } = transport;
    const app = await startAnswering(transport, addresses);
    // The first one opens connections.
    await app.record(() => app.client.run('warm'));

    await check(`Nest's ${name}: an answer leaves no segment of its own`, async () => {
      const { caller, others } = await app.record(() => app.client.run('tag'));
      const calls = caller.subsegments;
      assert.deepEqual(
        others.map(({ name, parent_id, metadata }) => [name, parent_id, metadata?.otel]),
        // In the order of their parents.
        calls.map(({ id }) => ['answering', id, undefined]),
      );
      for (const call of calls) assert.equal(call.subsegments, undefined);
      const slow = calls.at(-1);
      assert.ok(slow.end_time - slow.start_time >= app.answersAfterMs / 1e3 - 0.005);
      assert.equal(slow.in_progress, undefined);
    });
    if (name === 'GRPC') {
      await app.close();
      continue;
    }
    await check(`Nest's ${name}: an exception comes back on the call, once`, async () => {
      const { caller, others } = await app.record(() => app.client.fail());
      const [call, ...more] = caller.subsegments;
      assert.deepEqual(more, []);
      assert.deepEqual([call.fault, call.cause.exceptions[0].type], [true, 'OutOfStock']);
      assert.deepEqual(
        others.map(({ fault, parent_id }) => [fault, parent_id]),
        [[true, call.id]],
      );
    });
    await app.close();
  }
}

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { freePort } from '../free-port.mjs';

const require = createRequire(import.meta.url);

/** A service without the toolkit understands what one with it sends, trace and all. */
export async function peerChecks({ check, servers, transports }) {
  const [tcp, grpc] = await Promise.all([freePort(), freePort()]);
  const addresses = { ...servers, tcp, grpc };
  const peer = fork(join(import.meta.dirname, 'service.cjs'));
  peer.send(addresses);
  const [hasToolkit] = await once(peer, 'message');
  assert.equal(hasToolkit, false);
  const app = await require('../chain/app.cjs').start({ sampling: 1 });
  for (const { name, open } of transports) {
    await check(
      `Nest's ${name}: a service without the toolkit takes and answers messages`,
      async () => {
        const client = await open(addresses);
        const from = app.memory.documents.length;
        try {
          await app.xray.captureSegment('caller', async () => {
            assert.equal(await client.run('tag'), 'tag');
          });
        } finally {
          await client.close();
        }
        const caller = app.memory.documents.slice(from).find((each) => each.name === 'caller');
        const calls = caller.subsegments.map(({ namespace, fault }) => ({ namespace, fault }));
        const call = { namespace: 'remote', fault: undefined };
        assert.deepEqual(calls, [call, call]);
      },
    );
  }
  await app.close();
  peer.disconnect();
}

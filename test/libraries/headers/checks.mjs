import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { freePort } from '../free-port.mjs';
import { until } from '../until.mjs';
import { TRACE_HEADERS, traceHeaders, whatTheySay } from './trace-headers.mjs';

const require = createRequire(import.meta.url);
const { openSender, plainSenders, senders } = require('./senders.cjs');
const { receivers } = require('./receivers.cjs');

/** Trace headers that a message already has when Nest's client sends it. */
export async function headerChecks({ check, servers }) {
  const addresses = { ...servers, grpc: await freePort() };
  const received = new Map();
  const closing = [];
  const clients = new Map();
  let given = (headers) => headers;
  const { startGateway } = require('./app.cjs');
  const gateway = await startGateway((name, tag, headers) => {
    const passed = TRACE_HEADERS.flatMap((each) =>
      each in headers ? [[each, headers[each]]] : [],
    );
    return clients.get(name).send(tag, given(Object.fromEntries(passed)));
  });

  /** Sends a request with `headers`; what arrived with the message, and what was recorded. */
  async function pass(name, headers, replace = (own) => own) {
    given = replace;
    const tag = randomBytes(8).toString('hex');
    const path = `/pass/${name}/${tag}`;
    const response = await fetch(gateway.url + path, { headers });
    assert.equal(response.status, 200, await response.text());
    const find = () =>
      gateway.memory.documents.find(({ http }) => http?.request?.url?.endsWith(path));
    const message = await until(() => [...received].find(([text]) => text.includes(tag)));
    if (headers['x-amzn-trace-id']?.includes('Sampled=0') !== true) await until(find);
    return { arrived: whatTheySay(message[1]), segment: find() };
  }

  async function becomeOwn(name, only = TRACE_HEADERS) {
    const came = traceHeaders();
    const { arrived, segment } = await pass(name, came);
    const [call, ...others] = segment.subsegments;
    assert.deepEqual(others, []);
    const [, traceId, parent] = came.traceparent.split('-');
    const own = {
      'x-amzn-trace-id': came['x-amzn-trace-id'].replace(parent, call.id),
      traceparent: `00-${traceId}-${call.id}-01`,
      tracestate: came.tracestate,
    };
    for (const each of only) assert.equal(arrived[each], own[each]);
  }

  for (const name of Object.keys(senders)) {
    const note = (headers, text) => received.set(text, headers);
    closing.push(await receivers[name](addresses, note));
    clients.set(name, await openSender(name, addresses));
    // Redis has no headers but the packet's field; `traceparent` beside it would say the same.
    const only = name === 'REDIS' ? ['x-amzn-trace-id'] : undefined;

    await check(`Nest's ${name}: headers that a gateway passes on become those of its call`, () =>
      becomeOwn(name, only),
    );
    await check(`Nest's ${name}: a request that is not sampled stays so`, async () => {
      const came = traceHeaders(false);
      const { arrived, segment } = await pass(name, came);
      assert.equal(segment, undefined);
      const [root] = came['x-amzn-trace-id'].split(';');
      assert.match(arrived['x-amzn-trace-id'], new RegExp(`^${root};Parent=.{16};Sampled=0$`));
      if (only) return;
      const [, traceId] = came.traceparent.split('-');
      assert.match(arrived.traceparent, new RegExp(`^00-${traceId}-.{16}-00$`));
    });
    if (only) continue;
    await check(
      `Nest's ${name}: headers of another trace stay as the application set them`,
      async () => {
        const other = traceHeaders();
        const { arrived, segment } = await pass(name, traceHeaders(), () => other);
        assert.deepEqual(arrived, other);
        assert.equal(segment.subsegments.length, 1);
      },
    );
  }
  for (const [name, open] of Object.entries(plainSenders)) {
    clients.set(name, await open(addresses));
    await check(`${name}: headers that a gateway passes on become those of its call`, () =>
      becomeOwn(name),
    );
  }
  for (const each of clients.values()) await each.close();
  for (const each of closing) await each();
  await gateway.close();
}

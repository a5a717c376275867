import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { TRACE_HEADERS, traceHeaders, whatTheySay } from '../headers/trace-headers.mjs';
import { until } from '../until.mjs';

const require = createRequire(import.meta.url);

/** Each request that goes out is one subsegment and carries its id: also a redirected or repeated one. */
export async function httpChecks({ check }) {
  const { startGateway } = require('../headers/app.cjs');
  const { clients, proxies } = require('./clients.cjs');
  const origin = await require('./origin.cjs').startOrigin();
  const opened = {};
  for (const [name, open] of Object.entries(clients)) opened[name] = await open();

  const work = async (name, path, headers) => {
    const [how, tag, passesOn] = path.split('-');
    const passed = TRACE_HEADERS.filter((each) => passesOn && each in headers);
    const own = Object.fromEntries(passed.map((each) => [each, headers[each]]));
    await opened[name].get(`${origin.url}/${how}/${tag}`, own);
  };
  const gateway = await startGateway(work, (app) => {
    for (const [name, middleware] of Object.entries(proxies)) {
      app.use(`/${name}`, middleware(origin.url));
    }
  });

  /**
   * Sends a request with trace headers to the gateway, and compares the calls that were recorded
   * with the requests that arrived.
   */
  async function calls(path, tag, statuses) {
    const came = traceHeaders();
    const response = await fetch(gateway.url + path, { headers: came });
    assert.equal(response.status, 200, await response.text());
    const find = () =>
      gateway.memory.documents.find(({ http }) => http?.request?.url?.endsWith(path));
    const { trace_id: root, subsegments } = await until(find);
    const seen = subsegments.map(({ name, namespace, http }) => ({
      ...{ name, namespace },
      status: http?.response?.status,
    }));
    const call = (status) => ({ name: '127.0.0.1', namespace: 'remote', status });
    assert.deepEqual(seen, statuses.map(call));
    const arrived = origin.requests.filter((each) => each.tag === tag);
    const [, traceId] = came.traceparent.split('-');
    assert.deepEqual(
      arrived.map(({ headers }) => whatTheySay(headers)),
      subsegments.map(({ id }) => ({
        'x-amzn-trace-id': `Root=${root};Parent=${id};Sampled=1`,
        traceparent: `00-${traceId}-${id}-01`,
        tracestate: came.tracestate,
      })),
    );
  }

  for (const [name, { follows, retries }] of Object.entries(opened)) {
    const cases = [
      ['a call', 'plain', [200]],
      follows && ['a redirect', 'moved', [302, 200]],
      retries && ['a retry', 'flaky', [503, 200]],
    ];
    for (const [what, how, statuses] of cases.filter(Boolean)) {
      for (const passesOn of [false, true]) {
        const with_ = passesOn ? ', with headers that are passed on,' : '';
        await check(`${name}: each request of ${what}${with_} is one subsegment`, async () => {
          const tag = randomBytes(8).toString('hex');
          await calls(`/pass/${name}/${how}-${tag}${passesOn ? '-on' : ''}`, tag, statuses);
        });
      }
    }
  }
  for (const name of Object.keys(proxies)) {
    await check(`${name}: a request that is passed on is one subsegment`, async () => {
      const tag = randomBytes(8).toString('hex');
      await calls(`/${name}/plain/${tag}`, tag, [200]);
    });
  }
  await gateway.close();
  origin.close();
}

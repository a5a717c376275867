import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { until } from '../until.mjs';

const SERVER = 1;
const CLIENT = 2;

/** One trace through services of ours and services with OpenTelemetry's SDK. */
export async function chainChecks({ check }) {
  // Of ours nothing is sampled but what comes in so: a decision that gets lost leaves no segment.
  const ours = await createRequire(import.meta.url)('./app.cjs').start();
  const service = fork(join(import.meta.dirname, 'service.cjs'));
  const [port] = await once(service, 'message');
  const theirs = `http://127.0.0.1:${port}`;
  const path = (...services) =>
    services.reduceRight((to, url) => `${url}/go${to && `?to=${encodeURIComponent(to)}`}`, '');

  /** A request as a browser with OpenTelemetry sends it; what both sides recorded of its trace. */
  async function request(url, flags, wanted) {
    const traceId = randomBytes(16).toString('hex');
    const spanId = randomBytes(8).toString('hex');
    const headers = { traceparent: `00-${traceId}-${spanId}-${flags}`, tracestate: 'browser=1' };
    const response = await fetch(url, { headers });
    assert.equal(await response.text(), 'done');
    const root = `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
    const segments = () => ours.memory.documents.filter(({ trace_id }) => trace_id === root);
    const ofTrace = (each) => each.traceId === traceId;
    const spans = async () => (await (await fetch(`${theirs}/spans`)).json()).filter(ofTrace);
    await until(async () => {
      return segments().length >= wanted.segments && (await spans()).length >= wanted.spans;
    });
    return {
      spanId,
      segments: segments(),
      spans: await spans(),
    };
  }
  const call = (segment) => segment.subsegments[0].id;

  await check(
    'client → ours → NodeSDK → ours: one trace, each the parent of the next',
    async () => {
      const { spanId, segments, spans } = await request(path(ours.url, theirs, ours.url), '01', {
        segments: 2,
        spans: 2,
      });
      const first = segments.find(({ parent_id }) => parent_id === spanId);
      const server = spans.find(({ kind, parent }) => kind === SERVER && parent === call(first));
      const client = spans.find(({ kind, parent }) => kind === CLIENT && parent === server.spanId);
      const last = segments.find(({ parent_id }) => parent_id === client.spanId);
      assert.ok(last);
      assert.equal(segments.length, 2);
      assert.equal(spans.length, 2);
      assert.equal(server.state, 'browser=1', 'what came in as tracestate goes on');
    },
  );
  await check('client → NodeSDK → ours → NodeSDK: the same', async () => {
    const { spanId, segments, spans } = await request(path(theirs, ours.url, theirs), '01', {
      segments: 1,
      spans: 3,
    });
    const first = spans.find(({ parent }) => parent === spanId);
    const client = spans.find(({ kind, parent }) => kind === CLIENT && parent === first.spanId);
    const [segment] = segments;
    assert.equal(segment.parent_id, client.spanId);
    const last = spans.find(({ parent }) => parent === call(segment));
    assert.equal(last.kind, SERVER);
    assert.equal(spans.length, 3);
  });
  await check('the client decides that a chain is not recorded, and nobody records', async () => {
    const { segments, spans } = await request(path(ours.url, theirs, ours.url), '00', {
      segments: 0,
      spans: 0,
    });
    assert.deepEqual([segments, spans], [[], []]);
  });
  service.disconnect();
  await ours.close();
}

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { parse } = require('protobufjs');

/** The part of OTLP's metrics that is compared. */
const { root } = parse(`
  syntax = "proto3";
  message Request { repeated Resources resource_metrics = 1; }
  message Resources { Resource resource = 1; repeated Scopes scope_metrics = 2; }
  message Resource { repeated Attribute attributes = 1; }
  message Scopes { repeated Metric metrics = 2; }
  message Metric { string name = 1; string unit = 3; Histogram exponential_histogram = 10; }
  message Histogram { repeated Point data_points = 1; int32 aggregation_temporality = 2; }
  message Point { repeated Attribute attributes = 1; fixed64 count = 4; double sum = 5; }
  message Attribute { string key = 1; Value value = 2; }
  message Value { string string_value = 1; }
`);

/** Metrics for Application Signals, by OpenTelemetry's own packages as an application has them. */
export async function signalChecks({ check }) {
  const received = [];
  const agent = createServer(async (request, response) => {
    const chunks = await request.toArray();
    received.push({
      type: request.headers['content-type'],
      ...root.lookupType('Request').decode(Buffer.concat(chunks)),
    });
    response.end();
  });
  agent.listen(0, '127.0.0.1');
  await once(agent, 'listening');

  await check(
    'Application Signals: the real exporter sends the metrics of every request',
    async () => {
      const url = `http://127.0.0.1:${agent.address().port}/v1/metrics`;
      const options = { applicationSignals: { url } };
      const app = await require('../chain/app.cjs').start({ sampling: 0, options });
      for (const path of ['/go', '/go', '/nowhere']) await (await fetch(app.url + path)).text();
      await app.close();
      assert.deepEqual(app.memory.documents, [], 'none of them was sampled');

      const [{ type, resourceMetrics }] = received;
      assert.equal(type, 'application/x-protobuf');
      const [{ resource, scopeMetrics }] = resourceMetrics;
      const textsOf = (attributes) =>
        Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]));
      assert.equal(textsOf(resource.attributes)['service.name'], 'shop');
      const seen = scopeMetrics[0].metrics.map(({ name, unit, exponentialHistogram }) => [
        ...[name, unit, exponentialHistogram.aggregationTemporality],
        Object.fromEntries(
          exponentialHistogram.dataPoints.map(({ attributes, count, sum }) => [
            textsOf(attributes)['aws.local.operation'],
            name === 'Latency' ? Number(count) : sum,
          ]),
        ),
      ]);
      const DELTA = 1;
      const lost = seen[0][3] && Object.keys(seen[0][3]).find((each) => each !== 'GET /go');
      assert.deepEqual(seen, [
        ['Latency', 'Milliseconds', DELTA, { 'GET /go': 2, [lost]: 1 }],
        ['Error', '', DELTA, { 'GET /go': 0, [lost]: 1 }],
        ['Fault', '', DELTA, { 'GET /go': 0, [lost]: 0 }],
      ]);
    },
  );
  agent.closeAllConnections();
  agent.close();
}

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { node } from './build.mjs';
import { startDaemon, startLambda, until } from './runtime-api.mjs';

const root = (n) => `1-6ab13b81-${String(n).padStart(24, 'a')}`;
const parent = (n) => String(n).padStart(16, 'b');
const header = (n, sampled = 1) =>
  `Root=${root(n)};Parent=${parent(n)};Sampled=${sampled};Lineage=1:abc:0`;

/** What API Gateway sends, whose own header has a Root and no Parent. */
const request = (path) => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: path,
  rawQueryString: '',
  headers: { host: 'api.example.com', 'x-amzn-trace-id': `Root=${root(99)}` },
  requestContext: {
    http: { method: 'GET', path, sourceIp: '203.0.113.9', userAgent: 'curl' },
    stage: '$default',
    requestId: 'r',
  },
  isBase64Encoded: false,
});
const message = (n, body = '{}') => ({
  messageId: `m${n}`,
  body,
  attributes: { AWSTraceHeader: header(n) },
  eventSource: 'aws:sqs',
});

/** What of a document the checks look at. */
function facts({ id: _id, start_time: _start, end_time, cause, subsegments, ...rest }) {
  assert.equal(typeof end_time, 'number');
  const { http, annotations, error, fault, links, user } = rest;
  return JSON.parse(
    JSON.stringify({
      name: rest.name,
      type: rest.type,
      trace: rest.trace_id,
      parent: rest.parent_id,
      http: http && [http.request.method, http.request.url, http.response?.status],
      annotations,
      error,
      fault,
      user,
      links,
      exceptions: cause?.exceptions?.map(({ message }) => message),
      subsegments: subsegments?.map(facts),
    }),
  );
}

const invocation = (n, name, more) => ({
  name,
  type: 'subsegment',
  trace: root(n),
  parent: parent(n),
  ...more,
});
const get = (path, status) => ['GET', `https://api.example.com${path}`, status];

/** Runs all checks, saying how each went. Resolves to whether one failed. */
export async function checks({ functions, metafile }) {
  let failed = false;
  const check = async (what, work) => {
    const from = performance.now();
    try {
      await work();
      console.log(`✓ ${what} (${Math.round(performance.now() - from)} ms)`);
    } catch (problem) {
      failed = true;
      console.error(`✗ ${what}\n${problem.stack}\n`);
    }
  };
  /** @param work gets the function, and what its daemon has as soon as that are `n` documents. */
  const onLambda = (what, name, options, work) =>
    check(what, async () => {
      const lambda = await startLambda(join(functions, name), options);
      const received = async (n) => {
        const what = () =>
          `${n} documents, not ${lambda.documents.length}; the function printed:\n${lambda.output}`;
        await until(what, () => {
          return lambda.documents.length >= n;
        });
        return lambda.documents.map(facts);
      };
      try {
        await work(lambda, received);
      } finally {
        await lambda.stop();
      }
    });

  await onLambda(
    'cold and warm: one subsegment an invocation, which leaves before the answer does',
    'http',
    {},
    async (lambda, received) => {
      const find = (n, status, order, more) =>
        invocation(n, 'orders', {
          http: get(`/orders/${order}`, status),
          annotations: { ColdStart: n === 1, http_route: '/orders/:id' },
          subsegments: [{ name: 'Orders.find', annotations: { order }, ...more?.inner }],
          ...more?.outer,
        });
      const events = [
        { id: '1', header: header(1), event: request('/orders/7') },
        { id: '2', header: header(2), event: request('/orders/8') },
        { id: '3', header: header(3, 0), event: request('/orders/9') },
        { id: '4', header: header(4), event: request('/orders/none') },
      ];
      const expected = [
        find(1, 200, '7'),
        find(2, 200, '8'),
        find(4, 404, 'none', {
          outer: { error: true },
          inner: { error: true, exceptions: ['There is no order none'] },
        }),
      ];
      for (const [at, event] of events.entries()) {
        const [{ outcome, body }] = await lambda.invoke(event);
        assert.equal(outcome, 'response');
        if (at < 3) assert.equal(JSON.parse(JSON.parse(body).body).trace, root(at + 1));
        // The process is stopped: what is not there now does not come.
        const count = [1, 2, 2, 3][at];
        assert.deepEqual(await received(count), expected.slice(0, count));
      }
      assert.equal(lambda.output, '');
    },
  );

  await onLambda(
    'a function that starts before its first invocation loses nothing of that, nor of a failure',
    'people',
    {},
    async (lambda, received) => {
      const person = (n, path, status, annotations, more) =>
        invocation(n, 'people', {
          http: get(path, status),
          annotations: { ColdStart: n === 1, http_route: path, ...annotations },
          ...more,
        });
      const expected = [
        person(1, '/people/me', 200, { order: 42, user: 'ada' }),
        person(2, '/people/broken', 500, {}, { fault: true, exceptions: ['the database is gone'] }),
      ];
      await lambda.invoke({ id: '1', header: header(1), event: request('/people/me') });
      assert.deepEqual(await received(1), expected.slice(0, 1));
      await lambda.invoke({ id: '2', header: header(2), event: request('/people/broken') });
      assert.deepEqual(await received(2), expected);
    },
  );

  await onLambda(
    'a batch of SQS is linked to its senders',
    'queue',
    {},
    async (lambda, received) => {
      const event = { Records: [message(11), message(12, 'not JSON'), message(13)] };
      const [{ body }] = await lambda.invoke({ id: '1', header: header(1), event });
      assert.deepEqual(JSON.parse(body), { batchItemFailures: [{ itemIdentifier: 'm12' }] });
      const handled = (n, more) => ({
        name: 'Orders.handle',
        annotations: { message: `m${n}` },
        ...more,
      });
      const [document] = await received(1);
      assert.match(document.subsegments[1].exceptions[0], /not valid JSON/);
      delete document.subsegments[1].exceptions;
      assert.deepEqual(
        document,
        invocation(1, 'orders-queue', {
          annotations: { ColdStart: true, failed: 1 },
          links: [11, 12, 13].map((n) => ({ trace_id: root(n), id: parent(n) })),
          subsegments: [handled(11), handled(12, { fault: true }), handled(13)],
        }),
      );
    },
  );

  await onLambda('a response is streamed', 'stream', {}, async (lambda, received) => {
    for (const n of [1, 2]) {
      const [{ body }] = await lambda.invoke({ id: String(n), header: header(n), event: {} });
      assert.equal(body, 'order 1\norder 2\norder 3\n');
      const documents = await received(n);
      assert.deepEqual(
        documents[n - 1],
        invocation(n, 'orders-stream', {
          annotations: { ColdStart: n === 1 },
          subsegments: [{ name: 'Orders.list' }],
        }),
      );
    }
  });

  await onLambda(
    'four invocations at once in one process (Managed Instances), each in its own trace',
    'slow',
    { concurrency: 4 },
    async (lambda, received) => {
      const numbers = [1, 2, 3, 4];
      const answers = await lambda.invoke(
        ...numbers.map((n) => ({
          id: String(n),
          header: header(n),
          event: { tag: `t${n}`, ms: 150 - n * 30 },
        })),
      );
      assert.deepEqual(
        answers.map(({ body }) => JSON.parse(body)),
        numbers.map((n) => ({ tag: `t${n}`, trace: root(n), variable: null })),
      );
      const documents = await received(4);
      assert.equal(documents.filter(({ annotations }) => annotations.ColdStart).length, 1);
      for (const { annotations } of documents) delete annotations.ColdStart;
      assert.deepEqual(
        documents.sort((a, b) => a.trace.localeCompare(b.trace)),
        numbers.map((n) =>
          invocation(n, 'slow', {
            annotations: { tag: `t${n}` },
            subsegments: [{ name: 'inner' }],
          }),
        ),
      );
    },
  );

  await check(
    'behind the Web Adapter the header of the request counts, if it has a Parent',
    async () => {
      const daemon = await startDaemon();
      const web = spawn(node, [join(functions, 'web/index.js')], {
        env: { LAMBDA_TASK_ROOT: '/var/task', AWS_XRAY_DAEMON_ADDRESS: daemon.address },
      });
      let output = '';
      for (const stream of [web.stdout, web.stderr]) stream.on('data', (text) => (output += text));
      try {
        const port = await until('the web server', () => /listening on (\d+)/.exec(output)?.[1]);
        const find = async (order, value) => {
          const url = `http://127.0.0.1:${port}/orders/${order}`;
          const response = await fetch(url, { headers: { 'x-amzn-trace-id': value } });
          assert.equal(response.status, 200);
        };
        await find('7', `Root=${root(99)}`);
        await find('8', header(1));
        await until('a document', () => daemon.documents.length > 0);
        assert.deepEqual(
          daemon.documents.map((document) => [document.parent_id, document.trace_id]),
          [[parent(1), root(1)]],
        );
      } finally {
        web.kill();
        await once(web, 'exit');
        daemon.close();
      }
    },
  );

  await check('by OTLP all has left where the handler waits for flush()', async () => {
    const names = [];
    const collector = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        const { resourceSpans } = JSON.parse(body);
        for (const { scopeSpans } of resourceSpans) {
          names.push(...scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name)));
        }
        response.end('{}');
      });
    });
    collector.listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const env = {
      XRAY_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.address().port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    };
    const lambda = await startLambda(join(functions, 'otlp'), { env });
    try {
      await lambda.invoke({ id: '1', header: header(1), event: request('/orders/7') });
      assert.deepEqual(names.sort(), ['Orders.find', 'orders']);
    } finally {
      await lambda.stop();
      collector.closeAllConnections();
      collector.close();
    }
  });

  await check("the bundles hold none of AWS's packages", () => {
    const inputs = Object.keys(metafile.inputs).filter((path) => /@(aws-sdk|smithy)\//.test(path));
    assert.deepEqual(inputs, []);
  });
  return failed;
}

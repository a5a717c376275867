import { join } from 'node:path';
import { newId, newTraceId } from '@nestjs-xray/document';
import type { LocalXray } from '../src';
import { call, put, start, until, url } from './support/client';
import { describeWith, runProgram } from './support/processes';

const CLIENTS = join(__dirname, 'clients');
const now = Date.now() / 1000;
const segment = (over: object = {}) => ({
  trace_id: newTraceId(now),
  id: newId(),
  name: 'shop',
  start_time: now - 5,
  end_time: now - 4,
  ...over,
});

let server: LocalXray;
beforeEach(async () => {
  server = await start();
});
afterEach(() => server.close());

const textOf = async (path: string, body?: string): Promise<string> =>
  (await fetch(url(server, path), body === undefined ? {} : { method: 'POST', body })).text();
const status = async () => JSON.parse(await textOf('/console/status'));

async function documents(traceId: string): Promise<any[]> {
  const { body } = await call(server, 'Traces', { TraceIds: [traceId] });
  return body.Traces.flatMap(({ Segments }: any) =>
    Segments.map(({ Document }: any) => JSON.parse(Document)),
  );
}

describe('documents with fields of a wrong type', () => {
  it('are stored, and the console shows what became of the fields', async () => {
    // As the WordPress tracer humanmade/aws-xray sends them: PHP writes an empty array as [].
    const trace = segment({ annotations: [], in_progress: true, end_time: undefined });
    await put(server, trace);
    await put(server, {
      ...trace,
      in_progress: false,
      end_time: now,
      user: true,
      cause: null,
      annotations: { memoryUsage: 2.1 },
    });

    expect(await documents(trace.trace_id)).toMatchObject([
      { user: 'true', annotations: { memoryUsage: 2.1 } },
    ]);
    const told = await until(status, ({ repaired }) => repaired === 2);
    expect(told).toMatchObject({ received: 2, rejected: 0 });
    expect(told.repairs[0]).toMatchObject({
      id: trace.id,
      traceId: trace.trace_id,
      name: 'shop',
      message: 'user: must be a string, not true; taken as "true"',
    });
  });

  it('belong together, in upper or lower case ids', async () => {
    const trace = segment({ id: 'ABCDEF0123456789' });
    const child = segment({
      trace_id: trace.trace_id,
      name: 'billing',
      parent_id: 'Abcdef0123456789',
    });
    await put(server, { ...trace, trace_id: trace.trace_id.toUpperCase() }, child);

    const { body } = await call(server, 'TraceGraph', { TraceIds: [trace.trace_id] });
    const shop = body.Services.find(({ Name, Type }: any) => Name === 'shop' && Type !== 'client');
    expect(shop.Edges).toHaveLength(1);
  });
});

/** Sends by a real client, and finds each segment under its name. */
async function sendsAll(program: string, client: string): Promise<void> {
  const { code, stdout, stderr } = await runProgram(program, [join(CLIENTS, client)], {
    AWS_XRAY_DAEMON_ADDRESS: server.address,
  });
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const sent: Record<string, string> = JSON.parse(stdout);
  const names = Object.keys(sent).sort();

  // A trace has the name of its segment once that has come, which may be after its subsegments.
  await until(
    async () => JSON.parse(await textOf('/console/traces')).rows as { service: string }[],
    (rows) => JSON.stringify(rows.map(({ service }) => service).sort()) === JSON.stringify(names),
  );
  expect((await status()).rejections).toEqual([]);
}

describe('aws-xray-sdk-core with values of wrong types', () => {
  it('has every segment stored', () => sendsAll(process.execPath, 'node-sdk-values.cjs'));
});

describeWith(
  'python3-aws-xray-sdk with values of wrong types',
  'python3-aws-xray-sdk',
  ['/usr/bin/python3', '-c', 'import aws_xray_sdk'],
  () => {
    it('has every segment stored', () => sendsAll('/usr/bin/python3', 'python_sdk_values.py'));
  },
);

describe('integers that a double cannot represent', () => {
  const ORDER = '212089821454139392';
  const MAX = '9223372036854775807';

  it('are returned with all digits by every interface', async () => {
    const { trace_id, ...rest } = segment();
    const text = `${JSON.stringify({ trace_id, ...rest, user: 1 }).slice(0, -1)},"annotations":{"order":${ORDER}},"metadata":{"default":{"max":${MAX}}}}`;
    await put(server, JSON.parse(text), segment());
    await textOf('/TraceSegments', JSON.stringify({ TraceSegmentDocuments: [text] }));
    const day = JSON.stringify({ StartTime: now - 60, EndTime: now + 60 });

    const whole = await textOf('/Traces', JSON.stringify({ TraceIds: [trace_id] }));
    expect(whole).toContain(`\\"order\\":${ORDER}}`);
    expect(whole).toContain(`\\"max\\":${MAX}}`);
    expect(await textOf('/TraceSummaries', day)).toContain(`{"NumberValue":${ORDER}}`);
    const exported = await textOf(`/console/traces/${trace_id}`);
    expect(exported).toContain(`"order":${ORDER}}`);
    expect(exported).toContain(`"max":${MAX}}`);
    expect(await textOf('/console/traces')).toContain(`"order":${ORDER}}`);

    const other = await start();
    const imported = await fetch(url(other, '/console/import'), { method: 'POST', body: exported });
    expect(await imported.json()).toEqual({ traces: [trace_id], rejected: [] });
    expect(await (await fetch(url(other, `/console/traces/${trace_id}`))).text()).toContain(MAX);
    await other.close();
  });

  it('are found by conditions, with or without an exponent', async () => {
    const { trace_id, ...rest } = segment();
    const text = `${JSON.stringify({ trace_id, ...rest }).slice(0, -1)},"annotations":{"order":${ORDER}}}`;
    await textOf('/TraceSegments', JSON.stringify({ TraceSegmentDocuments: [text] }));

    for (const filter of [`annotation.order = ${ORDER}`, 'service() { annotation.order > 1e17 }']) {
      const { counts } = JSON.parse(
        await textOf(`/console/traces?filter=${encodeURIComponent(filter)}`),
      );
      expect({ filter, total: counts.total }).toEqual({ filter, total: 1 });
    }
  });

  it('are sent in the console’s events', async () => {
    const abort = new AbortController();
    const events = await fetch(url(server, '/console/events'), { signal: abort.signal });
    const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader();
    const { trace_id, ...rest } = segment();
    const text = `${JSON.stringify({ trace_id, ...rest }).slice(0, -1)},"annotations":{"order":${ORDER}}}`;
    await textOf('/TraceSegments', JSON.stringify({ TraceSegmentDocuments: [text] }));

    let seen = '';
    while (!seen.includes('event: traces') || !seen.endsWith('\n\n')) {
      const { value, done } = await reader.read();
      if (done) break;
      seen += value;
    }
    abort.abort();
    expect(seen).toContain(`"order":${ORDER}}`);
  });

  it('arrive over OTLP, in protobuf and JSON', async () => {
    const traceId = newTraceId().slice(2).replace('-', '');
    const body = JSON.stringify({
      resourceSpans: [
        {
          scopeSpans: [
            {
              spans: [
                {
                  traceId,
                  spanId: newId(),
                  name: 's',
                  startTimeUnixNano: `${Math.floor(now)}000000000`,
                  endTimeUnixNano: `${Math.floor(now)}500000000`,
                  attributes: [{ key: 'order', value: { intValue: ORDER } }],
                },
              ],
            },
          ],
        },
      ],
    });
    const answer = await fetch(url(server, '/v1/traces'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(answer.status).toBe(200);
    const id = `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
    expect(await textOf(`/console/traces/${id}`)).toContain(`"order":${ORDER}`);
  });
});

describe('OTLP data other than well-formed spans', () => {
  it('metrics are accepted, dropped and counted, and the response says so', async () => {
    const answer = await fetch(url(server, '/v1/metrics'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });

    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      partialSuccess: {
        errorMessage: expect.stringMatching(
          /^Local X-Ray stores only traces and their logs: metrics are dropped/,
        ),
      },
    });
    const status = await fetch(url(server, '/console/status'));
    expect(await status.json()).toMatchObject({ metricsDropped: 1 });
  });

  const sendSpan = async (span: object, wrap: (spans: object[]) => object) => {
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'mailer' } }] };
    const timed = {
      name: 'orders process',
      kind: 5,
      startTimeUnixNano: `${Math.floor(now)}000000000`,
      endTimeUnixNano: `${Math.floor(now)}500000000`,
      ...span,
    };
    const answer = await fetch(url(server, '/v1/traces'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [{ resource, ...wrap([timed]) }] }),
    });
    return (await answer.json()) as { partialSuccess?: { errorMessage: string } };
  };

  it('ids in base64 are accepted', async () => {
    const [traceId, spanId] = [newTraceId().slice(2).replace('-', ''), newId()];
    const inBase64 = {
      traceId: Buffer.from(traceId, 'hex').toString('base64'),
      spanId: Buffer.from(spanId, 'hex').toString('base64'),
    };
    await sendSpan(inBase64, (spans) => ({ scopeSpans: [{ spans }] }));

    const id = `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
    expect(await documents(id)).toMatchObject([{ id: spanId, name: 'mailer' }]);
  });

  it('spans of exporters from before OTLP 0.15 are stored', async () => {
    const [traceId, spanId] = [newTraceId().slice(2).replace('-', ''), newId()];
    const instrumentationLibrary = { name: 'kafka', version: '1' };
    await sendSpan({ traceId, spanId }, (spans) => ({
      instrumentationLibrarySpans: [{ instrumentationLibrary, spans }],
    }));

    const id = `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
    expect(await documents(id)).toMatchObject([
      { id: spanId, metadata: { otel: { scope: 'kafka 1' } } },
    ]);
  });

  it('a span without a trace id is rejected, and the response says why', async () => {
    const { partialSuccess } = await sendSpan(
      { traceId: '0'.repeat(32), spanId: newId() },
      (spans) => ({ scopeSpans: [{ spans }] }),
    );

    expect(partialSuccess).toMatchObject({ errorMessage: expect.stringContaining('trace_id') });
    expect(partialSuccess?.errorMessage).not.toContain('1--');
  });
});

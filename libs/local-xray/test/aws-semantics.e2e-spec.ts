import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId, newTraceId } from '@nestjs-xray/document';
import type { LocalXray } from '../src';
import { call, put, start, url } from './support/client';

const T0 = Math.floor(Date.now() / 1000) - 5000;
const segment = (over: object = {}) => ({
  trace_id: newTraceId(T0),
  id: newId(),
  name: 'shop',
  start_time: T0,
  end_time: T0 + 100,
  ...over,
});

let server: LocalXray;
beforeAll(async () => {
  server = await start();
});
afterAll(() => server.close());

const summaries = async (query: object) =>
  (await call(server, 'TraceSummaries', query)).body.TraceSummaries as any[];

describe('the time range of trace summaries', () => {
  it.each([
    ['Event', 10, 20, true],
    ['Event', -10, 10, true],
    ['Event', 90, 200, true],
    ['Event', 100, 200, true],
    ['Event', 101, 200, false],
    ['Event', -10, 0, false],
    ['TraceId', -1, 0, false],
    ['TraceId', 0, 1, true],
    ['TraceId', 10, 20, false],
    ['Service', 90, 101, true],
    ['Service', 90, 100, false],
  ])('%s from %d to %d of a trace from 0 to 100: %s', async (TimeRangeType, from, to, found) => {
    const name = `shop ${newId()}`;
    await put(server, segment({ name }));

    const query = { StartTime: T0 + from, EndTime: T0 + to, TimeRangeType };
    const FilterExpression = `name = "${name}"`;
    expect(await summaries({ ...query, FilterExpression })).toHaveLength(found ? 1 : 0);
  });
});

describe('fields that clients read without checking', () => {
  it('are present: Http, types of services, names of exceptions', async () => {
    const cause = { exceptions: [{ id: newId(), message: 'no type' }] };
    await put(server, segment({ name: 'bare', fault: true, error: true, cause }));

    const [summary] = await summaries({
      StartTime: T0 - 1,
      EndTime: T0 + 1,
      FilterExpression: 'name = "bare"',
    });
    expect(summary.Http).toEqual({});
    for (const causes of ['FaultRootCauses', 'ErrorRootCauses', 'ResponseTimeRootCauses']) {
      expect(summary[causes][0].Services[0]).toMatchObject({ Name: 'bare', Type: '' });
    }
    const [entity] = summary.FaultRootCauses[0].Services[0].EntityPath;
    expect(entity.Exceptions).toEqual([{ Name: '', Message: 'no type' }]);
  });
});

describe('the group Default', () => {
  it('is listed and read, and only its insights can be changed', async () => {
    const listed = await call(server, 'Groups', {});
    expect(listed.body.Groups.map(({ GroupName }: any) => GroupName)).toEqual(['Default']);
    const InsightsConfiguration = { InsightsEnabled: true, NotificationsEnabled: false };
    const changed = await call(server, 'UpdateGroup', {
      GroupName: 'Default',
      InsightsConfiguration,
    });
    expect(changed.status).toBe(200);

    const { body } = await call(server, 'GetGroup', { GroupName: 'Default' });
    expect(body.Group).toMatchObject({ GroupName: 'Default', InsightsConfiguration });
    const byArn = await call(server, 'GetGroup', { GroupARN: body.Group.GroupARN });
    expect(byArn.body).toEqual(body);
    for (const [operation, more] of [
      ['UpdateGroup', { FilterExpression: 'fault' }],
      ['DeleteGroup', {}],
      ['CreateGroup', {}],
    ] as const) {
      const refused = await call(server, operation, { GroupName: 'Default', ...more });
      expect({ operation, status: refused.status }).toEqual({ operation, status: 400 });
    }
  });

  it('is not a group that a filter can name', async () => {
    const { status } = await call(server, 'TraceSummaries', {
      StartTime: T0,
      EndTime: T0 + 1,
      FilterExpression: 'group.name = "missing"',
    });
    expect(status).toBe(400);
  });
});

describe('import of data from other tools', () => {
  const importing = async (body: unknown) => {
    const response = await fetch(url(server, '/console/import'), {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as any };
  };
  const services = async (id: string): Promise<string[]> => {
    const { body } = await call(server, 'TraceGraph', { TraceIds: [id] });
    return body.Services.map(({ Name, Type }: any) => `${Name} ${Type}`).sort();
  };

  it('accepts aws xray batch-get-traces, and infers nothing twice', async () => {
    const text = readFileSync(join(__dirname, 'fixtures/aws-batch-get-traces.json'), 'utf8');
    const id = '1-59602603-23fc5b688855d396af79b496';

    expect((await importing(text)).body).toEqual({ traces: [id], rejected: [] });
    const found = await services(id);
    expect(new Set(found).size).toBe(found.length);
    expect(found.filter((each) => each.includes('SNS'))).toHaveLength(1);
  });

  const traceId = 'abcdef0123456789abcdef0123456789';
  const id = '1-abcdef01-23456789abcdef0123456789';

  it('accepts OTLP/JSON', async () => {
    const spans = [
      {
        traceId,
        spanId: '0123456789abcdef',
        name: 'GET /',
        kind: 2,
        startTimeUnixNano: `${T0}000000000`,
        endTimeUnixNano: `${T0 + 1}000000000`,
      },
    ];
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'web' } }] };

    const answer = await importing({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
    expect(answer.body).toEqual({ traces: [id], rejected: [] });
    expect(await services(id)).toContain('web undefined');
  });

  it('accepts Jaeger’s JSON', async () => {
    const span = (spanID: string, operationName: string, kind: string, more: object = {}) => ({
      traceID: traceId,
      spanID,
      operationName,
      startTime: T0 * 1e6,
      duration: 1_000_000,
      processID: 'p1',
      tags: [{ key: 'span.kind', type: 'string', value: kind }],
      ...more,
    });
    const answer = await importing({
      data: [
        {
          traceID: traceId,
          spans: [
            span('0123456789abcdef', 'GET /cart', 'server'),
            span('1', 'redis get', 'client', {
              references: [{ refType: 'CHILD_OF', traceID: traceId, spanID: '0123456789abcdef' }],
              tags: [
                { key: 'span.kind', value: 'client' },
                { key: 'error', value: true },
                { key: 'peer.service', value: 'redis' },
                { key: 'big', value: 9007199254740991 },
              ],
              logs: [{ timestamp: T0 * 1e6, fields: [{ key: 'event', value: 'retry' }] }],
            }),
          ],
          processes: { p1: { serviceName: 'web', tags: [] } },
        },
      ],
    });

    expect(answer.body).toEqual({ traces: [id], rejected: [] });
    const { body } = await call(server, 'Traces', { TraceIds: [id] });
    expect(JSON.parse(body.Traces[0].Segments[0].Document)).toMatchObject({
      name: 'web',
      end_time: T0 + 1,
      subsegments: [{ id: '0000000000000001', name: 'redis', namespace: 'remote', fault: true }],
    });
  });

  const other = '1-abcdef02-23456789abcdef0123456789';
  /** An export of one span of that trace, with ids in `encoding`, as an exporter to a file writes it. */
  const exported = (trace: string, encoding: 'hex' | 'base64' = 'hex') => {
    const bytes = (hex: string) => Buffer.from(hex, 'hex').toString(encoding);
    const span = {
      traceId: bytes(trace.slice(2).replace('-', '')),
      spanId: bytes('0123456789abcdef'),
      name: 'GET /',
      kind: 'SPAN_KIND_SERVER',
      startTimeUnixNano: `${T0}000000000`,
      endTimeUnixNano: `${T0 + 1}000000000`,
    };
    return { resource: { attributes: [] }, scopeSpans: [{ spans: [span] }] };
  };
  const document = (trace_id: string) => segment({ trace_id });
  const lines = (...values: unknown[]) => values.map((each) => JSON.stringify(each)).join('\n');

  it.each([
    [
      'the Collector’s file, an export a line',
      lines({ resourceSpans: [exported(id)] }, { resourceSpans: [exported(other)] }) + '\n',
    ],
    ['Tempo’s API', { batches: [exported(id, 'base64'), exported(other, 'base64')] }],
    [
      'Tempo’s newer API',
      { trace: { resourceSpans: [exported(id, 'base64'), exported(other, 'base64')] } },
    ],
    [
      'documents, one a line',
      `\ufeff${lines(document(id), document(other)).replace('\n', '\r\n')}`,
    ],
    [
      'datagrams, one after the other',
      lines({ format: 'json', version: 1 }, document(id), { format: 'json', version: 1 }) +
        `\n\n${lines(document(other))}\n`,
    ],
    [
      'the body of a PutTraceSegments',
      { TraceSegmentDocuments: [lines(document(id)), lines(document(other))] },
    ],
    [
      'single traces of batch-get-traces',
      [id, other].map((Id) => ({ Id, Segments: [{ Document: lines(document(Id)) }] })),
    ],
    ['any of it together', [document(id), { resourceSpans: [exported(other)] }]],
  ])('accepts %s', async (_what, body) => {
    const answer = await importing(body);

    expect(answer.body).toEqual({ traces: [id, other], rejected: [] });
    const { body: found } = await call(server, 'Traces', { TraceIds: [id, other] });
    expect(found.Traces.map(({ Id }: any) => Id as string).sort()).toEqual([id, other]);
  });

  it.each([
    ['capitals', id.toUpperCase()],
    ['W3C’s form', traceId],
    ['the form of a UUID', traceId.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')],
    ['a trace header', `Root=${id};Parent=0123456789abcdef;Sampled=1`],
    ['a traceparent', `00-${traceId}-0123456789abcdef-01`],
  ])('responds with the trace of documents that have its id in %s', async (_, given) => {
    const documents = [document(given), document(other)];
    for (const body of [
      documents,
      { Traces: [{ Id: given, Segments: documents.map((each) => ({ Document: lines(each) })) }] },
    ]) {
      expect((await importing(body)).body).toEqual({ traces: [id, other], rejected: [] });
    }
  });

  it('names the line that is not JSON', async () => {
    const answer = await importing(`${lines(document(id))}\n{"half`);

    expect(answer).toMatchObject({
      status: 400,
      body: { Message: expect.stringMatching(/^Line 2 .* is not JSON/) },
    });
  });

  it.each([['5'], ['{"data":[]}'], ['{"resourceSpans":[{"scopeSpans":5}]}']])(
    'rejects %s',
    async (text) => {
      expect(
        (await importing(text)).status === 400 || (await importing(text)).body.rejected.length,
      ).toBeTruthy();
    },
  );
});

import { newId, newTraceId } from '@nestjs-xray/document';
import type { LocalXray } from '../src';
import { call, put, start } from './support/client';

const now = Date.now() / 1000;
const segment = (over: object = {}) => ({
  trace_id: newTraceId(now),
  id: newId(),
  name: 'shop',
  start_time: now,
  end_time: now + 0.5,
  ...over,
});
const rule = (RuleName: string) => ({
  RuleName,
  ResourceARN: '*',
  Priority: 10,
  FixedRate: 1,
  ReservoirSize: 1,
  ServiceName: '*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  Version: 1,
});
const old = segment({ trace_id: newTraceId(now - 40 * 86_400) });
const ids = Array.from({ length: 6 }, () => newTraceId());
const day = { StartTime: now - 86_400, EndTime: now };

describe('without --strict', () => {
  let server: LocalXray;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.close());

  it('keeps old ids and long names, and shows them', async () => {
    await put(server, old, segment({ name: 'n'.repeat(500) }));

    const { body } = await call(server, 'TraceSummaries', {
      StartTime: now - 60,
      EndTime: now + 60,
    });
    expect(body.TraceSummaries).toHaveLength(2);
  });

  it('returns more than five traces at once, and graphs of any period', async () => {
    expect((await call(server, 'Traces', { TraceIds: ids })).status).toBe(200);
    expect((await call(server, 'ServiceGraph', day)).status).toBe(200);
  });
});

describe('with --strict', () => {
  let server: LocalXray;
  beforeAll(async () => {
    server = await start({ strict: true });
  });
  afterAll(() => server.close());

  it('rejects documents like AWS', async () => {
    const { body } = await call(server, 'TraceSegments', {
      TraceSegmentDocuments: [old, segment({ name: 'a<b' }), segment({ user: 42 }), segment()].map(
        (each) => JSON.stringify(each),
      ),
    });

    expect(body.UnprocessedTraceSegments.map((each: any) => each.ErrorCode)).toEqual([
      'InvalidName',
      'InvalidSegment',
    ]);
  });

  it('returns at most five traces at once', async () => {
    expect((await call(server, 'Traces', { TraceIds: ids.slice(1) })).status).toBe(200);
    expect((await call(server, 'Traces', { TraceIds: ids })).body.Message).toBe(
      'TraceIds must have at most 5 members.',
    );
  });

  it('returns graphs of at most six hours', async () => {
    expect((await call(server, 'ServiceGraph', day)).body.Message).toBe(
      'Time range cannot be longer than 6 hours',
    );
  });

  it('stores at most 25 sampling rules besides Default', async () => {
    for (let at = 0; at < 25; at++) {
      expect(
        (await call(server, 'CreateSamplingRule', { SamplingRule: rule(`r${at}`) })).status,
      ).toBe(200);
    }

    expect(
      await call(server, 'CreateSamplingRule', { SamplingRule: rule('one more') }),
    ).toMatchObject({
      status: 400,
      type: 'RuleLimitExceededException',
    });
  });
});

describe('--default-sampling aws', () => {
  it("has AWS's Default rule", async () => {
    const server = await start({ defaultSampling: 'aws' });
    const { body } = await call(server, 'GetSamplingRules');
    await server.close();

    expect(body.SamplingRuleRecords).toMatchObject([
      { SamplingRule: { RuleName: 'Default', FixedRate: 0.05, ReservoirSize: 1, Priority: 10000 } },
    ]);
  });
});

import * as sdk from '@aws-sdk/client-xray';
import { newId, newTraceId } from '@nestjs-xray/document';
import type { LocalXray } from '../src';
import { start, url } from './support/client';

const rule = {
  RuleName: 'ours',
  ResourceARN: '*',
  Priority: 10,
  FixedRate: 0.5,
  ReservoirSize: 5,
  ServiceName: '*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  Version: 1,
};
const client24 = '0123456789abcdef01234567';

describe('@aws-sdk/client-xray', () => {
  let server: LocalXray;
  let client: sdk.XRayClient;
  const called = new Set<string>();
  const at = Date.now() / 1000 - 30;
  const traceId = newTraceId(at);
  const window = { StartTime: new Date((at - 60) * 1000), EndTime: new Date((at + 60) * 1000) };

  beforeAll(async () => {
    server = await start();
    client = new sdk.XRayClient({
      endpoint: url(server, ''),
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
  });
  afterAll(async () => {
    client.destroy();
    await server.close();
  });

  /** Sends a command by its name, so that in the end it can be told which were sent. */
  async function send(name: string, input: object = {}): Promise<any> {
    called.add(name);
    const { $metadata: _, ...answer } = await client.send(new (sdk as any)[name](input));
    return answer;
  }

  it('puts documents and telemetry', async () => {
    const document = {
      trace_id: traceId,
      id: newId(),
      name: 'shop',
      start_time: at,
      end_time: at + 1,
      fault: true,
    };
    expect(
      await send('PutTraceSegmentsCommand', {
        TraceSegmentDocuments: [JSON.stringify(document), '{}'],
      }),
    ).toMatchObject({ UnprocessedTraceSegments: [{ ErrorCode: 'MissingId' }] });
    const record = { Timestamp: new Date(), SegmentsReceivedCount: 1 };
    expect(await send('PutTelemetryRecordsCommand', { TelemetryRecords: [record] })).toEqual({});
  });

  it('finds and reads traces', async () => {
    expect(
      await send('GetTraceSummariesCommand', {
        ...window,
        FilterExpression: 'fault',
        Sampling: false,
      }),
    ).toMatchObject({
      TraceSummaries: [{ Id: traceId, Duration: 1, StartTime: expect.any(Date) }],
      TracesProcessedCount: 1,
    });
    expect(await send('BatchGetTracesCommand', { TraceIds: [traceId] })).toMatchObject({
      Traces: [{ Id: traceId, Segments: [{ Document: expect.any(String) }] }],
      UnprocessedTraceIds: [],
    });
    expect(await send('GetServiceGraphCommand', window)).toMatchObject({
      Services: expect.arrayContaining([expect.objectContaining({ Name: 'shop', Root: true })]),
      StartTime: expect.any(Date),
    });
    expect((await send('GetTraceGraphCommand', { TraceIds: [traceId] })).Services).toHaveLength(2);
    const { TimeSeriesServiceStatistics: series } = await send(
      'GetTimeSeriesServiceStatisticsCommand',
      {
        ...window,
        EntitySelectorExpression: 'service("shop")',
      },
    );
    expect(
      series.map((each: any) => each.ServiceSummaryStatistics?.FaultStatistics?.TotalCount ?? 0),
    ).toContain(1);
  });

  it('stores groups and their tags', async () => {
    const { Group } = await send('CreateGroupCommand', {
      GroupName: 'g',
      FilterExpression: 'fault',
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    const ResourceARN = Group.GroupARN;
    expect(await send('ListTagsForResourceCommand', { ResourceARN })).toEqual({
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    await send('TagResourceCommand', { ResourceARN, Tags: [{ Key: 'c', Value: '' }] });
    await send('UntagResourceCommand', { ResourceARN, TagKeys: ['a'] });
    expect((await send('ListTagsForResourceCommand', { ResourceARN })).Tags).toEqual([
      { Key: 'c', Value: '' },
    ]);
    expect(await send('GetGroupCommand', { GroupARN: ResourceARN })).toEqual({ Group });
    expect(await send('GetGroupsCommand')).toMatchObject({
      Groups: [{ GroupName: 'Default' }, Group],
    });
    expect(
      (await send('UpdateGroupCommand', { GroupName: 'g', FilterExpression: 'ok' })).Group
        .FilterExpression,
    ).toBe('ok');
    expect(await send('GetServiceGraphCommand', { ...window, GroupName: 'g' })).toMatchObject({
      Services: [],
    });
    expect(await send('DeleteGroupCommand', { GroupName: 'g' })).toEqual({});
  });

  it('stores sampling rules, and divides their reservoir among clients', async () => {
    const { SamplingRuleRecord } = await send('CreateSamplingRuleCommand', { SamplingRule: rule });
    expect(SamplingRuleRecord).toMatchObject({
      SamplingRule: { ...rule, Attributes: {} },
      CreatedAt: expect.any(Date),
    });
    const document = {
      RuleName: 'ours',
      ClientID: client24,
      Timestamp: new Date(),
      RequestCount: 10,
      SampledCount: 4,
      BorrowCount: 1,
    };
    await send('GetSamplingTargetsCommand', { SamplingStatisticsDocuments: [document] });
    const other = { ...document, ClientID: client24.replace('0', 'f') };
    expect(
      await send('GetSamplingTargetsCommand', {
        SamplingStatisticsDocuments: [document, other, { ...document, RuleName: 'none' }],
      }),
    ).toMatchObject({
      SamplingTargetDocuments: [
        {
          RuleName: 'ours',
          FixedRate: 0.5,
          ReservoirQuota: 3,
          Interval: 10,
          ReservoirQuotaTTL: expect.any(Date),
        },
        { RuleName: 'ours', ReservoirQuota: 2 },
      ],
      UnprocessedStatistics: [{ RuleName: 'none' }],
      LastRuleModification: expect.any(Date),
    });
    expect(await send('GetSamplingStatisticSummariesCommand')).toMatchObject({
      SamplingStatisticSummaries: [
        { RuleName: 'ours', RequestCount: 30, SampledCount: 12, BorrowCount: 3 },
      ],
    });
    await send('UpdateSamplingRuleCommand', {
      SamplingRuleUpdate: { RuleName: 'ours', FixedRate: 1 },
    });
    expect(
      (await send('GetSamplingRulesCommand')).SamplingRuleRecords.map((each: any) => [
        each.SamplingRule.RuleName,
        each.SamplingRule.FixedRate,
      ]),
    ).toEqual([
      ['ours', 1],
      ['Default', 1],
    ]);
    await send('DeleteSamplingRuleCommand', { RuleName: 'ours' });
  });

  it('stores settings and policies', async () => {
    await send('PutEncryptionConfigCommand', { Type: 'KMS', KeyId: 'alias/a' });
    expect((await send('GetEncryptionConfigCommand')).EncryptionConfig).toEqual({
      Type: 'KMS',
      KeyId: 'alias/a',
      Status: 'ACTIVE',
    });
    const policy = { PolicyName: 'p', PolicyDocument: '{"Statement":[]}' };
    expect((await send('PutResourcePolicyCommand', policy)).ResourcePolicy).toMatchObject({
      ...policy,
      PolicyRevisionId: '1',
      LastUpdatedTime: expect.any(Date),
    });
    expect((await send('ListResourcePoliciesCommand')).ResourcePolicies).toMatchObject([policy]);
    await expect(
      send('DeleteResourcePolicyCommand', { PolicyName: 'p', PolicyRevisionId: '7' }),
    ).rejects.toThrow(sdk.InvalidPolicyRevisionIdException);
    expect(await send('DeleteResourcePolicyCommand', { PolicyName: 'p' })).toEqual({});
    await send('UpdateIndexingRuleCommand', {
      Name: 'Default',
      Rule: { Probabilistic: { DesiredSamplingPercentage: 5 } },
    });
    expect((await send('GetIndexingRulesCommand')).IndexingRules).toMatchObject([
      { Name: 'Default', Rule: { Probabilistic: { DesiredSamplingPercentage: 5 } } },
    ]);
    await send('UpdateTraceSegmentDestinationCommand', { Destination: 'CloudWatchLogs' });
    expect(await send('GetTraceSegmentDestinationCommand')).toEqual({
      Destination: 'CloudWatchLogs',
      Status: 'ACTIVE',
    });
  });

  it('retrieves traces in steps', async () => {
    const { RetrievalToken } = await send('StartTraceRetrievalCommand', {
      ...window,
      TraceIds: [traceId],
    });
    expect(
      await send('ListRetrievedTracesCommand', { RetrievalToken, TraceFormat: 'XRAY' }),
    ).toMatchObject({
      RetrievalStatus: 'COMPLETE',
      Traces: [{ Id: traceId, Spans: [{ Document: expect.any(String) }] }],
    });
    expect(
      (await send('GetRetrievedTracesGraphCommand', { RetrievalToken })).Services,
    ).toMatchObject([
      { Service: { Type: 'client', Edges: [{ ReferenceId: 1 }] }, Links: [] },
      { Service: { Root: true, Edges: expect.any(Array) }, Links: [] },
    ]);
    expect(await send('CancelTraceRetrievalCommand', { RetrievalToken })).toEqual({});
    expect(await send('ListRetrievedTracesCommand', { RetrievalToken })).toMatchObject({
      RetrievalStatus: 'CANCELLED',
    });
  });

  it('reports that there are no insights', async () => {
    expect(await send('GetInsightSummariesCommand', { ...window, GroupName: 'Default' })).toEqual({
      InsightSummaries: [],
    });
    const InsightId = '00000000-0000-0000-0000-000000000000';
    await expect(send('GetInsightCommand', { InsightId })).rejects.toThrow(
      sdk.InvalidRequestException,
    );
    await expect(send('GetInsightEventsCommand', { InsightId })).rejects.toThrow(
      sdk.InvalidRequestException,
    );
    await expect(send('GetInsightImpactGraphCommand', { ...window, InsightId })).rejects.toThrow(
      sdk.InvalidRequestException,
    );
  });

  it.each([
    ['GetGroupCommand', { GroupName: 'none' }, sdk.InvalidRequestException],
    ['CreateGroupCommand', { GroupName: 'a b' }, sdk.InvalidRequestException],
    [
      'CreateGroupCommand',
      { GroupName: 'x', FilterExpression: 'fautl' },
      sdk.InvalidRequestException,
    ],
    [
      'CreateSamplingRuleCommand',
      { SamplingRule: { ...rule, FixedRate: 2 } },
      sdk.InvalidRequestException,
    ],
    ['ListTagsForResourceCommand', { ResourceARN: 'arn:none' }, sdk.ResourceNotFoundException],
    [
      'PutResourcePolicyCommand',
      { PolicyName: 'p', PolicyDocument: 'x' },
      sdk.MalformedPolicyDocumentException,
    ],
    [
      'PutResourcePolicyCommand',
      { PolicyName: 'p', PolicyDocument: 'x'.repeat(6000) },
      sdk.PolicySizeLimitExceededException,
    ],
    ['ListRetrievedTracesCommand', { RetrievalToken: 'none' }, sdk.ResourceNotFoundException],
    [
      'GetTraceSummariesCommand',
      { StartTime: new Date(2), EndTime: new Date(1) },
      sdk.InvalidRequestException,
    ],
    [
      'GetTraceSummariesCommand',
      { StartTime: new Date(1), EndTime: new Date(2), NextToken: 'x' },
      sdk.InvalidRequestException,
    ],
  ])('throws its own exceptions: %s %.60j', async (name, input, exception) => {
    await expect(send(name, input)).rejects.toThrow(exception);
  });

  it('pages through more summaries than one response contains', async () => {
    const own = await start();
    const ids = Array.from({ length: 1203 }, () => newTraceId(at));
    const documents = ids.map((trace_id, n) => ({
      trace_id,
      id: newId(),
      name: 'shop',
      start_time: at + (n % 7),
      end_time: at + 8,
    }));
    await own.store.ingest.put(documents.map((each) => JSON.stringify(each)));
    const reader = new sdk.XRayClient({
      endpoint: url(own, ''),
      region: 'eu-west-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    const found: string[] = [];
    for await (const { TraceSummaries = [] } of sdk.paginateGetTraceSummaries(
      { client: reader },
      window,
    )) {
      found.push(...TraceSummaries.map(({ Id }) => Id!));
    }
    reader.destroy();
    await own.close();

    expect(found.sort()).toEqual(ids.sort());
  });

  it('gets a response to every operation', () => {
    const all = Object.keys(sdk).filter(
      (name) => name.endsWith('Command') && !name.startsWith('$'),
    );

    expect([...called].sort()).toEqual(all.sort());
  });
});

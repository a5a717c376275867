import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId, newTraceId } from '@nestjs-xray/document';
import type { LocalXray } from '../src';
import { AwsCli } from './support/aws-cli';
import { put, start, url } from './support/client';
import { describeWith } from './support/processes';

// Debian's: another one earlier in the path may be of another version.
const AWS = '/usr/bin/aws';

describeWith('aws-cli', 'awscli', [AWS, '--version'], () => {
  let server: LocalXray;
  let cli: AwsCli;
  const at = Date.now() / 1000 - 60;
  const traceId = newTraceId(at);
  const window = [
    '--start-time',
    String(Math.floor(at - 60)),
    '--end-time',
    String(Math.ceil(at + 60)),
  ];

  beforeAll(async () => {
    server = await start();
    cli = new AwsCli();
    await put(server, {
      trace_id: traceId,
      id: newId(),
      name: 'backend-flask',
      start_time: at,
      end_time: at + 0.5,
      fault: true,
      annotations: { handle: 'andrew', size: 1, cached: false },
      http: { request: { method: 'GET', url: 'http://a.test/api' }, response: { status: 500 } },
      subsegments: [
        { id: newId(), name: 'db', namespace: 'remote', start_time: at, end_time: at + 0.1 },
      ],
    });
  });
  afterAll(async () => {
    await cli?.stop();
    await server?.close();
  });

  async function aws(...args: string[]): Promise<any> {
    const { code, stdout, stderr } = await cli.run(
      'xray',
      ...args,
      '--endpoint-url',
      url(server, ''),
      '--output',
      'json',
      '--no-cli-pager',
    );
    if (code !== 0) return { code, error: stderr.trim() };
    return stdout.trim() === '' ? {} : JSON.parse(stdout);
  }

  it('creates, shows, changes and deletes a group', async () => {
    const group = { GroupName: 'Cruddur', FilterExpression: 'service("backend-flask")' };
    expect(
      await aws(
        'create-group',
        '--group-name',
        'Cruddur',
        '--filter-expression',
        group.FilterExpression,
      ),
    ).toMatchObject({
      Group: {
        ...group,
        GroupARN: expect.stringMatching(
          /^arn:aws:xray:eu-west-1:000000000000:group\/Cruddur\/[A-Z2-7]{32}$/,
        ),
      },
    });
    expect(await aws('get-group', '--group-name', 'Cruddur')).toMatchObject({ Group: group });
    expect(await aws('get-groups')).toMatchObject({ Groups: [{ GroupName: 'Default' }, group] });
    expect(
      await aws('update-group', '--group-name', 'Cruddur', '--filter-expression', 'fault'),
    ).toMatchObject({ Group: { FilterExpression: 'fault' } });
    expect(
      await aws('get-trace-summaries', ...window, '--filter-expression', 'group.name = "Cruddur"'),
    ).toMatchObject({
      TraceSummaries: [{ Id: traceId }],
    });
    expect(await aws('delete-group', '--group-name', 'Cruddur')).toEqual({});
    expect(await aws('get-group', '--group-name', 'Cruddur')).toMatchObject({
      code: 254,
      error: expect.stringContaining('(InvalidRequestException)'),
    });
  });

  it("creates the article's sampling rule from its file, changes and deletes it", async () => {
    const file = join(__dirname, 'fixtures', 'sampling-rule.json');
    const { SamplingRule: rule } = JSON.parse(readFileSync(file, 'utf8'));
    const made = await aws('create-sampling-rule', '--cli-input-json', `file://${file}`);
    expect(made).toMatchObject({ SamplingRuleRecord: { SamplingRule: rule } });
    expect(await aws('get-sampling-rules')).toMatchObject({
      SamplingRuleRecords: [
        { SamplingRule: rule },
        { SamplingRule: { RuleName: 'Default', FixedRate: 1 } },
      ],
    });
    expect(
      await aws(
        'update-sampling-rule',
        '--sampling-rule-update',
        'RuleName=backend-flask,FixedRate=0.5',
      ),
    ).toMatchObject({ SamplingRuleRecord: { SamplingRule: { ...rule, FixedRate: 0.5 } } });
    expect(
      await aws('update-sampling-rule', '--sampling-rule-update', 'RuleName=Default,Priority=3'),
    ).toMatchObject({
      error: expect.stringContaining('Invalid update request for default sampling rule'),
    });
    const arn = made.SamplingRuleRecord.SamplingRule.RuleARN;
    expect(await aws('tag-resource', '--resource-arn', arn, '--tags', 'Key=team,Value=a')).toEqual(
      {},
    );
    expect(await aws('list-tags-for-resource', '--resource-arn', arn)).toEqual({
      Tags: [{ Key: 'team', Value: 'a' }],
    });
    expect(await aws('delete-sampling-rule', '--rule-name', 'backend-flask')).toMatchObject({
      SamplingRuleRecord: { SamplingRule: { RuleName: 'backend-flask' } },
    });
    expect(await aws('list-tags-for-resource', '--resource-arn', arn)).toMatchObject({
      code: 254,
      error: expect.stringContaining('(ResourceNotFoundException)'),
    });
  });

  it('finds a trace by filter expression, and reads it', async () => {
    const filter = 'service("backend-flask") { fault } AND annotation.handle = "andrew"';
    expect(
      await aws('get-trace-summaries', ...window, '--filter-expression', filter),
    ).toMatchObject({
      TraceSummaries: [
        {
          Id: traceId,
          HasFault: true,
          Http: { HttpStatus: 500 },
          Annotations: { size: [{ AnnotationValue: { NumberValue: 1 } }] },
        },
      ],
    });
    expect(
      await aws('get-trace-summaries', ...window, '--filter-expression', 'fautl'),
    ).toMatchObject({
      code: 254,
      error: expect.stringMatching(/InvalidRequestException.*fault.*position 0/),
    });
    const { Traces } = await aws('batch-get-traces', '--trace-ids', traceId);
    expect(JSON.parse(Traces[0].Segments[0].Document)).toMatchObject({ trace_id: traceId });
  });

  it('shows the service graph, also of one trace, and its statistics over time', async () => {
    const services = {
      Services: expect.arrayContaining([
        expect.objectContaining({ Name: 'backend-flask', Root: true }),
        expect.objectContaining({ Name: 'db', Type: 'remote' }),
      ]),
    };
    expect(await aws('get-service-graph', ...window)).toMatchObject(services);
    expect(await aws('get-trace-graph', '--trace-ids', traceId)).toMatchObject(services);
    const { TimeSeriesServiceStatistics: series } = await aws(
      'get-time-series-service-statistics',
      ...window,
      '--entity-selector-expression',
      'service("backend-flask")',
      '--period',
      '60',
    );
    expect(
      series.reduce(
        (sum: number, each: any) => sum + (each.ServiceSummaryStatistics?.TotalCount ?? 0),
        0,
      ),
    ).toBe(1);
  });

  it('puts documents, and reports which were rejected and why', async () => {
    const answer = await aws(
      'put-trace-segments',
      '--trace-segment-documents',
      `{"id":"${newId()}","name":"x"}`,
    );

    expect(answer.UnprocessedTraceSegments).toMatchObject([
      {
        ErrorCode: 'InvalidSegment',
        Message: expect.stringContaining('start_time: must be epoch seconds'),
      },
    ]);
  });

  it('reads the default settings of an account', async () => {
    expect(await aws('get-encryption-config')).toEqual({
      EncryptionConfig: { Status: 'ACTIVE', Type: 'NONE' },
    });
    expect(await aws('get-sampling-statistic-summaries')).toEqual({
      SamplingStatisticSummaries: [],
    });
    expect(await aws('list-resource-policies')).toEqual({ ResourcePolicies: [] });
    expect(await aws('get-insight-summaries', '--group-name', 'Default', ...window)).toEqual({
      InsightSummaries: [],
    });
  });
});

import type { SegmentDocument } from '@nestjs-xray/document';
import type { Driver } from '../store/driver';
import { openDatabase } from '../store/open-database';
import { TraceWriter } from '../store/trace-writer';
import { readEntitySelector } from './time-series';
import { checkoutTrace, id, segment, subsegment, T0 } from '../../test/support/trace-samples';
import { readFilter, TraceSearch } from './trace-search';
import { TraceStatistics } from './trace-statistics';

const idOf = (at: number) => `1-6b02ef12-${String(at).padStart(24, '0')}`;
const shift = <T>(document: T, seconds: number): T =>
  JSON.parse(JSON.stringify(document), (key, value: unknown) =>
    key === 'start_time' || key === 'end_time' ? (value as number) + seconds : value,
  ) as T;

describe('statistics of traces', () => {
  let driver: Driver;
  let search: TraceSearch;
  let statistics: TraceStatistics;

  /** Ten checkouts that fail, one a minute; twenty well ones of half a second; one that is running. */
  beforeAll(() => {
    driver = openDatabase(':memory:');
    const writer = new TraceWriter(driver);
    const put = (at: number, documents: SegmentDocument[]) => {
      for (const document of documents) {
        const sent = { ...document, trace_id: idOf(at) };
        writer.put(sent, JSON.stringify(sent));
      }
    };
    for (let at = 0; at < 10; at++) put(at, shift(checkoutTrace(), at * 60));
    for (let at = 10; at < 30; at++) {
      put(at, [
        segment('shop', 'a1', [at, at + 0.5], {
          annotations: { plan: 'free' },
          subsegments: [subsegment('cache', 'a2', [at, at + 0.004 + at / 1e5], { sql: {} })],
        }),
      ]);
    }
    put(30, [segment('shop', 'a1', [40])]);
    writer.commit(true);
    search = new TraceSearch(driver);
    statistics = new TraceStatistics(driver, search);
  });
  afterAll(() => driver.close());

  const graph = (expression = '', from = 0, to = 2e9) =>
    statistics.serviceGraph({ filter: readFilter(expression, () => undefined), from, to });
  const named = async (expression?: string) =>
    new Map((await graph(expression)).map((each) => [each.Name, each]));

  it('have a node for each service, each resource and the client, and edges that refer to them', async () => {
    const services = await graph();

    expect(
      services.map(({ ReferenceId, Name, Type, Root, State }) => [
        ReferenceId,
        Name,
        Type,
        Root,
        State,
      ]),
    ).toEqual([
      [0, 'client', 'client', undefined, 'unknown'],
      [1, 'shop', 'AWS::ECS::Container', true, 'active'],
      [2, 'shop', undefined, true, 'active'],
      [3, 'billing', undefined, undefined, 'active'],
      [4, 'cache', 'Database::SQL', undefined, 'active'],
      [5, 'ledger', 'AWS::DynamoDB::Table', undefined, 'active'],
      [6, 'orders@db.test', 'Database::SQL', undefined, 'active'],
    ]);
    const edges = services.flatMap(({ ReferenceId, Edges }) =>
      Edges.map((edge) => [ReferenceId, edge.ReferenceId]),
    );
    expect(edges).toEqual([
      [0, 1],
      [0, 2],
      [1, 3],
      [2, 4],
      [3, 5],
      [3, 6],
    ]);
    expect(services[1]).toMatchObject({
      AccountId: '111122223333',
      Names: ['shop'],
      StartTime: T0,
      EndTime: T0 + 541,
    });
    expect(services[0]).not.toHaveProperty('SummaryStatistics');
  });

  it('count successes, errors and faults, and the durations', async () => {
    const nodes = await named();
    const none = { ThrottleCount: 0, OtherCount: 0, TotalCount: 0 };

    expect(nodes.get('billing')!.SummaryStatistics).toEqual({
      OkCount: 0,
      ErrorStatistics: none,
      FaultStatistics: { OtherCount: 10, TotalCount: 10 },
      TotalCount: 10,
      TotalResponseTime: expect.closeTo(6, 5),
    });
    expect(nodes.get('cache')!.SummaryStatistics).toMatchObject({
      OkCount: 20,
      FaultStatistics: { TotalCount: 0 },
    });
    expect(nodes.get('billing')!.ResponseTimeHistogram).toEqual([{ Value: 0.6, Count: 10 }]);
    expect(nodes.get('billing')!.DurationHistogram).toEqual([{ Value: 0.6, Count: 10 }]);
    const histogram = nodes.get('cache')!.ResponseTimeHistogram!;
    expect(histogram.map(({ Value }) => Value)).toEqual([0.0041, 0.0042, 0.0043]);
    expect(histogram.reduce((sum, { Count }) => sum + Count, 0)).toBe(20);
  });

  it('count calls as measured by the caller', async () => {
    const shop = (await graph())[1]!;

    expect(shop.Edges[0]).toMatchObject({
      SummaryStatistics: {
        FaultStatistics: { TotalCount: 10 },
        TotalCount: 10,
        TotalResponseTime: expect.closeTo(7, 5),
      },
      ResponseTimeHistogram: [{ Value: 0.7, Count: 10 }],
      Aliases: [],
    });
  });

  it('leave out what has not ended', async () => {
    const client = (await graph())[0]!;

    expect(client.Edges.map(({ SummaryStatistics }) => SummaryStatistics.TotalCount)).toEqual([
      10, 20,
    ]);
  });

  it.each([
    ['fault', ['client', 'shop', 'billing', 'ledger', 'orders@db.test']],
    ['service("cache")', ['client', 'shop', 'cache']],
    [
      'service("billing") { responsetime > 0.5 }',
      ['client', 'shop', 'billing', 'ledger', 'orders@db.test'],
    ],
    ['service("billing") { responsetime > 5 }', []],
    ['partial', ['client', 'shop']],
  ])('cover only the traces found by %s', async (expression, names) => {
    expect((await graph(expression)).map(({ Name }) => Name)).toEqual(names);
  });

  it('cover only the traces in a time range', async () => {
    expect(await graph('', 0, 1)).toEqual([]);
    expect((await graph('', T0 + 100, T0 + 130))[1]!.SummaryStatistics!.TotalCount).toBe(1);
  });

  it('can cover single traces', () => {
    const services = statistics.traceGraph([idOf(0), idOf(10), idOf(999)]);

    expect(services.map(({ Name }) => Name)).toEqual([
      'client',
      'shop',
      'shop',
      'billing',
      'cache',
      'ledger',
      'orders@db.test',
    ]);
    expect(services[1]!.SummaryStatistics!.TotalCount).toBe(1);
    expect(statistics.traceGraph([])).toEqual([]);
  });

  it('keep a queue between sender and receiver', () => {
    const writer = new TraceWriter(driver);
    const send = subsegment('SQS', 'a2', [0, 0.1], {
      namespace: 'aws',
      aws: { queue_url: 'https://sqs/1/mail' },
    });
    const documents = [
      segment('sender', 'a1', [0, 0.2], { trace_id: idOf(50), subsegments: [send] }),
      segment('receiver', 'b1', [3, 4], { trace_id: idOf(50), parent_id: id('a2') }),
    ];
    for (const document of documents) writer.put(document, JSON.stringify(document));
    writer.commit(true);

    const [, sender, mail, receiver] = statistics.traceGraph([idOf(50)]);
    expect([sender!.Name, sender!.Edges[0]!.ReferenceId]).toEqual(['sender', mail!.ReferenceId]);
    expect([mail!.Name, mail!.Edges[0]!.ReferenceId]).toEqual(['mail', receiver!.ReferenceId]);
  });

  const series = (selector?: string, expression = '', period = 60) =>
    statistics.timeSeries(
      { filter: readFilter(expression, () => undefined), from: T0, to: T0 + 599 },
      readEntitySelector(selector),
      period,
    );

  it('are divided into periods, including those without traces', async () => {
    const entries = await series('service("cache")');

    expect(entries).toHaveLength(11);
    expect(entries.every(({ Timestamp }) => Timestamp % 60 === 0)).toBe(true);
    expect(
      entries.map(({ ServiceSummaryStatistics }) => ServiceSummaryStatistics!.TotalCount),
    ).toEqual([10, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(await series('service("cache")', '', 300)).toHaveLength(3);
  });

  it('cover incoming calls by default', async () => {
    const entries = await series();

    const faults = entries.map(
      ({ EdgeSummaryStatistics }) => EdgeSummaryStatistics!.FaultStatistics.TotalCount,
    );
    expect(faults.reduce((sum, each) => sum + each)).toBe(10);
    expect(entries[2]!.EdgeSummaryStatistics!.TotalCount).toBe(1);
  });

  it('can cover an edge, for the traces found by a filter', async () => {
    const count = (entries: Awaited<ReturnType<typeof series>>) =>
      entries.reduce(
        (sum, { EdgeSummaryStatistics }) => sum + EdgeSummaryStatistics!.TotalCount,
        0,
      );

    expect(count(await series('edge("shop", "billing")'))).toBe(10);
    expect(count(await series('edge("shop", "billing")', 'ok'))).toBe(0);
    expect(count(await series('edge("shop", id(type: "Database::SQL"))'))).toBe(20);
  });

  it.each([
    'fault',
    'service("a") { fault }',
    'service("a") OR service("b")',
    'id("a")',
    'service(',
  ])('reject %s as an entity selector', (expression) => {
    expect(() => readEntitySelector(expression)).toThrow(
      expect.objectContaining({ name: 'FilterSyntaxError' }),
    );
  });

  it('accept id() alone as an entity selector', () => {
    expect(readEntitySelector('id(name: "a", type: "b")')).toEqual({
      kind: 'service',
      target: { name: 'a', type: 'b' },
    });
  });
});

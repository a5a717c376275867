import {
  edgeFilter,
  healthOf,
  logColumns,
  nodeFilter,
  percentile,
  toServiceMap,
  type ServiceGraph,
} from './service-graph';

const calls = (ok: number, { error = 0, throttle = 0, fault = 0 } = {}) => ({
  OkCount: ok,
  ErrorStatistics: { OtherCount: error, ThrottleCount: throttle, TotalCount: error + throttle },
  FaultStatistics: { OtherCount: fault, TotalCount: fault },
  TotalCount: ok + error + throttle + fault,
  TotalResponseTime: 1,
});

const graph: ServiceGraph = {
  StartTime: 1_700_000_000,
  EndTime: 1_700_000_600,
  Services: [
    {
      ReferenceId: 0,
      Name: 'backend-nest',
      Type: 'client',
      Edges: [
        {
          ReferenceId: 1,
          SummaryStatistics: calls(7, { fault: 2 }),
          ResponseTimeHistogram: [
            { Value: 0.2, Count: 2 },
            { Value: 0.01, Count: 7 },
          ],
        },
      ],
    },
    {
      ReferenceId: 1,
      Name: 'backend-nest',
      Root: true,
      SummaryStatistics: calls(7, { fault: 2 }),
      ResponseTimeHistogram: [
        { Value: 0.2, Count: 2 },
        { Value: 0.01, Count: 7 },
      ],
      Edges: [
        { ReferenceId: 2, SummaryStatistics: calls(3) },
        { ReferenceId: 3, SummaryStatistics: calls(0, { throttle: 1 }) },
        { ReferenceId: 99, SummaryStatistics: calls(1) },
      ],
    },
    { ReferenceId: 2, Name: 'cruddur', Type: 'Database::PostgreSQL' },
    { ReferenceId: 3, Name: 'SNS', Type: 'AWS::SNS' },
    { ReferenceId: 4, Name: 'a "quoted" one', Type: 'remote' },
    { ReferenceId: 5, Name: 'worker', Type: 'AWS::ECS::Container' },
  ],
};

describe('a service map', () => {
  const map = toServiceMap(graph);
  const node = (name: string) => map.nodes.find((one) => one.name === name)!;

  it('shows the type of each node, and which sent no segments', () => {
    expect(
      map.nodes.map(({ name, kind, label, inferred }) => [name, kind, label, inferred]),
    ).toEqual([
      ['Clients', 'client', 'Client', false],
      ['backend-nest', 'service', 'Service', false],
      ['cruddur', 'database', 'PostgreSQL', true],
      ['SNS', 'aws', 'AWS SNS', true],
      ['a "quoted" one', 'remote', 'Remote', true],
      ['worker', 'service', 'Service', false],
    ]);
  });

  it('identifies its nodes by type and name, which a reload does not change', () => {
    const reversed = toServiceMap({
      Services: graph
        .Services!.map((one) => ({ ...one, ReferenceId: 10 - one.ReferenceId! }))
        .reverse(),
    });
    expect(reversed.nodes.map((one) => one.id).sort()).toEqual(
      map.nodes.map((one) => one.id).sort(),
    );
  });

  it('distinguishes two nodes with the same type and name', () => {
    const twice = toServiceMap({
      Services: [
        { ReferenceId: 1, Name: 'a' },
        { ReferenceId: 2, Name: 'a' },
      ],
    });
    expect(new Set(twice.nodes.map((one) => one.id)).size).toBe(2);
  });

  it('omits an edge to a node that was not sent', () => {
    expect(map.edges).toHaveLength(3);
  });

  it('gives clients the traffic of their outgoing edges', () => {
    expect(node('Clients').traffic).toMatchObject({ total: 9, ok: 7, fault: 2 });
    expect(percentile(node('Clients').traffic, 0.5)).toBe(0.01);
  });

  it('includes the number of minutes that its counts cover', () => {
    expect(map.minutes).toBe(10);
    expect(toServiceMap({ Services: [] }).minutes).toBe(0);
    expect(toServiceMap({ StartTime: 0, EndTime: 600, Services: [] }).minutes).toBe(0);
    const since = (StartTime: number) => ({ Name: 'shop', StartTime });
    const allTime = { StartTime: 0, EndTime: 600, Services: [since(480), since(300)] };
    expect(toServiceMap(allTime).minutes).toBe(5);
  });

  it('uses the worst outcome as health', () => {
    expect(map.nodes.map((one) => healthOf(one.traffic))).toEqual([
      'fault',
      'fault',
      'ok',
      'ok',
      'ok',
      'ok',
    ]);
    expect(map.edges.map((edge) => healthOf(edge.traffic))).toEqual(['fault', 'ok', 'throttle']);
  });

  it('reads percentiles from the histogram, even if it is not sorted', () => {
    const { traffic } = node('backend-nest');
    expect([percentile(traffic, 0.5), percentile(traffic, 0.95)]).toEqual([0.01, 0.2]);
    expect(percentile(node('SNS').traffic, 0.5)).toBeUndefined();
  });

  it('distributes response times over columns of equal ratio, without loss', () => {
    const columns = logColumns(node('backend-nest').traffic, 10);
    expect(columns).toHaveLength(10);
    expect(columns.reduce((sum, column) => sum + column.count, 0)).toBe(9);
    expect(columns[0]!.count).toBe(7);
    expect(columns[9]!.count).toBe(2);
    expect(columns[1]!.to / columns[1]!.from).toBeCloseTo(columns[8]!.to / columns[8]!.from);
    expect(logColumns(node('SNS').traffic, 10)).toEqual([]);
  });

  it('escapes special characters in filter expressions', () => {
    expect(nodeFilter(node('a "quoted" one'))).toBe('service("a \\"quoted\\" one")');
    expect(nodeFilter(node('backend-nest'), 'fault')).toBe('service("backend-nest") { fault }');
    expect(nodeFilter(node('Clients'), 'ok', map)).toBe('service("backend-nest")');
    expect(edgeFilter(node('backend-nest'), node('SNS'), 'throttle')).toBe(
      'edge("backend-nest", "SNS") { throttle }',
    );
    expect(edgeFilter(node('Clients'), node('backend-nest'))).toBe('service("backend-nest")');
  });
});

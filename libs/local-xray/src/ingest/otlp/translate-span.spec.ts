import type { AttributeValue, Span } from './span';
import { attributeIndex } from './indexed-attributes';
import { readStackTrace } from './stack-trace';
import { translateSpan } from './translate-span';

const attributes = (values: Record<string, AttributeValue>) => new Map(Object.entries(values));

function span(over: Partial<Span> = {}): Span {
  return {
    traceId: '6b02e8aab9d3fa24f583d38596b215b5',
    spanId: '257ad0888eae795a',
    parentSpanId: '',
    name: 'GET /orders',
    kind: 'server',
    start: 10,
    end: 11,
    attributes: new Map(),
    events: [],
    links: [],
    failed: false,
    statusMessage: '',
    resource: attributes({ 'service.name': 'shop' }),
    ...over,
  };
}

const call = (values: Record<string, AttributeValue>, over: Partial<Span> = {}) =>
  span({
    kind: 'client',
    parentSpanId: '0000000000000001',
    attributes: attributes(values),
    ...over,
  });

describe('translateSpan', () => {
  it('turns a span of kind consumer into a segment named after its service', () => {
    const consumed = span({
      kind: 'consumer',
      parentSpanId: '0000000000000001',
      name: 'orders process',
    });

    expect(translateSpan(consumed)).toMatchObject([
      {
        name: 'shop',
        parent_id: '0000000000000001',
        metadata: { otel: { name: 'orders process', kind: 'consumer' } },
      },
    ]);
    expect(translateSpan(consumed)[0]).not.toHaveProperty('type');
  });

  it('keeps the scope, the events and the status message', () => {
    const events = [
      { name: 'cache miss', time: 10.5, attributes: new Map([['key', 'cart:1']]) },
      { name: 'exception', time: 10.6, attributes: new Map([['exception.type', 'E']]) },
    ];
    const [document] = translateSpan(span({ events, scope: 'http 1.2', statusMessage: 'why' }));

    expect(document!.metadata!.otel).toEqual({
      name: 'GET /orders',
      kind: 'server',
      scope: 'http 1.2',
      status_message: 'why',
      events: [{ name: 'cache miss', time: 10.5, attributes: { key: 'cart:1' } }],
    });
  });

  it('turns a span of kind server into a segment, with its resource in the metadata', () => {
    expect(translateSpan(span({ parentSpanId: '0000000000000001' }))).toEqual([
      {
        trace_id: '1-6b02e8aa-b9d3fa24f583d38596b215b5',
        id: '257ad0888eae795a',
        parent_id: '0000000000000001',
        name: 'shop',
        start_time: 10,
        end_time: 11,
        aws: { xray: { auto_instrumentation: false } },
        metadata: {
          otel: { name: 'GET /orders', kind: 'server' },
          default: { 'otel.resource.service.name': 'shop' },
        },
      },
    ]);
  });

  it('turns an internal span into a subsegment, without the fields of the segment', () => {
    expect(
      translateSpan(span({ kind: 'internal', parentSpanId: '0000000000000001', name: 'a<b>c' })),
    ).toMatchObject([{ type: 'subsegment', name: 'abc' }]);
  });

  it.each(['client', 'producer'] as const)('has a span of kind %s leave the process', (kind) => {
    const sent = span({ kind, parentSpanId: '0000000000000001' });

    expect(translateSpan(sent)).toMatchObject([{ type: 'subsegment', namespace: 'remote' }]);
  });

  it('turns any span without a parent into a segment', () => {
    const [segment] = translateSpan(span({ kind: 'internal', name: 'job' }));

    expect(segment).not.toHaveProperty('type');
    expect(segment).toMatchObject({ name: 'job' });
  });

  it('keeps links to spans, and leaves out invalid links', () => {
    const nowhere = { traceId: '', spanId: '', attributes: new Map() };
    const links = [
      { ...nowhere, traceId: '6b02e8aab9d3fa24f583d38596b215b5', spanId: '0000000000000002' },
      nowhere,
    ];

    expect(translateSpan(span({ links }))).toMatchObject([
      { links: [{ trace_id: '1-6b02e8aa-b9d3fa24f583d38596b215b5', id: '0000000000000002' }] },
    ]);
    expect(translateSpan(span({ links: [nowhere] }))[0]).not.toHaveProperty('links');
  });

  it.each([
    [
      { 'http.method': 'GET', 'http.url': 'http://a/b' },
      { request: { method: 'GET', url: 'http://a/b' } },
    ],
    [
      {
        'url.scheme': 'https',
        'server.address': 'a.test',
        'server.port': 8443,
        'url.path': '/b',
        'url.query': 'c=d',
      },
      { request: { url: 'https://a.test:8443/b?c=d' } },
    ],
    [
      { 'http.target': '/b', 'net.host.name': 'a', 'net.host.port': 80 },
      { request: { url: 'http://a/b' } },
    ],
    [
      {
        'http.response.status_code': 404,
        'client.address': '10.0.0.1',
        'user_agent.original': 'curl',
      },
      {
        request: { client_ip: '10.0.0.1', x_forwarded_for: true, user_agent: 'curl' },
        response: { status: 404 },
      },
    ],
  ])('reads HTTP attributes of old and new conventions: %j', (values, http) => {
    expect(translateSpan(span({ attributes: attributes(values) }))).toMatchObject([{ http }]);
  });

  it.each([
    [{ attributes: attributes({ 'http.status_code': 503 }) }, { fault: true }],
    [{ attributes: attributes({ 'http.status_code': 404 }), failed: true }, { error: true }],
    [{ attributes: attributes({ 'http.status_code': 429 }) }, { error: true, throttle: true }],
    [
      { failed: true, statusMessage: 'no' },
      { fault: true, cause: { exceptions: [{ message: 'no' }] } },
    ],
  ])('sets error, fault and throttle: %#', (over, expected) => {
    expect(translateSpan(span(over))).toMatchObject([expected]);
  });

  it('names a call to AWS after its service, with the details of the operation', () => {
    const values = {
      'rpc.system': 'aws-api',
      'rpc.service': 'DynamoDB',
      'rpc.method': 'PutItem',
      'aws.region': 'eu-west-1',
      'aws.request_id': 'r1',
      'aws.dynamodb.table_names': ['orders'],
    };

    expect(translateSpan(call(values))).toMatchObject([
      {
        name: 'DynamoDB',
        namespace: 'aws',
        aws: { operation: 'PutItem', region: 'eu-west-1', request_id: 'r1', table_name: 'orders' },
      },
    ]);
  });

  it('names a database after its name and host', () => {
    const values = {
      'db.system': 'mysql',
      'db.name': 'orders',
      'db.connection_string': 'jdbc:mysql://db.test:3306',
      'db.user': 'app',
    };

    expect(translateSpan(call(values, { name: 'SELECT' }))).toMatchObject([
      {
        name: 'orders@db.test',
        namespace: 'remote',
        sql: {
          url: 'SELECT',
          connection_string: 'jdbc:mysql://db.test:3306/orders',
          database_type: 'mysql',
          user: 'app',
        },
      },
    ]);
  });

  it('indexes the configured attributes, and keeps the others as metadata', () => {
    const values = {
      'aws.xray.annotations': ['plan', 'a-b'],
      plan: 'gold',
      'a-b': 1,
      list: ['x', { y: 1 }],
      'enduser.id': 'ada',
      'aws.xray.metadata.shop': '{"k":{"v":1}}',
      'aws.xray.metadata.broken': '{',
    };

    expect(
      translateSpan(span({ attributes: attributes(values), resource: new Map() })),
    ).toMatchObject([
      {
        user: 'ada',
        annotations: { plan: 'gold', a_b: 1 },
        metadata: {
          shop: { k: { v: 1 } },
          default: { list: ['x', { y: 1 }], 'aws.xray.metadata.broken': '{' },
        },
      },
    ]);
  });

  it('turns a local root that is a call into a segment and a call', () => {
    const values = {
      'aws.span.kind': 'LOCAL_ROOT',
      'aws.local.service': 'worker',
      'aws.remote.service': 'queue',
    };
    const [subsegment, segment] = translateSpan(call(values));

    expect(segment).toMatchObject({ name: 'worker', parent_id: '0000000000000001' });
    expect(subsegment).toMatchObject({
      name: 'queue',
      type: 'subsegment',
      namespace: 'remote',
      parent_id: segment!.id,
    });
  });

  it.each([
    ['aws_ecs', 'fargate', 'AWS::ECS::Fargate'],
    ['aws_ecs', '', 'AWS::ECS::Container'],
    ['aws_eks', '', 'AWS::EKS::Container'],
    ['aws_ec2', '', 'AWS::EC2::Instance'],
  ])('records where it ran: %s %s', (platform, launch, origin) => {
    const resource = attributes({
      'cloud.provider': 'aws',
      'cloud.platform': platform,
      'aws.ecs.launchtype': launch,
    });

    expect(translateSpan(span({ resource }))).toMatchObject([{ origin }]);
  });
});

describe('readStackTrace', () => {
  const first = { id: '0000000000000001', type: 'Error', message: 'no' };

  it.each([
    [
      'nodejs',
      'Error: no\n    at Cart.total (/srv/cart.ts:4:14)\n    at file:///srv/main.mjs:9:1\n    at async run (node:internal/x:1:2)',
      [
        { path: '/srv/cart.ts', line: 4, label: 'Cart.total' },
        { path: 'file:///srv/main.mjs', line: 9 },
        { path: 'node:internal/x', line: 1 },
      ],
    ],
    [
      'python',
      'Traceback (most recent call last):\n  File "/app/main.py", line 3, in run\n    work()\n  File "/app/work.py", line 7, in work\nError: no',
      [
        { path: '/app/work.py', line: 7, label: 'work' },
        { path: '/app/main.py', line: 3 },
      ],
    ],
    [
      'go',
      'goroutine 1 [running]:\nmain.work(0x1)\n\t/app/main.go:12 +0x1d\n',
      [{ path: '/app/main.go', line: 12, label: 'main.work' }],
    ],
    [
      'dotnet',
      'System.Exception: no\n   at Shop.Cart.Total() in /app/Cart.cs:line 5\n',
      [{ path: '/app/Cart.cs', line: 5, label: 'Shop.Cart.Total()' }],
    ],
  ])('reads frames of %s', (language, trace, stack) => {
    expect(readStackTrace(first, trace, language)[0]).toMatchObject({ ...first, stack });
  });

  it('parses causes in Java', () => {
    const trace =
      'a.Outer: no\n\tat a.B.c(B.java:5)\nCaused by: a.Inner: why\n\tat app//a.D.e(D.java:7)\n\t... 3 more';
    const [outer, inner] = readStackTrace(first, trace, 'java');

    expect(outer).toMatchObject({
      cause: inner!.id,
      stack: [{ path: 'B.java', line: 5, label: 'a.B.c' }],
    });
    expect(inner).toMatchObject({
      type: 'a.Inner',
      message: 'why',
      stack: [{ label: 'a.D.e', line: 7 }],
    });
  });

  it.each(['', 'nonsense', 'at at at ((((', '\n'.repeat(1000)])(
    'accepts text that is not a stack trace: %j',
    (trace) => {
      for (const language of ['nodejs', 'python', 'java', 'go', 'dotnet']) {
        expect(readStackTrace(first, trace, language)[0]).toMatchObject(first);
      }
    },
  );

  it('names a database after the address and port of its server', () => {
    const values = {
      'db.system.name': 'postgresql',
      'db.namespace': 'shop',
      'server.address': 'pg-replica-2',
      'server.port': 5432,
    };
    const [document] = translateSpan(call(values));

    expect(document).toMatchObject({
      name: 'shop@pg-replica-2',
      sql: { connection_string: 'pg-replica-2:5432/shop' },
    });
    expect(document!.metadata).not.toHaveProperty('default');
  });

  it('keeps the address of a call that is neither HTTP nor SQL', () => {
    const values = { 'messaging.system': 'kafka', 'server.address': 'broker', 'server.port': 9092 };

    expect(translateSpan(call(values, { kind: 'producer' }))[0]!.metadata!.default).toEqual(values);
  });

  it('uses the path as the URL of a request that names no host', () => {
    const values = { 'http.request.method': 'POST', 'url.path': '/cart', 'url.query': 'a=1' };

    expect(translateSpan(span({ attributes: attributes(values) }))).toMatchObject([
      { http: { request: { method: 'POST', url: '/cart?a=1' } } },
    ]);
  });

  it.each([
    [['own'], { 'order.id': 'A-4711', plan: 'gold', n: 3 }],
    [['none'], undefined],
    [['messaging.*', 'plan'], { plan: 'gold', 'messaging.system': 'kafka' }],
    [['all'], { 'order.id': 'A-4711', plan: 'gold', n: 3, 'messaging.system': 'kafka' }],
  ])('indexes the attributes of --index-attributes %j', (names, annotations) => {
    const values = {
      'order.id': 'A-4711',
      plan: 'gold',
      n: 3,
      'messaging.system': 'kafka',
      long: 'x'.repeat(300),
      list: ['a'],
    };
    const [document] = translateSpan(
      span({ attributes: attributes(values) }),
      attributeIndex(names),
    );

    expect(document!.annotations).toEqual(annotations);
    expect(document!.metadata!.default).toMatchObject(values);
  });
});

import type { SegmentDocument, SubsegmentDocument } from '@nestjs-xray/document';
import fc from 'fast-check';
import { buildTraceModel, type TraceModel } from './trace-model';
import {
  alone,
  checkoutTrace,
  id,
  segment,
  subsegment,
  TRACE_ID,
} from '../../test/support/trace-samples';
import { decodeShape, decodeTimes, encodeShape } from './trace-shape';
import { traceFacts } from './trace-summary';

const nodes = (model: TraceModel) =>
  model.visits.map(({ name, type }) => (type ? `${name} (${type})` : name));
const edges = (model: TraceModel) =>
  model.calls.map(({ from, to }) => `${from.name} -> ${to.name}`);
const facts = (...documents: (SegmentDocument | SubsegmentDocument)[]) =>
  traceFacts(TRACE_ID, buildTraceModel(documents));

describe('a trace model', () => {
  it('has a node for each service, database and AWS resource, and the calls between them', () => {
    const model = buildTraceModel(checkoutTrace());

    expect(nodes(model)).toEqual([
      'shop (AWS::ECS::Container)',
      'billing',
      'orders@db.test (Database::SQL)',
      'ledger (AWS::DynamoDB::Table)',
    ]);
    expect(edges(model)).toEqual([
      'shop -> billing',
      'billing -> orders@db.test',
      'billing -> ledger',
    ]);
    expect(model.root?.name).toBe('shop');
    expect(model.partial).toBe(false);
  });

  it.each<[string, Partial<SubsegmentDocument>, string]>([
    ['a remote host', { namespace: 'remote' }, 'api.test (remote)'],
    [
      'a queue',
      { name: 'SQS', namespace: 'aws', aws: { queue_url: 'https://sqs/1/mail' } },
      'mail (AWS::SQS::Queue)',
    ],
    [
      'a topic',
      { name: 'SNS', namespace: 'aws', aws: { topic_arn: 'arn:aws:sns:e:1:t' } },
      't (AWS::SNS::Topic)',
    ],
    [
      'a bucket',
      { name: 'S3', namespace: 'aws', aws: { bucket_name: 'pics' } },
      'pics (AWS::S3::Bucket)',
    ],
    [
      'one table of a list',
      { name: 'DynamoDB', namespace: 'aws', aws: { table_names: ['t'] } },
      't (AWS::DynamoDB::Table)',
    ],
    [
      'several tables',
      { name: 'DynamoDB', namespace: 'aws', aws: { table_names: ['t', 'u'] } },
      'DynamoDB (AWS::DynamoDB)',
    ],
    ['another AWS service', { name: 'KMS', namespace: 'aws' }, 'KMS (AWS::KMS)'],
    ['a database', { name: 'db', sql: {} }, 'db (Database::SQL)'],
  ])('infers %s', (_, call, expected) => {
    const model = buildTraceModel([
      segment('a', 'a1', [0, 1], { subsegments: [subsegment('api.test', 'a2', [0, 1], call)] }),
    ]);

    expect(nodes(model)).toEqual(['a', expected]);
    expect(edges(model)).toHaveLength(1);
  });

  it('infers no node for a call with a segment, not even from inside the call', () => {
    const call = subsegment('b.test', 'a2', [0, 1], {
      namespace: 'remote',
      subsegments: [subsegment('attempt', 'a3', [0, 1], { namespace: 'remote' })],
    });
    const model = buildTraceModel([
      segment('a', 'a1', [0, 1], { subsegments: [call] }),
      segment('b', 'b1', [0, 1], { parent_id: id('a3') }),
    ]);

    expect(nodes(model)).toEqual(['a', 'b']);
    expect(edges(model)).toEqual(['a -> b']);
  });

  it('keeps a queue between the sender and the receiver', () => {
    const send = subsegment('SQS', 'a2', [0, 1], {
      namespace: 'aws',
      aws: { queue_url: 'https://sqs/1/mail' },
    });
    const model = buildTraceModel([
      segment('a', 'a1', [0, 1], { subsegments: [send] }),
      segment('b', 'b1', [2, 3], { parent_id: id('a2') }),
    ]);

    expect(edges(model)).toEqual(['a -> mail', 'mail -> b']);
  });

  it('is the same in whatever order its documents arrive', () => {
    const [shop, billing] = checkoutTrace() as [SegmentDocument, SegmentDocument];
    const sent = [shop, { ...billing, subsegments: [] }];
    const streamed = billing.subsegments!.map((each) => alone(each, 'b1'));
    const whole = encodeShape(buildTraceModel([shop, billing]));

    fc.assert(
      fc.property(fc.shuffledSubarray([...sent, ...streamed], { minLength: 4 }), (documents) => {
        const encoded = encodeShape(buildTraceModel(documents));
        expect(encoded).toEqual(whole);
      }),
    );
  });

  it('counts a subsegment once that arrived both alone and embedded: the final one', () => {
    const call = subsegment('db', 'a2', [0, 1], { sql: {} });
    const unfinished = subsegment('db', 'a2', [0], { sql: {} });

    for (const [embedded, sent] of [
      [call, call],
      [unfinished, call],
      [call, unfinished],
    ] as const) {
      const model = buildTraceModel([
        segment('a', 'a1', [0, 1], { subsegments: [embedded] }),
        alone(sent, 'a1'),
      ]);
      expect(model.calls.map(({ time }) => time)).toEqual([1e6]);
      expect(model.partial).toBe(false);
    }
  });

  it('has two calls that a client gave the same id, one embedded and one sent alone', () => {
    const query = subsegment('orders@db', 'a2', [0, 1], { sql: {}, namespace: 'remote' });
    const other = subsegment('users@db', 'a2', [2, 3], { sql: {}, namespace: 'remote' });
    const documents = [segment('a', 'a1', [0, 4], { subsegments: [query] }), alone(other, 'a1')];

    for (const order of [documents, [...documents].reverse()]) {
      expect(buildTraceModel(order).calls.map(({ to }) => to.name)).toEqual([
        'orders@db',
        'users@db',
      ]);
    }
  });

  it('keeps the final one of two segments with the same id, in either order', () => {
    const documents = [segment('a', 'a1', [0, 1]), segment('a', 'a1', [0])];

    expect(buildTraceModel(documents).partial).toBe(false);
    expect(buildTraceModel(documents.reverse()).partial).toBe(false);
  });

  it('keeps subsegments whose segment has not arrived as orphans, and is partial', () => {
    const model = buildTraceModel([
      alone(
        subsegment('work', 'a2', [0, 1], {
          subsegments: [subsegment('db', 'a3', [0, 1], { sql: {} })],
        }),
        'a1',
      ),
      alone(subsegment('more', 'a4', [0, 1]), 'a2'),
    ]);

    expect(model.tree.orphans.map(({ name }) => name)).toEqual(['work']);
    expect(nodes(model)).toEqual(['db (Database::SQL)']);
    expect(model.partial).toBe(true);
    expect(model.root).toBeUndefined();
  });

  it('works with loops of parents, of segments and of subsegments', () => {
    const loops = buildTraceModel([
      segment('a', 'a1', [0, 1], { parent_id: id('b1') }),
      segment('b', 'b1', [1, 2], { parent_id: id('a1') }),
      segment('c', 'c1', [1, 2], { parent_id: id('c1') }),
      alone(subsegment('x', 'd1', [0, 1]), 'd2'),
      alone(subsegment('y', 'd2', [1, 2]), 'd1'),
      alone(subsegment('z', 'd3', [1, 2], { subsegments: [subsegment('z', 'd3', [1, 2])] }), 'd3'),
    ]);

    expect(loops.root?.name).toBe('c');
    expect(loops.tree.orphans.map(({ name }) => name)).toEqual(['x', 'z']);
    expect(traceFacts(TRACE_ID, loops).subsegments).toBe(4);
  });

  it('uses the earliest segment of a loop without an entry point as the root', () => {
    const model = buildTraceModel([
      segment('b', 'b1', [1, 2], { parent_id: id('a1') }),
      segment('a', 'a1', [0, 1], { parent_id: id('b1') }),
    ]);

    expect(model.root?.name).toBe('a');
  });

  it('is built from any combination of ids and parents, without loss', () => {
    const anId = fc.constantFrom('a', 'b', 'c', 'd').map(id);
    const embedded = fc.record({ id: anId, inner: fc.option(anId, { nil: undefined }) });
    const document = fc.record({
      id: anId,
      parent: fc.option(anId, { nil: undefined }),
      sub: fc.boolean(),
      ended: fc.boolean(),
      embedded: fc.array(embedded, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(fc.array(document, { minLength: 1, maxLength: 6 }), (raw) => {
        const documents = raw.map(({ id: documentId, parent, sub, ended, embedded: inner }) => ({
          ...segment('n', '1', ended ? [0, 1] : [0], { fault: true }),
          id: documentId,
          ...(sub && { type: 'subsegment' as const }),
          ...((parent ?? sub) && { parent_id: parent ?? id('f') }),
          subsegments: inner.map((each) =>
            subsegment('e', each.id, [0, 1], {
              namespace: 'remote',
              fault: true,
              subsegments: each.inner
                ? [subsegment('i', each.inner, [0, 1], { namespace: 'aws' })]
                : [],
            }),
          ),
        })) as SegmentDocument[];
        const before = JSON.stringify(documents);
        const model = buildTraceModel(documents);
        const { summary } = traceFacts(TRACE_ID, model);
        const { shape, times } = encodeShape(model);

        expect(JSON.stringify(documents)).toBe(before);
        expect(summary.Id).toBe(TRACE_ID);
        const { nodes: shapeNodes, edges: shapeEdges } = decodeShape(shape);
        const variants = [...shapeNodes, ...shapeEdges].flatMap((each) => each.variants);
        expect(decodeTimes(times)).toHaveLength(variants.length);
        const inside = new Set(
          raw.flatMap((each) => each.embedded.flatMap((e) => [e.id, e.inner])),
        );
        const ids = raw.map((each) => each.id).filter((each) => !inside.has(each));
        const kept = new Set([
          ...model.visits.map((v) => v.document.id),
          ...[...model.owners.keys()].map((s) => s.id),
        ]);
        for (const each of ids) expect(kept).toContain(each);
      }),
      { numRuns: 500 },
    );
  });

  it('is built from subsegments that are nested 20,000 deep', () => {
    let inner = subsegment('deep', 'f', [0, 1], { fault: true, namespace: 'remote' });
    for (let depth = 0; depth < 20_000; depth++) {
      inner = subsegment('deep', 'f', [0, 1], {
        fault: true,
        namespace: 'remote',
        subsegments: [inner],
      });
    }
    const deep = facts(segment('a', 'a1', [0, 1], { fault: true, subsegments: [inner] }));

    expect(deep.subsegments).toBe(20_001);
    expect(deep.summary.FaultRootCauses).toHaveLength(1);
  });
});

describe('a shape', () => {
  it('is the same for traces that differ only in their times, which are stored separately', () => {
    const request = (length: number) =>
      encodeShape(
        buildTraceModel([
          segment('a', 'a1', [0, length], {
            subsegments: [
              subsegment('db', 'a2', [0, length / 2], { sql: {} }),
              subsegment('db', 'a3', [0, length / 4], { sql: {} }),
            ],
          }),
        ]),
      );

    expect(request(1).shape).toBe(request(3).shape);
    expect(decodeTimes(request(1).times)).toEqual([[1], [0.5, 0.25], [0.5, 0.25]]);
    expect(decodeShape(request(1).shape)).toEqual({
      nodes: [
        {
          name: 'a',
          type: undefined,
          account: undefined,
          variants: [{ flags: 16, status: 0, method: '' }],
        },
        {
          name: 'db',
          type: 'Database::SQL',
          account: undefined,
          variants: [{ flags: 32, status: 0, method: '' }],
        },
      ],
      edges: [{ from: 0, to: 1, variants: [{ flags: 32, status: 0, method: '' }] }],
    });
  });

  it('distinguishes visits with different outcomes', () => {
    const { shape, times } = encodeShape(
      buildTraceModel([
        segment('a', 'a1', [0, 1]),
        segment('a', 'a2', [0, 2], { parent_id: id('a1'), fault: true }),
        segment('a', 'a3', [0], { parent_id: id('a1') }),
      ]),
    );

    expect(decodeShape(shape).nodes[0]!.variants.map(({ flags }) => flags)).toEqual([1, 16, 8]);
    expect(decodeTimes(times).slice(0, 3)).toEqual([[2], [1], [NaN]]);
  });
});

describe('the facts of a trace', () => {
  it('are those of GetTraceSummaries', () => {
    const { summary, ...row } = facts(...checkoutTrace());

    const shop = {
      Name: 'shop',
      Names: ['shop'],
      AccountId: '111122223333',
      Type: 'AWS::ECS::Container',
    };
    expect(summary).toMatchObject({
      Id: TRACE_ID,
      Duration: 1,
      ResponseTime: 1,
      HasFault: true,
      HasError: false,
      HasThrottle: true,
      IsPartial: false,
      Http: { HttpURL: 'http://shop.test/checkout', HttpStatus: 500, HttpMethod: 'POST' },
      Users: [{ UserName: 'ada', ServiceIds: [shop] }],
      InstanceIds: [{ Id: 'i-1' }],
      AvailabilityZones: [{ Name: 'eu-west-1a' }],
      EntryPoint: shop,
    });
    expect({ ...summary.Annotations }).toEqual({
      plan: [{ AnnotationValue: { StringValue: 'gold' }, ServiceIds: [shop] }],
      items: [{ AnnotationValue: { NumberValue: 3 }, ServiceIds: [shop] }],
    });
    expect(summary.ServiceIds.map(({ Name }) => Name)).toEqual([
      'shop',
      'billing',
      'orders@db.test',
      'ledger',
    ]);
    expect(row).toMatchObject({
      duration: 1,
      responseTime: 1,
      flags: 1 + 4 + 16 + 32,
      service: 'shop',
      segments: 2,
      subsegments: 6,
    });
  });

  it('include where a fault began, and the path to it', () => {
    const { FaultRootCauses, ErrorRootCauses } = facts(...checkoutTrace()).summary;

    expect(FaultRootCauses).toHaveLength(1);
    expect(FaultRootCauses[0]!.ClientImpacting).toBe(true);
    expect(
      FaultRootCauses[0]!.Services.map(({ Name, EntityPath }) => [
        Name,
        EntityPath.map((each) => each.Name),
      ]),
    ).toEqual([
      ['shop', ['shop', 'billing']],
      ['billing', ['billing', 'Ledger.write']],
      ['ledger', ['DynamoDB']],
    ]);
    expect(FaultRootCauses[0]!.Services[2]).toMatchObject({
      Inferred: true,
      Type: 'AWS::DynamoDB::Table',
      EntityPath: [{ Remote: true, Exceptions: [{ Name: 'Throttled', Message: 'too many' }] }],
    });
    expect(ErrorRootCauses[0]).toMatchObject({ ClientImpacting: false });
  });

  it('include where the time was spent', () => {
    const { ResponseTimeRootCauses } = facts(...checkoutTrace()).summary;

    const path = ResponseTimeRootCauses[0]!.Services.flatMap(({ Name, EntityPath }) =>
      EntityPath.map((entity) => [Name, entity.Name, entity.Coverage]),
    );
    expect(path).toEqual([
      ['shop', 'shop', 1],
      ['shop', 'billing', 0.7],
      ['billing', 'billing', 0.6],
      ['billing', 'Ledger.write', 0.44],
      ['ledger', 'DynamoDB', 0.35],
      ['ledger', 'attempt', 0.2],
    ]);
  });

  it('do not include a fault that the root handled', () => {
    const { summary } = facts(
      segment('a', 'a1', [0, 1], {
        subsegments: [subsegment('b', 'a2', [0, 1], { namespace: 'remote', fault: true })],
      }),
    );

    expect(summary.HasFault).toBe(false);
    expect(summary.FaultRootCauses).toMatchObject([{ ClientImpacting: false }]);
  });

  it('have no response time until the root has ended', () => {
    const unfinished = facts(
      segment('a', 'a1', [0], { subsegments: [subsegment('b', 'a2', [0, 2])] }),
    );

    expect(unfinished).toMatchObject({ responseTime: null, duration: 2, flags: 8 });
    expect(unfinished.summary).not.toHaveProperty('ResponseTime');
    expect(unfinished.summary.IsPartial).toBe(true);
  });

  it('include annotations with any key', () => {
    const annotations = JSON.parse('{"__proto__": "x", "constructor": 1, "nan": "y"}') as Record<
      string,
      string
    >;
    const { summary, annotations: list } = facts(segment('a', 'a1', [0, 1], { annotations }));

    expect(Object.keys(summary.Annotations)).toEqual(['__proto__', 'constructor', 'nan']);
    expect(list).toHaveLength(3);
    expect(JSON.stringify(summary)).toContain('"__proto__":[');
  });
});

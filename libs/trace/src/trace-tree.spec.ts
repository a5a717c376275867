import type { SegmentDocument, SubsegmentDocument } from './document';
import { buildTree, type TraceTree } from './trace-tree';

const T0 = 1_795_354_386;
let ids = 0;
const id = (): string => (++ids).toString(16).padStart(16, '0');

function sub(
  name: string,
  from: number,
  until: number | undefined,
  more: Partial<SubsegmentDocument> = {},
): SubsegmentDocument {
  return {
    id: id(),
    name,
    start_time: T0 + from,
    ...(until === undefined ? { in_progress: true } : { end_time: T0 + until }),
    ...more,
  };
}

function seg(
  name: string,
  from: number,
  until: number | undefined,
  more: Partial<SegmentDocument> = {},
): SegmentDocument {
  return {
    ...(sub(name, from, until) as SegmentDocument),
    trace_id: '1-6b02ef12-df6889abbd72ff9507c1c25a',
    ...more,
  };
}

function tree(
  segments: SegmentDocument[],
  orphans: SubsegmentDocument[] = [],
  now = T0 + 100,
): TraceTree {
  return buildTree({ id: '1-6b02ef12-df6889abbd72ff9507c1c25a', segments, orphans }, now);
}

const outline = (built: TraceTree): string[] =>
  built.nodes.map((node) => `${'  '.repeat(node.depth - 1)}${node.name}`);
const find = (built: TraceTree, name: string) => {
  const node = built.nodes.find((one) => one.name === name);
  if (!node) throw new Error(`No node ${name}`);
  return node;
};

describe('buildTree', () => {
  it('nests subsegments by their start, whatever the order in the document', () => {
    const built = tree([
      seg('api', 0, 1, {
        subsegments: [
          sub('late', 0.5, 0.6),
          sub('early', 0.1, 0.4, { subsegments: [sub('inner', 0.2, 0.3)] }),
        ],
      }),
    ]);

    expect(outline(built)).toEqual(['api', '  early', '    inner', '  late']);
    expect(built).toMatchObject({ segments: 1, subsegments: 3, maxDepth: 3, start: T0 });
  });

  it('puts the segment of a called service below the call', () => {
    const call = sub('users', 0.2, 0.8, { namespace: 'remote', traced: true });
    const built = tree([
      seg('users', 0.3, 0.7, { parent_id: call.id }),
      seg('api', 0, 1, { subsegments: [call] }),
    ]);

    expect(outline(built)).toEqual(['api', '  users', '    users']);
    expect(built.awaited).toBe(0);
  });

  it('marks calls that wait for the segment of the called service', () => {
    const built = tree([
      seg('api', 0, 1, {
        subsegments: [
          sub('traced', 0, 1, { namespace: 'remote', traced: true }),
          sub('also traced', 0, 1, { namespace: 'remote', http: { request: { traced: true } } }),
          sub('plain', 0, 1, { namespace: 'remote' }),
        ],
      }),
    ]);

    expect(built.nodes.filter((node) => node.awaited).map((node) => node.name)).toEqual([
      'traced',
      'also traced',
    ]);
    expect(built.awaited).toBe(2);
  });

  it('keeps a subsegment whose parent has not arrived as a root', () => {
    const built = tree([], [sub('alone', 0, 1, { parent_id: 'ffffffffffffffff' })]);

    expect(built.roots).toMatchObject([{ name: 'alone', orphan: true }]);
  });

  it('gives nodes with the same id different keys', () => {
    const twice = sub('twin', 0, 1);
    const built = tree([seg('api', 0, 1, { subsegments: [twice, { ...twice }] })]);

    expect(new Set(built.nodes.map((node) => node.key)).size).toBe(3);
  });

  it('works if segments name each other, or themselves, as parent', () => {
    const a = seg('a', 0, 1);
    const b = seg('b', 0, 1, { parent_id: a.id });
    a.parent_id = b.id;
    const self = seg('self', 0, 1);
    self.parent_id = self.id;

    expect(outline(tree([a, b, self]))).toHaveLength(3);
  });

  it('builds a trace of 20,000 levels without overflowing the stack', () => {
    let doc = sub('leaf', 0, 1);
    for (let level = 0; level < 20_000; level++) doc = sub('level', 0, 1, { subsegments: [doc] });

    expect(tree([seg('api', 0, 1, { fault: true, subsegments: [doc] })]).maxDepth).toBe(20_002);
  });
});

describe('times', () => {
  it('count as self time what no child covers, however the children overlap', () => {
    const built = tree([
      seg('api', 0, 1, {
        subsegments: [sub('a', 0.1, 0.5), sub('b', 0.4, 0.6), sub('c', 0.8, 1.4)],
      }),
    ]);

    const { self, selfPieces, total } = built.nodes[0]!;
    expect(total).toBeCloseTo(1);
    expect(self).toBeCloseTo(0.3);
    expect(selfPieces.map(([from, until]) => [from.toFixed(1), until.toFixed(1)])).toEqual([
      ['0.0', '0.1'],
      ['0.6', '0.8'],
    ]);
  });

  it('extend what is in progress until now', () => {
    const built = tree([seg('api', 0, undefined)], [], T0 + 7);

    expect(built).toMatchObject({ duration: 7, inProgress: true });
    expect(built.responseEnd).toBeUndefined();
  });

  it('stop extending what has been in progress for longer than any request', () => {
    const built = tree(
      [seg('api', 0, undefined, { subsegments: [sub('a', 1, 2)] })],
      [],
      T0 + 86_400,
    );

    expect(built).toMatchObject({ duration: 2, inProgress: true, silentSince: T0 + 2 });
    expect(built.nodes.map(({ silent }) => silent)).toEqual([true, false]);
  });

  it('report clocks that differ', () => {
    const call = sub('call', 0.5, 0.9, { namespace: 'remote' });
    const built = tree([
      seg('api', 0, 1, { subsegments: [call] }),
      seg('skewed', 0.4, 0.8, { parent_id: call.id }),
    ]);

    expect(find(built, 'skewed').skew).toBeCloseTo(0.1);
  });

  it('move a service whose clock is behind into the call that waited for it', () => {
    const last = sub('last', -4.97, -4.96, { namespace: 'remote' });
    const call = sub('call', 0.01, 0.1, { namespace: 'remote' });
    const built = tree([
      seg('api', 0, 0.11, { subsegments: [call] }),
      seg('behind', -5, -4.93, {
        parent_id: call.id,
        subsegments: [sub('work', -4.99, -4.98), last],
      }),
      seg('right', 0.06, 0.065, { parent_id: last.id }),
    ]);

    const times = (name: string) => {
      const { start, end } = find(built, name);
      return [start.toFixed(3), end.toFixed(3)];
    };
    expect(find(built, 'behind').skew).toBeCloseTo(5.01);
    expect(times('behind')).toEqual(['0.020', '0.090']);
    expect(times('work')).toEqual(['0.030', '0.040']);
    expect(times('right')).toEqual(['0.060', '0.065']);
    expect(find(built, 'call').self).toBeCloseTo(0.02);
    expect(built).toMatchObject({ start: T0, responseEnd: expect.closeTo(0.11) });
  });

  it('begin with the call if the service took longer, or continues', () => {
    const call = sub('call', 0.2, 0.3, { namespace: 'remote' });
    const other = sub('other', 0.5, undefined, { namespace: 'remote' });
    const built = tree([
      seg('api', 0, 1, { subsegments: [call, other] }),
      seg('longer', -1, 1, { parent_id: call.id }),
      seg('open', 0.1, undefined, { parent_id: other.id }),
    ]);

    expect(find(built, 'longer').start).toBeCloseTo(0.2);
    expect(find(built, 'open').start).toBeCloseTo(0.5);
  });

  it('end the response when the root responded, although work continues', () => {
    const built = tree([seg('api', 0, 1, { subsegments: [sub('after', 0.9, 3)] })]);

    expect(built).toMatchObject({ responseEnd: 1, duration: 3 });
  });
});

describe('the critical path', () => {
  it('runs back from the response through the child that ended last', () => {
    const built = tree([
      seg('api', 0, 1, {
        subsegments: [sub('short', 0.1, 0.3), sub('long', 0.1, 0.9), sub('after', 0.95, 2)],
      }),
    ]);

    const critical = (name: string) =>
      find(built, name).critical.map((piece) => piece.map((at) => at.toFixed(2)));
    expect(critical('long')).toEqual([['0.10', '0.90']]);
    expect(critical('short')).toEqual([]);
    expect(critical('after')).toEqual([]);
    expect(critical('api')).toEqual([
      ['0.00', '0.10'],
      ['0.90', '1.00'],
    ]);
  });

  it('covers the time to the response exactly once', () => {
    const built = tree([
      seg('api', 0, 1, {
        subsegments: [
          sub('a', 0.1, 0.5, { subsegments: [sub('a1', 0.1, 0.2), sub('a2', 0.15, 0.45)] }),
          sub('b', 0.3, 0.8, { subsegments: [sub('b1', 0.2, 0.7)] }),
        ],
      }),
    ]);

    const sum = built.nodes
      .flatMap((node) => node.critical)
      .reduce((all, [from, until]) => all + until - from, 0);
    expect(sum).toBeCloseTo(1);
  });
});

describe('status', () => {
  const thrown = {
    exceptions: [{ id: id(), type: 'TypeError', message: 'undefined is not a function' }],
  };

  it('distinguishes where a fault started from where it was passed up', () => {
    const built = tree([
      seg('api', 0, 1, {
        fault: true,
        subsegments: [
          sub('outer', 0, 1, {
            fault: true,
            cause: '0123456789abcdef',
            subsegments: [sub('inner', 0, 1, { fault: true, cause: thrown })],
          }),
        ],
      }),
    ]);

    expect(built.nodes.map(({ name, passedUp, status }) => [name, status, passedUp])).toEqual([
      ['api', 'fault', true],
      ['outer', 'fault', true],
      ['inner', 'fault', false],
    ]);
    expect(built.counts).toEqual({ ok: 0, error: 0, throttle: 0, fault: 3 });
  });

  it('is a new start if another exception is thrown above', () => {
    const other = { exceptions: [{ id: id(), type: 'Error', message: 'no rows' }] };
    const built = tree([
      seg('api', 0, 1, {
        fault: true,
        cause: other,
        subsegments: [sub('caught', 0, 1, { fault: true, cause: thrown })],
      }),
    ]);

    expect(find(built, 'api').passedUp).toBe(false);
  });

  it('is passed up if the exception above wraps the one below', () => {
    const wrapped = {
      exceptions: [
        { id: id(), type: 'Error', message: 'cannot save', cause: thrown.exceptions[0]!.id },
      ],
    };
    const built = tree([
      seg('api', 0, 1, {
        fault: true,
        cause: wrapped,
        subsegments: [sub('inner', 0, 1, { fault: true, cause: thrown })],
      }),
    ]);

    expect(find(built, 'api').passedUp).toBe(true);
  });

  it('does not confuse an error below with a fault above', () => {
    const built = tree([
      seg('api', 0, 1, { fault: true, subsegments: [sub('lookup', 0, 1, { error: true })] }),
    ]);

    expect(find(built, 'api')).toMatchObject({ passedUp: false, worst: 'fault' });
    expect(find(built, 'lookup')).toMatchObject({ passedUp: false, worst: 'error' });
  });

  it('includes the worst outcome below a successful node', () => {
    const built = tree([
      seg('api', 0, 1, {
        subsegments: [
          sub('a', 0, 1, { subsegments: [sub('b', 0, 1, { throttle: true, error: true })] }),
        ],
      }),
    ]);

    expect(find(built, 'a')).toMatchObject({ status: 'ok', worst: 'throttle' });
  });
});

describe('labels', () => {
  const labelOf = (doc: SubsegmentDocument) => {
    const { title, detail, tag, hue } = tree([seg('api', 0, 1, { subsegments: [doc] })]).nodes[1]!;
    return { title, detail, tag, hue };
  };

  it('show a query by its statement', () => {
    const sql = { sanitized_query: 'select "uuid",\n  handle\nfrom "users" where handle = $1' };

    expect(labelOf(sub('cruddur@localhost', 0, 1, { namespace: 'remote', sql }))).toEqual({
      title: 'SELECT … from users where handle = $1',
      detail: '',
      tag: 'SQL',
      hue: 'sql',
    });
  });

  it('show a call by method, path and status', () => {
    const http = {
      request: { method: 'POST', url: 'http://localhost:8082/score?x=1' },
      response: { status: 429 },
    };

    expect(labelOf(sub('localhost:8082', 0, 1, { namespace: 'remote', http }))).toMatchObject({
      title: 'localhost:8082',
      detail: 'POST /score 429',
      tag: 'HTTP',
      hue: 'call',
    });
  });

  it('show an AWS call by operation and resource', () => {
    const aws = { operation: 'PutItem', table_name: 'messages' };

    expect(labelOf(sub('DynamoDB', 0, 1, { namespace: 'aws', aws }))).toMatchObject({
      detail: 'PutItem messages',
      tag: 'AWS',
    });
  });

  it('prefer the route to the path in a segment', () => {
    const built = tree([
      seg('api', 0, 1, {
        http: { request: { method: 'GET', url: 'http://h/api/activities/@bayko' } },
        annotations: { http_route: '/api/activities/@:handle' },
      }),
    ]);

    expect(built.nodes[0]).toMatchObject({
      title: 'api',
      detail: 'GET /api/activities/@:handle',
      tag: 'segment',
    });
  });
});

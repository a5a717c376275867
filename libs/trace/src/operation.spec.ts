import { TraceWriter } from '../test/cruddur-traces.mjs';
import type { SubsegmentDocument } from './document';
import { operationOf, withoutLiterals } from './operation';
import { buildTree } from './trace-tree';

function operation(write: (w: TraceWriter) => SubsegmentDocument) {
  const w = new TraceWriter(1_795_354_386);
  const segments = [w.segment('api', 0, 10, {}, [write(w)])];
  return operationOf(buildTree({ id: w.traceId, segments, orphans: [] }, w.start + 1).nodes[1]!);
}

describe('an operation', () => {
  it('is a statement, independent of its literals and spaces', () => {
    const one = operation((w) => w.query("SELECT a\n FROM t WHERE id = 7 AND n = 'it''s'", 0, 1));
    const other = operation((w) => w.query("SELECT a FROM t WHERE id = -12.5 AND n = ''", 0, 1));

    expect(other).toEqual(one);
    expect(one).toMatchObject({
      label: 'SELECT … FROM t WHERE id = ? AND n = ?',
      hue: 'sql',
      tag: 'SQL',
    });
  });

  it('distinguishes statements with the same short form', () => {
    expect(operation((w) => w.query('SELECT a FROM t', 0, 1)).key).not.toBe(
      operation((w) => w.query('SELECT b FROM t', 0, 1)).key,
    );
  });

  it('is a call, independent of the ids in its path and of its status', () => {
    const one = operation((w) => w.http('users', 'GET', '/users/7/posts?page=2', 200, 0, 1));
    const other = operation((w) =>
      w.http('users', 'GET', '/users/0b5e3c3a-1111-4222-8333-444455556666/posts', 500, 0, 1),
    );

    expect(other).toEqual(one);
    expect(one.label).toBe('users GET /users/:id/posts');
  });

  it('is an AWS operation on a resource', () => {
    const call = (status: number) =>
      operation((w) =>
        w.sub('DynamoDB', 0, 1, {
          namespace: 'aws',
          aws: { operation: 'GetItem', table_name: 'messages' },
          http: { response: { status } },
        }),
      );

    expect(call(400)).toEqual(call(200));
    expect(call(200).label).toBe('DynamoDB GetItem messages');
  });

  it('is a message by its pattern, at its sender and at its receiver', () => {
    const sent = operation((w) =>
      w.sub('localhost:7001', 0, 1, {
        namespace: 'remote',
        metadata: { nest: { rpc: { pattern: 'stock.count', transport: 'TCP' } } },
      }),
    );
    const writer = new TraceWriter(1_795_354_386);
    const segments = [
      writer.segment('stock', 0, 10, { annotations: { rpc_pattern: 'count' } }, []),
    ];
    const [received] = buildTree(
      { id: writer.traceId, segments, orphans: [] },
      writer.start + 1,
    ).nodes;

    expect(sent.label).toBe('localhost:7001 stock.count');
    expect(operationOf(received!).label).toBe('stock count');
    expect(received!.detail).toBe('count');
  });

  it('is a method by its name', () => {
    expect(operation((w) => w.sub('Cart.total', 0, 1))).toEqual({
      key: expect.any(String),
      label: 'Cart.total',
      hue: 'own',
    });
  });

  it('does not confuse a call with a method of the same name', () => {
    expect(operation((w) => w.sub('users', 0, 1)).key).not.toBe(
      operation((w) => w.sub('users', 0, 1, { namespace: 'remote' })).key,
    );
  });
});

describe('withoutLiterals', () => {
  it.each([
    ['WHERE id = $1 AND t1.c2 = 3', 'WHERE id = $1 AND t1.c2 = ?'],
    ['IN (1, 2, 3)', 'IN (?)'],
    ["VALUES ('a', 1.5)", 'VALUES (?)'],
    ['LIMIT 20', 'LIMIT ?'],
  ])('writes %s as %s', (statement, expected) => {
    expect(withoutLiterals(statement)).toBe(expected);
  });
});

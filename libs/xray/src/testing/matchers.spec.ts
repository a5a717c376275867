import { Subsegment } from '../decorators/subsegment.decorator';
import type { SegmentDocument, SubsegmentDocument } from '../document';
import { assertTrace, MemoryEmitter, trace, traceMatchers, traceText } from './index';

expect.extend(traceMatchers);

class Cart {
  @Subsegment({ annotations: ([id]) => ({ cart: String(id) }) })
  async total(id: string): Promise<number> {
    return this.price(id);
  }

  @Subsegment('price list')
  price(id: string): number {
    if (id === 'broken') throw new RangeError('There is no cart "broken".');
    return 5;
  }
}

/** What a test of an app would have recorded: a request whose handler makes these queries. */
function request(...queries: string[]): MemoryEmitter {
  const xray = new MemoryEmitter();
  const id = (at: number) => at.toString(16).padStart(16, '0');
  const subsegments: SubsegmentDocument[] = queries.map((sanitized_query, at) => ({
    id: id(at + 3),
    name: 'shop@db',
    start_time: 1000 + at / 100,
    end_time: 1000 + (at + 1) / 100,
    namespace: 'remote',
    sql: { sanitized_query },
  }));
  const segment: SegmentDocument = {
    trace_id: '1-67000000-0123456789abcdef01234567',
    id: id(1),
    name: 'shop',
    start_time: 1000,
    end_time: 1001,
    http: { request: { method: 'GET', url: 'http://shop/carts/7' }, response: { status: 200 } },
    annotations: { http_route: '/carts/:id' },
    subsegments: [
      { id: id(2), name: 'Cart.items', start_time: 1000, end_time: 1000.9, subsegments },
    ],
  };
  xray.documents.push(segment);
  return xray;
}

const item = (id: number) => `SELECT name FROM items WHERE id = ${id}`;
const failure = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('It passed.');
};

describe('toHaveSubsegment', () => {
  it('finds a subsegment at any depth', async () => {
    const { segment } = await trace(() => new Cart().total('7'));

    expect(segment).toHaveSubsegment('Cart.total');
    expect(segment).toHaveSubsegment('price list');
    expect(segment).not.toHaveSubsegment('Cart.items');
  });

  it('compares only the given properties, and treats missing flags as false', async () => {
    const { segment } = await trace(() => new Cart().total('7'));

    expect(segment).toHaveSubsegment('Cart.total', { annotations: { cart: '7' } });
    expect(segment).toHaveSubsegment('Cart.total', { id: expect.any(String), fault: false });
    expect(segment).not.toHaveSubsegment('Cart.total', { annotations: { cart: '8' } });
    expect(segment).not.toHaveSubsegment('Cart.total', { fault: true });
  });

  it('sees a fault', async () => {
    const { segment } = await trace(() => new Cart().total('broken').catch(() => 0));

    expect(segment).toHaveSubsegment('Cart.total', { fault: true });
    const said = failure(() => expect(segment).toHaveSubsegment('Cart.total', { fault: false }));
    expect(said).toContain("'Cart.total' with { fault: false }");
    expect(said).toContain('{ fault: true }');
    expect(said).toMatch(/test\n└─ Cart\.total FAULT\n {3}└─ price list FAULT/);
  });

  it('says what it cannot use', () => {
    expect(failure(() => expect(42).toHaveSubsegment('Cart.total'))).toContain(
      'accept a MemoryEmitter, its documents, or one segment document, not 42',
    );
  });
});

describe('toHaveQueries', () => {
  it('counts queries, but not transaction control', () => {
    const xray = request('BEGIN', item(1), item(2), 'COMMIT');

    expect(xray).toHaveQueries({ atMost: 2 });
    expect(xray).toHaveQueries({ atLeast: 2 });
    expect(xray).not.toHaveQueries({ atMost: 1 });
    expect(xray).not.toHaveQueries({ atLeast: 3 });
  });

  it('prints the tree if there are more', () => {
    const xray = request(item(1), item(2), 'SELECT 1 FROM stock');
    const said = failure(() => expect(xray).toHaveQueries({ atMost: 2 }));

    expect(said).toContain('Expected at most 2 queries in what was recorded.');
    expect(said).toContain('There were 3.');
    expect(said).toContain('   ├─ 2 × SELECT … FROM items WHERE id = ? [SQL]');
  });
});

describe('toHaveNoHints', () => {
  it('passes if there is nothing to report', () => {
    expect(request(item(1), 'SELECT 1 FROM stock')).toHaveNoHints();
  });

  it('finds N+1 queries and names the method', () => {
    const xray = request(...[1, 2, 3, 4, 5, 6].map(item));

    expect(xray).not.toHaveNoHints();
    const said = failure(() => expect(xray).toHaveNoHints());
    expect(said).toContain('6 × the same SELECT: N+1 in Cart.items');
    expect(said).toContain('shop GET /carts/:id 200\n└─ Cart.items\n   └─ 6 × SELECT');
  });

  it('ignores the hints in except', () => {
    const xray = request(...[1, 2, 3, 4, 5, 6].map(item));
    expect(xray).toHaveNoHints({ except: ['n-plus-one'] });
  });
});

describe('toMatchTrace', () => {
  it('keeps the tree as a snapshot', () => {
    expect(request(item(1), 'SELECT 1 FROM stock')).toMatchTrace();
  });

  it('is the same for other ids, times and literals', () => {
    expect(traceText(request(item(1)))).toBe(traceText(request(item(2))));
    expect(traceText(request(item(1)))).not.toBe(traceText(request(item(1), item(2))));
  });

  it('cannot be negated', () => {
    expect(failure(() => expect(request()).not.toMatchTrace())).toContain(
      'a snapshot can only be matched',
    );
  });
});

describe('assertTrace', () => {
  it('passes and throws like the matchers', async () => {
    const xray = request(item(1), item(2));

    assertTrace(xray).toHaveQueries({ atMost: 2 });
    assertTrace(xray).toHaveSubsegment('Cart.items', { fault: false });
    assertTrace(xray).toHaveNoHints();
    const said = failure(() => assertTrace(xray).toHaveQueries({ atMost: 1 }));
    expect(said).toContain('There were 2.');
  });
});

it('prints that nothing was recorded', () => {
  expect(traceText(new MemoryEmitter())).toBe('(nothing was recorded)');
});

import type { NodeDocument, SubsegmentDocument } from '@nestjs-xray/document';
import fc from 'fast-check';
import { alone, http, id, segment, subsegment } from '../../test/support/trace-samples';
import { stitch } from './stitch';

/** The subsegments of the only segment, by id. */
function subsegmentsOf(documents: Parameters<typeof stitch>[0]) {
  const { segments, orphans } = stitch(documents);
  expect([segments.length, orphans.length]).toEqual([1, 0]);
  const found: NodeDocument[] = [];
  const stack: NodeDocument[] = [...(segments[0]!.subsegments ?? [])];
  for (let node = stack.pop(); node; node = stack.pop()) {
    found.push(node);
    stack.push(...(node.subsegments ?? []));
  }
  return found;
}

describe('A subsegment that is embedded in its segment and was also sent on its own', () => {
  it('has what either document says', () => {
    const embedded = subsegment('pay', 'a2', [0, 1], {
      annotations: { plan: 'gold' },
      metadata: { cart: { items: 3 } },
    });
    const sent = subsegment('pay', 'a2', [0, 1], {
      ...http('http://pay.test/', 200),
      annotations: { tenant: 't1' },
      metadata: { cart: { total: 9 }, other: { a: 1 } },
      subsegments: [subsegment('db', 'a3', [0, 1])],
    });
    const documents = [segment('a', 'a1', [0, 1], { subsegments: [embedded] }), alone(sent, 'a1')];

    for (const order of [documents, [...documents].reverse()]) {
      expect(subsegmentsOf(order)).toEqual([
        {
          ...embedded,
          ...http('http://pay.test/', 200),
          annotations: { plan: 'gold', tenant: 't1' },
          metadata: { cart: { items: 3, total: 9 }, other: { a: 1 } },
          subsegments: [expect.objectContaining({ name: 'db', id: id('a3') })],
        },
        expect.objectContaining({ name: 'db' }),
      ]);
    }
  });

  it('has the values of the final document, and children of the one in progress too', () => {
    const early = subsegment('pay', 'a2', [0], {
      annotations: { step: 1 },
      subsegments: [subsegment('db', 'a3', [0, 1])],
    });
    const final = subsegment('pay', 'a2', [0, 2], { annotations: { step: 2 }, fault: true });

    for (const [embedded, sent] of [
      [early, final],
      [final, early],
    ] as const) {
      const [pay, db] = subsegmentsOf([
        segment('a', 'a1', [0, 2], { subsegments: [embedded] }),
        alone(sent, 'a1'),
      ]);
      expect(pay).toEqual({ ...final, subsegments: [expect.objectContaining({ name: 'db' })] });
      expect(db).toMatchObject({ id: id('a3'), end_time: early.start_time + 1 });
    }
  });

  it('records in its metadata in what two final documents differ', () => {
    const embedded = subsegment('pay', 'a2', [0, 1], http('http://pay.test/', 200));
    const sent = subsegment('pay', 'a2', [0, 2], { ...http('http://pay.test/', 500), fault: true });
    const [pay, ...more] = subsegmentsOf([
      segment('a', 'a1', [0, 2], { subsegments: [embedded] }),
      alone(sent, 'a1'),
    ]);

    expect(more).toEqual([]);
    expect(pay).toEqual({
      ...sent,
      metadata: {
        local_xray: {
          sent_twice: { end_time: embedded.end_time, 'http.response.status': 200 },
        },
      },
    });
  });

  it('stays beside another call to which a client gave the same id, which says so', () => {
    const embedded = subsegment('orders', 'a2', [0, 1]);
    const sent = subsegment('users', 'a2', [2, 3]);
    const found = subsegmentsOf([
      segment('a', 'a1', [0, 3], { subsegments: [embedded] }),
      alone(sent, 'a1'),
    ]);

    expect(found).toHaveLength(2);
    expect(found).toEqual(
      expect.arrayContaining([
        embedded,
        {
          ...alone(sent, 'a1'),
          metadata: { local_xray: { same_id: 'orders has the same id' } },
        },
      ]),
    );
  });

  it('is in the trace once with all that was sent, whatever was sent alone, in any order', () => {
    /** Subsegments 1 to 9, each below one with a lower number, or below the segment. */
    const shapes = fc.array(
      fc.record({
        below: fc.nat(),
        embedded: fc.constantFrom('no', 'final', 'in progress'),
        alone: fc.constantFrom('no', 'final', 'in progress'),
        children: fc.boolean(),
      }),
      { minLength: 1, maxLength: 9 },
    );
    fc.assert(
      fc.property(shapes, fc.infiniteStream(fc.nat()), (shape, random) => {
        const parents = shape.map(({ below }, at) => below % (at + 1));
        const version = (at: number, how: string, as: string): SubsegmentDocument =>
          subsegment(`n${at}`, `b${at}`, how === 'final' ? [at, at + 1] : [at], {
            annotations: { [as]: at },
          });
        /** The documents below one: what is embedded in a version of it, with the rest sent alone. */
        const childrenOf = (parent: number, as: string): SubsegmentDocument[] =>
          shape.flatMap(({ embedded, alone: sent }, index) => {
            const how = sent === 'no' && embedded === 'no' ? 'final' : embedded;
            if (parents[index] !== parent || how === 'no') return [];
            const at = index + 1;
            const subsegments = childrenOf(at, as);
            return [{ ...version(at, how, as), ...(subsegments.length > 0 && { subsegments }) }];
          });
        const root = segment('a', 'a1', [0, 20], { subsegments: childrenOf(0, 'embedded') });
        const sent = shape.flatMap(({ alone: how, children }, index) => {
          if (how === 'no') return [];
          const at = index + 1;
          const parent = parents[index] === 0 ? 'a1' : `b${parents[index]}`;
          const subsegments = children ? childrenOf(at, 'alone') : [];
          return [
            alone({ ...version(at, how, 'alone'), ...(children && { subsegments }) }, parent),
          ];
        });
        const documents = [root, ...sent];
        const all = new Map<string, { final: boolean; annotations: Record<string, unknown> }>();
        const note = (node: NodeDocument): void => {
          const known = all.get(node.name) ?? { final: false, annotations: {} };
          known.final ||= node.end_time !== undefined;
          Object.assign(known.annotations, node.annotations);
          all.set(node.name, known);
          node.subsegments?.forEach(note);
        };
        root.subsegments!.forEach(note);
        sent.forEach(note);

        const order = documents.map((each) => ({ each, key: random.next().value as number }));
        order.sort((a, b) => a.key - b.key);
        const { segments, orphans } = stitch(order.map(({ each }) => each));
        const found: NodeDocument[] = [];
        const collect = (node: NodeDocument): void => {
          found.push(node);
          node.subsegments?.forEach(collect);
        };
        segments.flatMap((each) => each.subsegments ?? []).forEach(collect);
        orphans.forEach(collect);

        expect(found.map(({ name }) => name).sort()).toEqual([...all.keys()].sort());
        for (const { name, annotations, end_time } of found) {
          expect({ name, annotations, final: end_time !== undefined }).toEqual({
            name,
            ...all.get(name),
          });
        }
      }),
      { numRuns: 300 },
    );
  });
});

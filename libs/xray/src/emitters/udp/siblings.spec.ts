import { type Datagram, documentIn, HEADER } from './datagram';
import { SiblingPacker } from './siblings';

const parent = (n: number) => ({
  id: n.toString(16).padStart(16, '0'),
  root: { trace_id: '1-5759e988-bd862e3fe1be46a994272793' },
});
const sibling = (name: string) => JSON.stringify({ id: '00f067aa0ba902b7', name });

describe('SiblingPacker', () => {
  let datagrams: Datagram[];
  let packer: SiblingPacker<ReturnType<typeof parent>>;
  beforeEach(() => {
    datagrams = [];
    packer = new SiblingPacker(
      () => 1_000,
      (datagram) => datagrams.push(datagram),
    );
  });
  const documents = () => datagrams.map((each) => JSON.parse(documentIn(each)));

  it('puts siblings into a subsegment that lasts from the first start to the last end', () => {
    const of = parent(1);
    packer.add(sibling('a'), { start_time: 3, end_time: 9 }, of);
    packer.add(sibling('b'), { start_time: 2, end_time: 4 }, of);
    packer.add(sibling('c'), { start_time: 5, end_time: 6 }, of);
    packer.flush();
    expect(documents()).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{16}$/),
        name: '3 subsegments',
        start_time: 2,
        end_time: 9,
        metadata: { nestjs_xray: { siblings: 3 } },
        type: 'subsegment',
        trace_id: of.root.trace_id,
        parent_id: of.id,
        subsegments: ['a', 'b', 'c'].map((name) => JSON.parse(sibling(name))),
      },
    ]);
  });

  it('sends a single subsegment without a wrapper', () => {
    packer.add(sibling('a'), { start_time: 1, end_time: 2 }, parent(1));
    packer.flush();
    packer.flush();
    const { id, root } = parent(1);
    expect(documents()).toEqual([
      { ...JSON.parse(sibling('a')), type: 'subsegment', trace_id: root.trace_id, parent_id: id },
    ]);
  });

  it('starts another document, with its own times, for another parent', () => {
    for (const [n, at] of [8, 1].entries()) {
      const of = parent(n);
      packer.add(sibling('a'), { start_time: at, end_time: at + 1 }, of);
      packer.add(sibling('b'), { start_time: at, end_time: at + 1 }, of);
    }
    packer.flush();
    expect(documents()).toMatchObject([
      { parent_id: parent(0).id, start_time: 8, end_time: 9 },
      { parent_id: parent(1).id, start_time: 1, end_time: 2 },
    ]);
  });

  it.each(['x', 'é', '語', '💡'])('fills documents of %s up to their size in bytes', (sign) => {
    const of = parent(1);
    for (let n = 0; n < 60; n++) {
      packer.add(sibling(`${n} ${sign.repeat(n % 20)}`), { start_time: 1, end_time: 2 }, of);
    }
    packer.flush();
    const sizes = datagrams.map((each) => Buffer.byteLength(each) - HEADER.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000);
    const names = documents().flatMap(({ subsegments }) =>
      subsegments.map(({ name }: { name: string }) => name),
    );
    expect(names).toEqual(Array.from({ length: 60 }, (_, n) => `${n} ${sign.repeat(n % 20)}`));
  });

  it('returns unchanged what is too large for any document', () => {
    const of = parent(1);
    const large = sibling('y'.repeat(5_000));
    for (const text of [sibling('a'), large, sibling('b')]) {
      packer.add(text, { start_time: 1, end_time: 2 }, of);
    }
    packer.flush();
    expect(documents().map(({ name }) => name.length)).toEqual([1, 5_000, 1]);
  });
});

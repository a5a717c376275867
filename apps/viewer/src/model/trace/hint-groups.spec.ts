import type { Hint } from '@nestjs-xray/trace';
import { groupHints } from './hint-groups';

const hint = (id: string, cost: number, more: Partial<Hint> = {}): Hint => ({
  id,
  kind: 'throttled',
  title: 'Throttled once, then retried',
  subject: 'POST /score',
  evidence: id,
  advice: '',
  cost,
  upTo: false,
  share: cost / 10,
  nodes: [`${id}-1`, `${id}-2`],
  ...more,
});

describe('hint groups', () => {
  it('merge equal hints, with the cost and the nodes of all', () => {
    const groups = groupHints([
      hint('a', 3),
      hint('b', 2),
      hint('other', 4, { subject: 'GET /x' }),
    ]);
    expect(groups).toMatchObject([
      { id: 'a', times: 2, cost: 5, share: 0.5, nodes: ['a-1', 'a-2', 'b-1', 'b-2'] },
      { id: 'other', times: 1, cost: 4 },
    ]);
  });

  it('keep hints of different kind, title or place apart, and change no hint', () => {
    const hints = [
      hint('a', 1),
      hint('b', 1, { title: 'Throttled twice' }),
      hint('c', 1, { kind: 'swallowed' }),
      hint('d', 1, { place: 'Cart.load' }),
    ];
    expect(groupHints(hints).map(({ times }) => times)).toEqual([1, 1, 1, 1]);
    expect(hints[0]).toEqual(hint('a', 1));
  });

  it('handle 4,000 equal hints quickly', () => {
    const many = Array.from({ length: 4_000 }, (_, at) => hint(String(at), 0.001));
    expect(groupHints(many)).toMatchObject([{ times: 4_000, nodes: { length: 8_000 } }]);
  });
});

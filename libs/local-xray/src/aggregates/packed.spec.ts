import fc from 'fast-check';
import type { BinSum } from './bin-sum';
import { pack, unpack } from './packed';

const small = fc.nat({ max: 300 });
const sum: fc.Arbitrary<BinSum> = fc.record({
  facet: fc.nat({ max: 2 ** 40 }),
  route: fc.nat({ max: 2 ** 40 }),
  bin: small,
  count: fc.nat({ max: 2 ** 45 }),
  seconds: fc.double({ noNaN: true }),
  fault: small,
  error: small,
  throttle: small,
  traces: small,
});

describe('packed sums', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(sum, { maxLength: 60 }), (sums) => {
        const sorted = [...sums].sort((a, b) => a.facet - b.facet);
        const found: BinSum[] = [];
        unpack(pack(sorted), (each) => found.push({ ...each }));

        expect(found).toEqual(sorted);
      }),
    );
  });

  it('come back from a part of a larger buffer, as the database returns it', () => {
    const one = { facet: 7, route: 7, bin: 80, count: 3, seconds: 0.5 };
    const all = { ...one, fault: 0, error: 1, throttle: 0, traces: 2 };
    const packed = pack([all]);
    const buffer = new Uint8Array(packed.length + 20);
    buffer.set(packed, 5);
    const found: BinSum[] = [];
    unpack(buffer.subarray(5, 5 + packed.length), (each) => found.push({ ...each }));

    expect(found).toEqual([all]);
  });
});

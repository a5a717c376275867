import fc from 'fast-check';
import { TimeTotals } from './time-totals';

const time = fc.oneof(fc.integer({ min: 0, max: 1e10 }).map(String), fc.constant('-'));
const variant = fc.array(time, { minLength: 1, maxLength: 4 }).map((times) => times.join(','));
/** Times of traces of one shape. */
const traces = fc.integer({ min: 1, max: 4 }).chain((variants) =>
  fc.array(
    fc.array(variant, { minLength: variants, maxLength: variants }).map((each) => each.join(';')),
    { minLength: 1, maxLength: 20 },
  ),
);

function totalsOf(times: string[]): TimeTotals {
  const totals = new TimeTotals();
  for (const each of times) totals.add(each, 1);
  return totals;
}

/** Independent of the order in which values came. */
function plain({ variants }: TimeTotals): unknown[] {
  return variants.map(({ microseconds, counts }) => [
    microseconds,
    [...counts].sort(([a], [b]) => a - b),
  ]);
}

describe('TimeTotals', () => {
  it('decodes what it has encoded', () => {
    fc.assert(
      fc.property(traces, (times) => {
        const totals = totalsOf(times);
        expect(plain(TimeTotals.decode(totals.encode()))).toEqual(
          // Variants of which all is in progress have nothing to write.
          plain(totals).length === 0 ? [[0, []]] : plain(totals),
        );
      }),
    );
  });

  it('adds parts up to the total', () => {
    fc.assert(
      fc.property(traces, fc.nat(20), (times, at) => {
        const merged = totalsOf(times.slice(0, at));
        merged.merge(totalsOf(times.slice(at)));
        expect(plain(merged)).toEqual(plain(totalsOf(times)));
      }),
    );
  });

  it('is the same after a trace is subtracted as if it had never been added', () => {
    fc.assert(
      fc.property(traces, (times) => {
        const totals = totalsOf(times);
        totals.add(times[0]!, -1);
        const rest = plain(totalsOf(times.slice(1)));
        expect(plain(totals).slice(0, rest.length)).toEqual(rest);
        expect(
          plain(totals)
            .slice(rest.length)
            .every((each) => JSON.stringify(each) === '[0,[]]'),
        ).toBe(true);
      }),
    );
  });
});

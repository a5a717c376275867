import fc from 'fast-check';
import type { TraceOverview } from '../console-api';
import type { Driver } from '../store/driver';
import { manyTraces } from '../../test/support/many-traces';
import { T0 } from '../../test/support/trace-samples';
import { readOverview } from './overview';
import { ReadContext } from './read-context';

describe('an overview', () => {
  let driver: Driver;
  beforeAll(() => {
    driver = manyTraces(1_500);
  });
  afterAll(() => driver.close());

  it('is the same from stored sums as from the traces themselves', async () => {
    const kept = new ReadContext(driver, 0);
    const oneByOne = new ReadContext(driver, 1e9);
    const signal = new AbortController().signal;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -100, max: 17_000 }),
        fc.integer({ min: 1, max: 20_000 }),
        async (from, width) => {
          const selection = { from: T0 + from, to: T0 + from + width };
          const a = await readOverview(kept, selection, signal);
          const b = await readOverview(oneByOne, selection, signal);

          expect(plain(a)).toEqual(plain(b));
          // Sums of the same numbers in another order may differ in their last digits.
          for (const each of ['p50', 'p95', 'p99'] as const) {
            const [x, y] = [a.total[each] ?? 0, b.total[each] ?? 0];
            expect(Math.abs(x - y)).toBeLessThanOrEqual(1e-9 * y);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('has the same count as the list, for any filter', async () => {
    const context = new ReadContext(driver);
    const signal = new AbortController().signal;
    const selection = { from: T0, to: T0 + 90_000, filter: 'annotation.tenant = "t3"' };

    expect((await readOverview(context, selection, signal)).total.count).toBe(150);
  });
});

/** Counts, and the heat map's rows: its columns may have other bounds. */
function plain({ total, cells }: TraceOverview) {
  const rows = new Map<number, number[]>();
  for (const { row, count, fault, error, throttle } of cells) {
    const sums = rows.get(row) ?? [0, 0, 0, 0];
    rows.set(
      row,
      [count, fault, error, throttle].map((each, at) => sums[at]! + each),
    );
  }
  const { count, fault, error, throttle } = total;
  return { count, fault, error, throttle, rows: [...rows].sort(([a], [b]) => a - b) };
}

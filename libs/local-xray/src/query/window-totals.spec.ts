import fc from 'fast-check';
import type { SegmentDocument } from '@nestjs-xray/document';
import { http, segment, subsegment, T0 } from '../../test/support/trace-samples';
import { AddedUp } from '../store/added-up';
import { countStored, progress } from '../store/count-stored';
import type { Driver } from '../store/driver';
import { openDatabase } from '../store/open-database';
import { Retention } from '../store/retention';
import { TraceTotals } from '../store/trace-totals';
import { TraceWriter } from '../store/trace-writer';
import type { Filter } from './filter-ast';
import { readEntitySelector } from './time-series';
import { readFilter, TraceSearch } from './trace-search';
import { TraceStatistics } from './trace-statistics';

/** A trace that starts so many seconds after T0, on a service of its own kind. */
const made = fc.record({
  at: fc.integer({ min: 0, max: 30 * 3600 }),
  took: fc.integer({ min: 1, max: 5_000_000 }),
  kind: fc.integer({ min: 0, max: 2 }),
  status: fc.constantFrom(200, 404, 429, 500),
});
type Made = typeof made extends fc.Arbitrary<infer T> ? T : never;

const idOf = (at: number) => `1-6b02ef12-${String(at).padStart(24, '0')}`;

function documentOf({ at, took, kind, status }: Made): SegmentDocument {
  return segment(['shop', 'billing', 'stock'][kind]!, 'a1', [at, at + took / 1e6], {
    ...http('http://shop.test/', status),
    subsegments: [subsegment('db', 'a2', [at, at + took / 2e6], { sql: {} })],
  });
}

class Filled {
  readonly driver: Driver = openDatabase(':memory:');
  readonly totals = new TraceTotals(this.driver);
  readonly writer = new TraceWriter(this.driver, this.totals);
  readonly search = new TraceSearch(this.driver);
  readonly statistics = new TraceStatistics(this.driver, this.search);

  put(traces: Made[], from = 0): void {
    traces.forEach((each, at) => {
      const sent = { ...documentOf(each), trace_id: idOf(from + at) };
      this.writer.put(sent, JSON.stringify(sent));
    });
    this.writer.commit(true);
  }

  /** Adds up as if all had settled. */
  addUp(): void {
    const addedUp: AddedUp = this.totals.addedUp;
    addedUp.load();
    while (addedUp.step());
  }

  /** The same, trace by trace: a filter that all meet and totals cannot decide. */
  oneByOne(filter: Filter): Filter {
    return { kind: 'and', items: [filter, readFilter('responsetime >= 0', () => undefined)] };
  }
}

const EXPRESSIONS = ['', 'fault', '!ok', 'service("billing")', 'service("shop") AND !throttle'];
const windows = fc
  .tuple(fc.integer({ min: -100, max: 31 * 3600 }), fc.integer({ min: 0, max: 31 * 3600 }))
  .map(([from, length]) => ({ from: T0 + from, to: T0 + from + length }));

describe('totals of minutes, hours and days', () => {
  it('are the same as the sums over single traces, in any window', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(made, { minLength: 1, maxLength: 25 }),
        windows,
        fc.constantFrom(...EXPRESSIONS),
        fc.boolean(),
        async (traces, window, expression, added) => {
          const filled = new Filled();
          filled.put(traces);
          if (added) filled.addUp();
          const filter = readFilter(expression, () => undefined);
          const request = { ...window, filter };
          const one = { ...window, filter: filled.oneByOne(filter) };

          const counts = await filled.search.countByFlags(one);
          // Where no trace can match, nothing is gone through.
          if (counts.size > 0) expect(filled.search.covered(one)).toBeUndefined();
          expect(sorted(await filled.search.countByFlags(request))).toEqual(sorted(counts));
          expect(await filled.statistics.serviceGraph(request)).toEqual(
            await filled.statistics.serviceGraph(one),
          );
          const selector = readEntitySelector('service("billing")');
          expect(await filled.statistics.timeSeries(request, selector, 300)).toEqual(
            await filled.statistics.timeSeries(one, selector, 300),
          );
          filled.driver.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('contain the latest state of a trace, and nothing of it once it is deleted', async () => {
    const filled = new Filled();
    const trace: Made = { at: 10, took: 5, kind: 0, status: 200 };
    filled.put([trace]);
    filled.addUp();
    filled.put([{ ...trace, at: 4000, status: 500 }]);
    const all = { from: 0, to: 2e9 };

    expect(sorted(await filled.search.countByFlags(all))).toEqual([[1, 1]]);
    const graph = await filled.statistics.serviceGraph(all);
    expect(graph.find(({ Name }) => Name === 'shop')?.SummaryStatistics).toMatchObject({
      OkCount: 0,
      TotalCount: 1,
    });
    const retention = new Retention(filled.driver, { seconds: -1e10, bytes: 1e12 }, filled.totals);
    while (retention.step().nextMs !== undefined);
    for (const table of ['totals', 'added_up']) {
      expect(filled.driver.prepare(`SELECT count(*) AS count FROM ${table}`).get()).toEqual({
        count: 0,
      });
    }
    filled.driver.close();
  });

  it('are computed for a database that was written before there were totals', async () => {
    const filled = new Filled();
    filled.put([{ at: 10, took: 5, kind: 0, status: 200 }]);
    filled.driver.exec('DELETE FROM totals');
    countStored(filled.driver, new TraceTotals(filled.driver));

    expect(sorted(await filled.search.countByFlags({ from: 0, to: 2e9 }))).toEqual([[0, 1]]);
    filled.driver.close();
  });

  it('are computed again if an earlier computation was interrupted', async () => {
    const filled = new Filled();
    filled.put([10, 100, 200].map((at) => ({ at, took: 5, kind: 0, status: 200 })));
    filled.driver.exec('DELETE FROM totals');
    const interrupted = new TraceTotals(filled.driver);
    let writes = 0;
    const write = interrupted.write.bind(interrupted);
    interrupted.write = () => {
      write();
      if (++writes === 2) throw new Error('killed');
    };
    expect(() => countStored(filled.driver, interrupted, { chunk: 1 })).toThrow('killed');
    countStored(filled.driver, new TraceTotals(filled.driver), { chunk: 1 });

    expect(sorted(await filled.search.countByFlags({ from: 0, to: 2e9 }))).toEqual([[0, 3]]);
    filled.driver.close();
  });

  it('are computed with a progress line that estimates the remaining time', () => {
    expect(progress(450_000, 1_000_000, 36)).toBe(
      'Local X-Ray updates its database before it starts: 450,000 of 1,000,000 traces counted, about 44 s left.',
    );
  });
});

function sorted(counts: Map<number, number>): [number, number][] {
  return [...counts].sort(([a], [b]) => a - b);
}

import { manyTraces } from '../../test/support/many-traces';
import { T0 } from '../../test/support/trace-samples';
import { readFilter, TraceSearch } from './trace-search';

/** More than are sorted at once if another order is available. */
const TRACES = 3_300;

describe('a search for a statement that thousands of traces have', () => {
  it('reads its occurrences once, not for each part of the range', async () => {
    const driver = manyTraces(TRACES);
    const [{ name }] = driver
      .prepare('SELECT name FROM facets WHERE kind = 3')
      .all<{ name: string }>() as [{ name: string }];
    const asked: string[] = [];
    const search = new TraceSearch({
      prepare: (text) => ({
        all: <Row>(values: Parameters<ReturnType<typeof driver.prepare>['all']>[0] = []) => {
          asked.push(text);
          return driver.prepare(text).all<Row>(values);
        },
      }),
    });
    const filter = readFilter(`statement = ${JSON.stringify(name)}`, () => undefined);
    const range = { from: T0, to: T0 + 90_000, filter };
    const counts = await search.countByFlags(range);
    const { rows } = await search.page<{ start: number }>({ ...range, limit: 50 }, 't.start');

    const starts = driver
      .prepare('SELECT start FROM traces ORDER BY start DESC, n DESC LIMIT 50')
      .all<{ start: number }>();
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(TRACES);
    expect(rows.map(({ start }) => start)).toEqual(starts.map(({ start }) => start));
    // For the count and for the page: how many there are, with two limits, and what they are.
    expect(asked.filter((text) => text.includes('occurrences')).length).toBeLessThanOrEqual(6);
    expect(asked.filter((text) => text.includes('IN (SELECT o.trace'))).toEqual([]);
    driver.close();
  });
});

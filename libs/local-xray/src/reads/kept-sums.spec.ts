import type { Driver } from '../store/driver';
import { Retention } from '../store/retention';
import { TraceTotals } from '../store/trace-totals';
import { TraceWriter } from '../store/trace-writer';
import { manyTraces } from '../../test/support/many-traces';
import { segment, T0 } from '../../test/support/trace-samples';
import { readErrors } from './errors';
import { readOverview } from './overview';
import { readQueries } from './queries';
import { ReadContext } from './read-context';
import { readRoutes } from './routes';

const HOURS = 5;
const ALL = { from: T0 - 60, to: T0 + HOURS * 3600 + 60 };
const signal = new AbortController().signal;

function addUp(driver: Driver): TraceTotals {
  const totals = new TraceTotals(driver);
  while (totals.addedUp.step());
  return totals;
}

/** What the pages show, without the digits in which sums in another order differ. */
async function pages(context: ReadContext, selection = ALL): Promise<unknown> {
  const all = [
    await readRoutes(context, { ...selection, by: 'route' }, signal),
    await readRoutes(context, { ...selection, by: 'service' }, signal),
    await readQueries(context, selection, signal),
    await readErrors(context, selection, signal),
    await readOverview(context, selection, signal),
  ];
  return JSON.parse(
    JSON.stringify(all, (key, value: unknown) =>
      typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(9)) : value,
    ),
  );
}

/** Notes each statement, and how many rows and bytes it returns. */
function counting(driver: Driver): { driver: Driver; rows: Map<string, number> } {
  const rows = new Map<string, number>();
  const prepare: Driver['prepare'] = (sql) => {
    const statement = driver.prepare(sql);
    const note = (count: number) => rows.set(sql, (rows.get(sql) ?? 0) + count);
    return {
      ...statement,
      all: <Row>(values?: Parameters<typeof statement.all>[0]) => {
        const found = statement.all<Row>(values);
        note(found.length);
        return found;
      },
      get: <Row>(values?: Parameters<typeof statement.get>[0]) => {
        const found = statement.get<Row>(values);
        note(found === undefined ? 0 : 1);
        return found;
      },
    };
  };
  return { driver: { ...driver, prepare }, rows };
}

describe('sums over all traces', () => {
  it('are the same from packed periods, from minutes, and from some of both', async () => {
    const driver = manyTraces(1_500, HOURS);
    const fromMinutes = await pages(new ReadContext(driver, 0));
    addUp(driver);
    const packed = await pages(new ReadContext(driver, 0));
    driver.exec(
      `DELETE FROM packed_aggregates WHERE step = 7200 AND at % 14400 = 0; DELETE FROM packed_aggregates WHERE step = 600 AND at % 1200 = 0`,
    );
    const both = await pages(new ReadContext(driver, 0));

    expect(packed).toEqual(fromMinutes);
    expect(both).toEqual(fromMinutes);
    driver.close();
  });

  it('contain what is stored after a period was packed', async () => {
    const driver = manyTraces(300, HOURS);
    const writer = new TraceWriter(driver, addUp(driver));
    const late = segment('latecomer', 'a1', [1800, 1801], { http: { request: { method: 'GET' } } });
    writer.put(late, JSON.stringify(late));
    writer.commit(true);

    const context = new ReadContext(driver, 0);
    const { rows } = await readRoutes(context, { ...ALL, by: 'service' }, signal);
    expect(rows).toContainEqual(expect.objectContaining({ name: 'latecomer', count: 1 }));
    const before = await pages(context);
    addUp(driver);
    expect(await pages(context)).toEqual(before);
    driver.close();
  });

  it('contain nothing of deleted traces', () => {
    const driver = manyTraces(300, HOURS);
    const totals = addUp(driver);
    const retention = new Retention(driver, { seconds: -1e10, bytes: 1e12 }, totals);
    while (retention.step().nextMs !== undefined);

    expect(driver.prepare('SELECT count(*) AS count FROM packed_aggregates').get()).toMatchObject({
      count: 0,
    });
    driver.close();
  });

  it('are read from one row for each period, however many traces there are', async () => {
    const read: number[] = [];
    for (const traces of [500, 4_000]) {
      const driver = manyTraces(traces, 48);
      addUp(driver);
      const counted = counting(driver);
      const context = new ReadContext(counted.driver, 0);
      const week = { from: T0 - 5 * 86_400, to: T0 + 50 * 3600 };
      await readRoutes(context, { ...week, by: 'route' }, signal);
      await readQueries(context, week, signal);
      await readErrors(context, week, signal);
      // All but the traces of less than a minute at both ends, where there are none, is packed.
      const rows = (pattern: RegExp): number =>
        [...counted.rows].reduce((sum, [sql, count]) => sum + (pattern.test(sql) ? count : 0), 0);
      expect(rows(/SELECT at, facet.* FROM aggregates/s)).toBe(0);
      expect(rows(/CROSS JOIN occurrences AS c/)).toBe(0);
      read.push(rows(/FROM packed_aggregates/));
      driver.close();
    }
    // Five sums of 25 periods of two hours, each with a row of the list.
    expect(read[0]).toBeLessThanOrEqual(2 * 7 * 25);
    expect(read[1]).toBe(read[0]);
  });
});

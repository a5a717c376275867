import fc from 'fast-check';
import type { Driver } from '../store/driver';
import { manyTraces } from '../../test/support/many-traces';
import { T0 } from '../../test/support/trace-samples';
import type { Cursor } from './slices';
import { SORT_COLUMNS, type SortKey } from './sort-order';
import { readFilter, TraceSearch } from './trace-search';

interface Row {
  n: number;
  key: number | string;
  start: number;
  flags: number;
  service: string;
}

describe('sorted pages', () => {
  let driver: Driver;
  const stored = new Map<SortKey, Row[]>();
  const keys = ['start', 'duration', 'outcome', 'hint'] as const;
  beforeAll(() => {
    driver = manyTraces(2_500);
    for (const key of keys) {
      const sql = `SELECT n, ${SORT_COLUMNS[key].column} AS key, start, flags, service FROM traces AS t`;
      stored.set(key, driver.prepare(sql).all<Row>());
    }
  });
  afterAll(() => driver.close());

  const FILTERS: Record<string, (row: Row) => boolean> = {
    '': () => true,
    fault: ({ flags }) => (flags & 1) !== 0,
    'service("shop")': ({ service }) => service === 'shop',
    'annotation.tenant = "t3" AND ok': ({ n, flags }) => n % 10 === 4 && (flags & 7) === 0,
    'http.url ENDSWITH "nothing"': () => false,
  };

  it('contain each trace once, in order, for any filter and access path', async () => {
    const asked = fc.record({
      by: fc.constantFrom(...keys),
      descending: fc.boolean(),
      filter: fc.constantFrom(...Object.keys(FILTERS)),
      from: fc.integer({ min: -10, max: 18_000 }),
      width: fc.integer({ min: 0, max: 20_000 }),
      limit: fc.integer({ min: 100, max: 1_500 }),
      // Sorted at once, or along the index of the order.
      atOnce: fc.constantFrom(0, 20_000),
    });
    await fc.assert(
      fc.asyncProperty(asked, async ({ by, descending, filter, from, width, limit, atOnce }) => {
        const search = new TraceSearch(driver, atOnce);
        const window = { from: T0 + from, to: T0 + from + width };
        const request = {
          ...window,
          sort: { by, descending },
          filter: readFilter(filter, () => undefined),
        };
        const found: number[] = [];
        let after: Cursor | undefined;
        do {
          const page = await search.page<{ n: number }>(
            { ...request, limit, budgetMs: 1e9, ...(after && { after }) },
            't.n',
          );
          expect(page.rows.length).toBeLessThanOrEqual(limit);
          found.push(...page.rows.map(({ n }) => n));
          after = page.next;
        } while (after);
        expect(found).toEqual(
          stored
            .get(by)!
            .filter(({ start }) => start >= window.from && start <= window.to)
            .filter(FILTERS[filter]!)
            .sort(inOrder(by, descending))
            .map(({ n }) => n),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('read each part of the range once, however many parts there are', async () => {
    const texts = new Set<string>();
    const spying = new TraceSearch({
      prepare: (text: string) => {
        texts.add(text);
        return driver.prepare(text);
      },
    });
    const filter = readFilter('duration > 0.1', () => undefined);
    await spying.countByFlags({ filter, from: 0, to: 2e9 });

    const bounds = [...texts].map((text) => text.match(/t\.start(, t\.n\))? [<>]=? /g) ?? []);
    const lower = bounds.map((each) => each.filter((bound) => bound.includes('>')).length);
    expect(Math.max(...lower)).toBe(1);
    expect(texts.size).toBeGreaterThan(2);
  });

  it('follow an index, and never sort all traces', async () => {
    const sorts: string[] = [];
    const spying = new TraceSearch(
      {
        prepare: (text: string) => ({
          all: <Out>(values: never[] = []) => {
            const plan = driver.prepare(`EXPLAIN QUERY PLAN ${text}`);
            const steps = plan.all<{ detail: string }>(values).map(({ detail }) => detail);
            sorts.push(...steps.filter((step) => /SCAN t(?! USING)|TEMP B-TREE/.test(step)));
            return driver.prepare(text).all<Out>(values);
          },
        }),
      },
      0,
    );
    for (const by of keys) {
      for (const descending of [true, false]) {
        await spying.page({ from: 0, to: 2e9, sort: { by, descending }, limit: 50 }, 't.id');
      }
    }

    expect(sorts).toEqual([]);
  });
});

function inOrder(by: SortKey, descending: boolean): (a: Row, b: Row) => number {
  const sign = descending ? -1 : 1;
  return (a, b) => {
    if (a.key === b.key) return sign * (a.n - b.n);
    if (by === 'hint' && a.key === '') return 1;
    if (by === 'hint' && b.key === '') return -1;
    return a.key < b.key ? -sign : sign;
  };
}

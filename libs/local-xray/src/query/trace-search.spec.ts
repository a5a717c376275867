import fc from 'fast-check';
import type { Driver } from '../store/driver';
import { openDatabase } from '../store/open-database';
import { TraceWriter } from '../store/trace-writer';
import { anyFilter } from '../../test/support/filter-arbitrary';
import { matches, viewDocuments, type TraceView } from './filter-evaluate';
import { printFilter } from './filter-print';
import { EVERY, EXPRESSIONS, expressionOf, TRACES } from '../../test/support/filter-samples';
import { http, segment, subsegment, T0 } from '../../test/support/trace-samples';
import { readFilter, TraceSearch, type PageRequest } from './trace-search';

const idOf = (at: number) => `1-6b02ef12-${String(at).padStart(24, '0')}`;

function store(traces: object[][]): Driver {
  const driver = openDatabase(':memory:');
  const writer = new TraceWriter(driver);
  traces.forEach((documents, at) => {
    for (const document of documents) {
      const sent = { ...document, trace_id: idOf(at) };
      writer.put(sent as never, JSON.stringify(sent));
    }
  });
  writer.commit(true);
  return driver;
}

describe('a search', () => {
  let driver: Driver;
  let search: TraceSearch;
  const views = new Map<string, TraceView>();

  beforeAll(() => {
    driver = store(EVERY.map((name) => TRACES[name]!));
    search = new TraceSearch(driver);
    EVERY.forEach((name, at) => views.set(name, viewDocuments(idOf(at), TRACES[name]!)));
  });
  afterAll(() => driver.close());

  const find = async (expression: string, rest: Partial<PageRequest> = {}) => {
    const filter = readFilter(expression, expressionOf);
    const found = await search.page<{ id: string }>(
      { filter, from: 0, to: 2e9, limit: 100, ...rest },
      't.id',
    );
    return found.rows
      .map(({ id }) => EVERY[Number(id.slice(-4))]!)
      .sort((a, b) => EVERY.indexOf(a) - EVERY.indexOf(b));
  };

  it.each(EXPRESSIONS)('by %s finds the right traces', async (expression, finds) => {
    expect(await find(expression)).toEqual(finds);
    expect(await find(expression, { by: 'end' })).toEqual(finds);
  });

  it('finds the same traces as the evaluation of each trace, for any filter', async () => {
    const text = fc.constantFrom(
      'shop',
      'billing',
      'search.test',
      'gold',
      'ada',
      '',
      'http://shop.test/',
      'x',
      '3',
      'ledger',
    );
    const number = fc.constantFrom(0, 0.05, 0.2, 1, 1.9, 3, 5, 200, 404, 500, 12, -1);
    const key = fc.constantFrom('plan', 'items', 'retries', 'beta', 'a.b', 'attempt', 'lost');
    const vocabulary = { text, number, key, groups: false };
    await fc.assert(
      fc.asyncProperty(anyFilter('trace', 3, vocabulary), async (filter) => {
        const expression = printFilter(filter);
        const expected = EVERY.filter((name) => matches(filter, views.get(name)!));
        expect([expression, await find(expression)]).toEqual([expression, expected]);
      }),
      { numRuns: 400 },
    );
  });

  it('accepts any text literally', async () => {
    await fc.assert(
      fc.asyncProperty(anyFilter('trace', 1), async (filter) => {
        const expression = printFilter(filter);
        if (expression.includes('group.')) return;
        const expected = EVERY.filter((name) => matches(filter, views.get(name)!));
        expect([expression, await find(expression)]).toEqual([expression, expected]);
      }),
      { numRuns: 300 },
    );
  });

  it('accepts a thousand conditions', async () => {
    const chain = Array.from({ length: 400 }, (_, at) => `annotation.k${at}`).join(' OR ');

    expect(await find(`${chain} OR fault`)).toEqual(['checkout']);
  });

  it('counts traces by outcome', async () => {
    const filter = readFilter('service("shop") { responsetime > 0 }', expressionOf);

    expect(await search.countByFlags({ from: 0, to: 2e9 })).toEqual(
      new Map([
        [0, 4],
        [4, 1],
        [5, 1],
      ]),
    );
    expect(await search.countByFlags({ filter, from: 0, to: 2e9 })).toEqual(
      new Map([
        [0, 3],
        [5, 1],
      ]),
    );
    expect(await search.countByFlags({ filter, from: 0, to: 1 })).toEqual(new Map());
  });
});

describe('a search of many traces', () => {
  let driver: Driver;
  let search: TraceSearch;

  beforeAll(() => {
    driver = store(
      Array.from({ length: 900 }, (_, at) => [
        segment('api', 'a1', [Math.floor(at / 3), Math.floor(at / 3) + (at % 9) / 10], {
          ...http(`http://api.test/${at}`, at % 100 === 0 ? 500 : 200),
          annotations: { even: at % 2 === 0, rare: at % 300 },
          subsegments:
            at % 2
              ? [subsegment('db', 'a2', [0, (at % 7) / 10], { sql: {}, annotations: { at } })]
              : [],
        }),
      ]),
    );
    search = new TraceSearch(driver);
  });
  afterAll(() => driver.close());

  it.each([
    ['', 900],
    ['annotation.even = true', 450],
    ['annotation.rare = 7 AND http.status = 200', 3],
    ['service("api") { responsetime > 0.45 }', 400],
    ['service("db") { annotation.at > 890 }', 5],
    ['fault', 9],
  ])('by %j returns pages, newest first, with each trace once', async (expression, total) => {
    const filter = readFilter(expression, expressionOf);
    for (const limit of [1, 7, 100]) {
      if (total / limit > 100) continue;
      const ids: string[] = [];
      const starts: number[] = [];
      let after: PageRequest['after'];
      do {
        const request = { filter, from: T0, to: T0 + 299.5, limit, ...(after && { after }) };
        const page = await search.page<{ id: string; start: number }>(request, 't.id, t.start');
        expect(page.rows.length).toBeLessThanOrEqual(limit);
        ids.push(...page.rows.map(({ id }) => id));
        starts.push(...page.rows.map(({ start }) => start));
        after = page.next;
      } while (after);
      expect(ids).toHaveLength(total);
      expect(new Set(ids).size).toBe(total);
      expect(starts).toEqual([...starts].sort((a, b) => b - a));
    }
  });

  it('stops when its time is up, with the position to continue from', async () => {
    const filter = readFilter('service("db") { annotation.at = 1 }', expressionOf);
    let pages = 0;
    let after: PageRequest['after'];
    const ids: string[] = [];
    do {
      const request = { filter, from: 0, to: 2e9, limit: 10, budgetMs: 0, ...(after && { after }) };
      const page = await search.page<{ id: string }>(request, 't.id');
      ids.push(...page.rows.map(({ id }) => id));
      after = page.next;
      pages++;
    } while (after);
    expect(ids).toEqual([idOf(1)]);
    expect(pages).toBeGreaterThan(1);
  });

  it('respects its time window, including both ends', async () => {
    const page = (from: number, to: number) =>
      search.page<{ id: string }>({ from, to, limit: 10 }, 't.id');

    expect((await page(T0 + 5, T0 + 5)).rows).toHaveLength(3);
    expect((await page(T0 + 5.1, T0 + 5.9)).rows).toHaveLength(0);
  });

  it.each([
    ['', /^SEARCH t USING (COVERING )?INDEX traces_time/],
    ['fault', /^SEARCH t USING (COVERING )?INDEX traces_trouble/],
    ['!ok AND http.url CONTAINS "x"', /^SEARCH t USING (COVERING )?INDEX traces_trouble/],
    [
      'annotation.rare = 7',
      /^SEARCH a USING PRIMARY KEY \(key=\? AND value=\? AND start>\? AND start<\?\)/,
    ],
    ['annotation.rare = 7 service("api")', /^SEARCH a USING PRIMARY KEY/],
    ['service("db") AND fault', /^SEARCH t USING (COVERING )?INDEX traces_trouble/],
    ['service("db")', /^SEARCH t USING (COVERING )?INDEX traces_shape/],
    ['edge("api", "db") { responsetime > 0.1 }', /^SEARCH t USING (COVERING )?INDEX traces_shape/],
    ['user = "x"', /^SEARCH t USING (COVERING )?INDEX traces_time/],
    ['rootcause.fault.entity { name = "x" }', /^SEARCH t USING (COVERING )?INDEX traces_time/],
    ['annotation.rare > 5 OR message = "x"', /^SEARCH t USING (COVERING )?INDEX traces_time/],
  ])('by %j never scans a whole table', async (expression, way) => {
    const asked: string[] = [];
    const plans: string[] = [];
    const spying = new TraceSearch({
      prepare: (text: string) => ({
        all: <Row>(values: never[] = []) => {
          asked.push(text);
          const steps = driver
            .prepare(`EXPLAIN QUERY PLAN ${text}`)
            .all<{ detail: string }>(values);
          plans.push(...steps.map(({ detail }) => detail));
          return driver.prepare(text).all<Row>(values);
        },
      }),
    });
    const filter = readFilter(expression, expressionOf);
    await spying.page({ filter, from: T0, to: T0 + 21_600, limit: 100 }, 't.summary');

    const scans = plans.filter((step) =>
      /^SCAN (t|a|e|d|traces|documents|annotations)\b/.test(step),
    );
    expect(scans).toEqual([]);
    expect(
      plans.filter(
        (step) => /\bdocuments\b/.test(step) && !/SEARCH documents USING INDEX/.test(step),
      ),
    ).toEqual([]);
    expect(asked.length).toBeGreaterThan(0);
    expect(plans.some((step) => way.test(step))).toBe(true);
  });
});

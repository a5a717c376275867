import type {
  Completions,
  Differences,
  ErrorExample,
  ErrorTable,
  QueryTable,
  RouteTable,
  TraceList,
  TraceOverview,
} from '../src/console-api';
import type { LocalXray } from '../src';
import { faultyPost, goodPost, home, userActivities } from '../../trace/test/cruddur-traces.mjs';
import { put, start, url } from './support/client';

/** Ten minutes ago, at a round time. */
const T0 = Math.floor(Date.now() / 1000) - 600;

describe('the pages about many traces', () => {
  let server: LocalXray;
  beforeAll(async () => {
    server = await start();
    const traces = [
      ...Array.from({ length: 12 }, (_, at) => home(T0 + at)),
      ...Array.from({ length: 6 }, (_, at) => userActivities(T0 + 20 + at)),
      ...Array.from({ length: 4 }, (_, at) => faultyPost(T0 + 60 + at)),
      ...Array.from({ length: 8 }, (_, at) => goodPost(T0 + 90 + at)),
    ];
    for (const { segments } of traces) {
      const after = Math.floor(segments[0]!.start_time - T0);
      const version = after < 12 ? '1.9.0' : after >= 90 ? '2.0.0' : undefined;
      if (version !== undefined) segments[0]!.service = { version };
      await put(server, ...segments);
    }
  });
  afterAll(() => server.close());

  const ask = async <T>(path: string, query: Record<string, string> = {}): Promise<T> => {
    const response = await fetch(
      url(server, `/console/${path}?${new URLSearchParams(query).toString()}`),
    );
    expect(response.status).toBe(200);
    return (await response.json()) as T;
  };
  const total = async (filter: string): Promise<number> =>
    (await ask<TraceList>('traces', { filter, limit: '1' })).counts.total;

  it('count every route of every service, most time first', async () => {
    const { rows, total: traces, services } = await ask<RouteTable>('routes');

    expect(traces).toMatchObject({ count: 30, fault: 4 });
    const seconds = rows.map((row) => row.seconds);
    expect(seconds).toEqual([...seconds].sort((a, b) => b - a));
    const post = rows.find((row) => row.method === 'POST' && row.service === 'backend-nest')!;
    expect(post).toMatchObject({ name: '/api/activities', count: 12, fault: 4 });
    expect(post.p50).toBeGreaterThan(0);
    expect(post.p95).toBeGreaterThanOrEqual(post.p50);
    expect(services.map(({ name }) => name)).toContain('notifications');
  });

  it('give each row a filter that finds its traces', async () => {
    const { rows } = await ask<RouteTable>('routes');
    for (const row of rows) {
      const found = await total(row.filter);
      // A route is counted once for each segment: as often as there are traces, or more.
      expect(found).toBeGreaterThan(0);
      expect(found).toBeLessThanOrEqual(row.count);
    }
    for (const row of (await ask<ErrorTable>('errors')).rows) {
      expect(await total(row.filter)).toBe(row.traces);
    }
    for (const row of (await ask<QueryTable>('queries')).rows) {
      expect(await total(row.filter)).toBe(row.traces);
    }
  });

  it('show first what fails, and the N+1 that takes most time', async () => {
    const { findings } = await ask<RouteTable>('routes');

    expect(findings.map(({ kind }) => kind)).toEqual(['fails', 'hint']);
    expect(findings[0]).toMatchObject({
      route: { name: '/api/activities', fault: 4 },
      exception: { name: expect.stringMatching(/^TypeError: .* at push\.service\.ts:58$/) },
    });
    expect(findings[1]).toMatchObject({
      hint: { kind: 'n-plus-one', subject: 'SELECT users', traces: 4, times: 48 },
    });
    expect(await total('hint = "n-plus-one"')).toBe(4);
  });

  it.each(['service', 'user', 'annotation.http_route', 'annotation.none'])(
    'have a row for each %s, and the rows add up to all traces',
    async (by) => {
      const { rows } = await ask<RouteTable>('routes', { by });

      expect(rows.length).toBeGreaterThan(0);
      if (by !== 'service') {
        expect(rows.reduce((sum, row) => sum + row.count, 0)).toBeGreaterThanOrEqual(30);
      }
      for (const row of rows) {
        const found = await total(row.filter);
        if (by === 'service') expect(found).toBeGreaterThan(0);
        else expect(found).toBe(row.count);
      }
    },
  );

  it('group exceptions by type, message pattern and method', async () => {
    const { rows } = await ask<ErrorTable>('errors');
    const row = rows.find(({ type }) => type === 'TypeError')!;

    expect(row).toMatchObject({
      message: "Cannot read properties of undefined (reading '…')",
      status: 'fault',
      line: 58,
      count: 4,
      traces: 4,
    });
    expect(row.trend.reduce((sum, count) => sum + count, 0)).toBe(4);
    expect(row.last).toBeGreaterThan(row.first);
    const example = await ask<ErrorExample>('errors/example', { name: row.name });
    expect(example.message).toContain("reading 'Attributes'");
    expect(example.stack[0]).toMatchObject({ line: 58, library: false });
    expect(example.messages).toEqual([{ message: example.message, count: 4 }]);
    const other = await fetch(url(server, '/console/errors/example?name=none'));
    expect(other.status).toBe(404);
  });

  it('group statements, with callers and N+1', async () => {
    const { rows } = await ask<QueryTable>('queries');
    const loop = rows.find(({ text }) => text.includes('WHERE uuid = $1'))!;

    expect(loop).toMatchObject({
      tag: 'SQL',
      nPlusOne: { route: 'POST /api/activities', times: 48, share: 4 / 12 },
    });
    expect(loop.callers[0]!.place).toBe('FeedService.fanOut');
    expect(rows.filter(({ tag }) => tag === 'AWS').length).toBeGreaterThan(0);
  });

  it('count each trace in one cell of the heat map', async () => {
    const { cells, total: traces, slots } = await ask<TraceOverview>('overview');

    expect(cells.reduce((sum, { count }) => sum + count, 0)).toBe(30);
    expect(cells.reduce((sum, { fault }) => sum + fault, 0)).toBe(4);
    expect(cells.every(({ slot }) => slot >= 0 && slot < slots)).toBe(true);
    expect(traces.p99).toBeGreaterThan(traces.p50!);
  });

  it('include only what a filter finds', async () => {
    const filter = 'route = "POST /api/activities"';

    expect((await ask<TraceOverview>('overview', { filter })).total.count).toBe(12);
    const { rows } = await ask<RouteTable>('routes', { filter });
    expect(new Set(rows.map(({ name }) => name))).not.toContain('/api/activities/home');
    expect(
      (await ask<ErrorTable>('errors', { filter: 'route = "GET /api/activities/home"' })).rows,
    ).toEqual([]);
  });

  it('include only the given time range', async () => {
    const query = { start: String(T0 + 55), end: String(T0 + 80) };

    expect((await ask<TraceOverview>('overview', query)).total).toMatchObject({
      count: 4,
      fault: 4,
    });
  });

  it('show what some traces have more often than the rest', async () => {
    const { a, b, attributes } = await ask<Differences>('differences', { a: 'fault' });

    expect([a.count, b.count]).toEqual([4, 26]);
    const status = attributes.find(({ name }) => name === 'http.status')!;
    expect(status.values[0]).toMatchObject({ value: '500', a: 4, b: 0 });
    expect(attributes.map(({ name }) => name)).toContain('hint');
    for (const { values } of attributes) {
      for (const { filter, a: here, b: rest } of values) {
        expect(await total(filter)).toBe(here + rest);
      }
    }
  });

  it('compare two time ranges, and two filters', async () => {
    const times = await ask<Differences>('differences', {
      aStart: String(T0 + 55),
      aEnd: String(T0 + 80),
    });
    expect([times.a.count, times.b.count]).toEqual([4, 26]);
    const filters = await ask<Differences>('differences', {
      a: 'route = "GET /api/activities/home"',
      b: 'fault',
    });
    expect([filters.a.count, filters.b.count]).toEqual([12, 4]);
  });

  it('distinguish the versions of services, without annotations', async () => {
    const { a, b, attributes } = await ask<Differences>('differences', {
      a: 'service.version = "2.0.0"',
      b: 'service.version = "1.9.0"',
    });

    expect([a.count, b.count]).toEqual([8, 12]);
    const version = attributes.find(({ name }) => name === 'service.version')!;
    expect(version.values).toContainEqual(expect.objectContaining({ value: '2.0.0', a: 8, b: 0 }));
    for (const { filter, a: here, b: there } of version.values)
      expect(await total(filter)).toBe(here + there);
    const { values } = await ask<Completions>('completions', { kind: 'versions' });
    expect(values).toContainEqual({ value: '1.9.0', type: 'string', count: 12 });
    expect(values).toContainEqual({ value: '2.0.0', type: 'string', count: 8 });
    expect(await total('service("backend-nest") { service.version BEGINSWITH "2." }')).toBe(8);
    // Of the service in the braces, not of any.
    expect(await total('service("notifications") { service.version = "2.0.0" }')).toBe(0);
  });

  it('reject unknown parameters', async () => {
    for (const path of [
      'routes?by=nothing',
      'differences',
      'errors?filter=nonsense',
      'routes?start=x',
    ]) {
      expect((await fetch(url(server, `/console/${path}`))).status).toBe(400);
    }
  });
});

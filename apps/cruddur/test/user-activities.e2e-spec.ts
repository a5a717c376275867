import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ActivitiesRepository } from '../src/activities/activities.repository';
import { embeddedDatabase } from './support/embedded-database';
import { startCruddur, type Node, type RunningCruddur } from './support/cruddur';
import type { TestDatabase } from './support/test-database';

const LEVELS = ['user_activities', 'user_activities_start', 'user_activities_nested_subsegment'];

describe('GET /api/activities/@:handle', () => {
  let database: TestDatabase;
  let cruddur: RunningCruddur;

  beforeAll(async () => {
    database = await embeddedDatabase();
    cruddur = await startCruddur(database.pools);
  });
  afterAll(async () => {
    await cruddur?.close();
    await database?.close();
  });
  beforeEach(() => {
    cruddur.xray.documents.length = 0;
  });

  it('returns the rows of the database', async () => {
    const answer = await fetch(`${cruddur.url}/api/activities/@andrewbrown`);

    expect(answer.status).toBe(200);
    const { rows } = await database.pool.query<{ message: string }>(
      `select message from activities join users on users.uuid = user_uuid
       where handle = 'andrewbrown' order by activities.created_at desc`,
    );
    const activities = (await answer.json()) as { message: string }[];
    expect(activities.map(({ message }) => message)).toEqual(rows.map(({ message }) => message));
    expect(rows.length).toBeGreaterThan(3);
  });

  it("records everything that the article's Flask service records", async () => {
    await fetch(`${cruddur.url}/api/activities/@andrewbrown`);

    expectAllOf(golden('user-activities-200'), only(cruddur.xray.documents));
  });

  it('records what the article shows: the time, the count, the method and the address', async () => {
    await fetch(`${cruddur.url}/api/activities/@andrewbrown`);

    const [handler, start, nested] = levels(only(cruddur.xray.documents));
    expect(handler).not.toHaveProperty('annotations');
    const url = `${cruddur.url}/api/activities/@andrewbrown`;
    const now = { now: expect.stringMatching(/^\d{4}-\d\d-\d\dT.+Z$/), results: 4 };
    expect(start).toMatchObject({
      annotations: { url },
      metadata: { user_activities: { now }, http: { method: 'GET', url } },
    });
    expect(nested).toMatchObject({ metadata: { user_activities: { results: now } } });
  });

  it('names the segment, the route and the acting user', async () => {
    const answer = await fetch(`${cruddur.url}/api/activities/@worf?x=1`, {
      headers: { 'X-Cruddur-User': '@bayko' },
    });

    const segment = only(cruddur.xray.documents);
    expect(segment).toMatchObject({
      name: 'backend-nest',
      user: 'bayko',
      annotations: { http_route: '/api/activities/@:handle' },
      http: { response: { status: 200 } },
    });
    expect(answer.headers.get('x-trace-id')).toBe(segment.trace_id);
    expect(answer.headers.get('x-trace-url')).toBe(
      `http://127.0.0.1:2000/traces/${segment.trace_id}`,
    );
  });

  it.each(['@', '@%20', '@%20%09'])('refuses the blank handle %s', async (path) => {
    const answer = await fetch(`${cruddur.url}/api/activities/${path}`);

    expect(answer.status).toBe(422);
    expect(await answer.json()).toEqual(['blank_user_handle']);
    const segment = only(cruddur.xray.documents);
    expect(segment).toMatchObject({ error: true, http: { response: { status: 422 } } });
    expect(segment).not.toHaveProperty('fault');
    const [handler, start] = levels(segment, 2);
    expect([handler, start]).toMatchObject([
      { error: true, end_time: expect.any(Number) },
      { error: true, end_time: expect.any(Number) },
    ]);
    expect(start).not.toHaveProperty('subsegments');
  });

  it('responds with 404 to an unknown handle', async () => {
    const answer = await fetch(`${cruddur.url}/api/activities/@nobody`);

    expect(answer.status).toBe(404);
    const segment = only(cruddur.xray.documents);
    expect(await answer.json()).toEqual({
      statusCode: 404,
      error: 'Not Found',
      message: 'No user on Cruddur has the handle @nobody.',
      traceId: segment.trace_id,
    });
    expect(segment).toMatchObject({ error: true });
  });

  it('does not trace the health check', async () => {
    const answer = await fetch(`${cruddur.url}/api/health-check`);

    expect(await answer.json()).toEqual({ success: true });
    expect(answer.headers.get('x-trace-id')).toBeNull();
    expect(cruddur.xray.documents).toEqual([]);
  });

  it('closes every level and keeps the cause where it occurred when the nested step throws', async () => {
    const byHandle = () => Promise.reject(new RangeError('boom'));
    const broken = await startCruddur(database.pools, {
      providers: [[ActivitiesRepository, { byHandle }]],
    });
    try {
      const answer = await fetch(`${broken.url}/api/activities/@boom`);

      expect(answer.status).toBe(500);
      const segment = only(broken.xray.documents);
      expect(await answer.json()).toMatchObject({ statusCode: 500, traceId: segment.trace_id });
      expectAllOf(golden('user-activities-500'), segment);

      const [handler, start, nested] = levels(segment);
      const cause = nested?.cause as { exceptions: { id: string }[] };
      expect(cause.exceptions).toMatchObject([{ type: 'RangeError', message: 'boom' }]);
      expect([segment, start, handler].map((node) => node?.cause)).toEqual(
        Array(3).fill(cause.exceptions[0]?.id),
      );
      for (const node of [segment, handler, start, nested]) {
        expect(node).toMatchObject({ fault: true, end_time: expect.any(Number) });
      }
      expect(nested?.end_time).toBeLessThanOrEqual(start?.end_time ?? 0);
      expect(start?.end_time).toBeLessThanOrEqual(handler?.end_time ?? 0);
      expect(handler?.end_time).toBeLessThanOrEqual(segment.end_time ?? 0);
    } finally {
      await broken.close();
    }
  });
});

function golden(name: string): Node {
  return JSON.parse(readFileSync(join(__dirname, 'fixtures', `${name}.json`), 'utf8')) as Node;
}

/** Every name, nesting, annotation key and metadata key of `theirs` is in `ours` too. */
function expectAllOf(theirs: Node, ours: Node | undefined): void {
  expect(keys(ours?.annotations)).toEqual(expect.arrayContaining(keys(theirs.annotations)));
  for (const [namespace, values] of Object.entries(theirs.metadata ?? {})) {
    expect(Object.keys(ours?.metadata ?? {})).toContain(namespace);
    for (const [key, value] of Object.entries(values)) {
      const mine = ours?.metadata?.[namespace]?.[key];
      expect(mine).toBeDefined();
      if (typeof value === 'object')
        expect(keys(mine)).toEqual(expect.arrayContaining(keys(value)));
    }
  }
  for (const child of theirs.subsegments ?? []) {
    const same = ours?.subsegments?.find(({ name }) => name === child.name);
    expect([child.name, same?.name]).toEqual([child.name, child.name]);
    expectAllOf(child as Node, same as Node);
  }
  expect(ours?.http?.request?.method).toBe(theirs.http?.request?.method);
  expect(ours?.http?.response?.status).toBe(theirs.http?.response?.status);
}

function keys(value: unknown): string[] {
  return Object.keys(value ?? {});
}

/** The subsegments of the article, outermost first, each the child of the one before. */
function levels(segment: Node, count = LEVELS.length): (Node | undefined)[] {
  let parent: Node | undefined = segment;
  return LEVELS.slice(0, count).map((level) => {
    parent = parent?.subsegments?.find(({ name }) => name === level) as Node | undefined;
    expect(parent?.name).toBe(level);
    return parent;
  });
}

function only(documents: Node[]): Node {
  expect(documents).toHaveLength(1);
  return documents[0]!;
}

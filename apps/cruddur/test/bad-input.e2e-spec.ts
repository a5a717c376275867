import { onBothDatabases } from './support/databases';
import { startCruddur, type RunningCruddur } from './support/cruddur';
import type { TestDatabase } from './support/test-database';

onBothDatabases('bad input', (open) => {
  let database: TestDatabase;
  let cruddur: RunningCruddur;

  beforeAll(async () => {
    database = await open();
    cruddur = await startCruddur(database.pools);
  });
  afterAll(async () => {
    await cruddur?.close();
    await database?.close();
  });
  beforeEach(() => {
    cruddur.xray.documents.length = 0;
  });

  const post = (body: string, path = '') =>
    fetch(`${cruddur.url}/api/activities${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
  const get = (path: string) => fetch(`${cruddur.url}/api/activities${path}`);
  const only = () => {
    expect(cruddur.xray.documents).toHaveLength(1);
    return cruddur.xray.documents[0]!;
  };

  it('responds with 413 to a body that is too large, and records it in the trace', async () => {
    const answer = await post(JSON.stringify({ message: 'x'.repeat(200_000), ttl: '1-day' }));

    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({
      error: 'Payload Too Large',
      traceId: only().trace_id,
    });
    expect(only()).toMatchObject({ error: true, http: { response: { status: 413 } } });
  });

  it.each(['{"message":', '[', 'nonsense', '{"a":1}}'])(
    'responds with 400 in JSON to the malformed body %s',
    async (body) => {
      const answer = await post(body);

      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ statusCode: 400, traceId: only().trace_id });
      expect(only()).toMatchObject({ error: true, http: { response: { status: 400 } } });
    },
  );

  it.each(['[]', '{"message":{"a":1},"ttl":[]}', '{"__proto__":{"ttl":"1-day"}}'])(
    'rejects JSON of another structure: %s',
    async (body) => {
      const answer = await post(body);

      expect(answer.status).toBe(422);
      expect(await answer.json()).toEqual(['ttl_blank', 'message_blank']);
    },
  );

  it.each([
    'xyz',
    '123',
    `${'0'.repeat(36)}`,
    "' or 1=1 --",
    '68f126b0-1ceb-4a33-88be-d90fa7109eez',
  ])('rejects "%s" as the id of an activity', async (uuid) => {
    const answer = await get(`/${encodeURIComponent(uuid)}`);

    expect(answer.status).toBe(422);
    expect(await answer.json()).toEqual(['activity_uuid_invalid']);
    expect(only()).toMatchObject({ error: true });
  });

  it.each([
    "'; drop table activities; --",
    "' or '1'='1",
    '%',
    '_',
    '\\',
    "cloud' union select handle from users --",
  ])('treats SQL and patterns in the term as text: %s', async (term) => {
    const answer = await get(`/search?term=${encodeURIComponent(term)}`);

    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual([]);
    expect((await get('/home')).status).toBe(200);
  });

  it.each(['%00', 'cloud%00'])('refuses a term that no message can contain: %s', async (term) => {
    const answer = await get(`/search?term=${term}`);

    expect(answer.status).toBe(422);
    expect(await answer.json()).toEqual(['search_term_invalid_chars']);
  });

  it('finds a percent sign', async () => {
    await post(JSON.stringify({ message: '100 % done_or not\\', ttl: '1-day' }));

    for (const term of ['100 %', 'done_or', 'not\\']) {
      const found = (await (await get(`/search?term=${encodeURIComponent(term)}`)).json()) as [];
      expect([term, found.length]).toEqual([term, 1]);
    }
  });

  it('returns a script in a message as text', async () => {
    const message = '<script>alert(1)</script><img src=x onerror="alert(2)">';
    const answer = await post(JSON.stringify({ message, ttl: '1-day' }));

    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await answer.json()).toMatchObject({ message });
  });

  it.each([
    ['@nobody', 404],
    ['@%00', 422],
    [`@${'x'.repeat(31)}`, 422],
    ['@%F0%9F%9A%80', 404],
    ['@..%2F..%2Fetc', 404],
    ['@%E0%A4%A', 400],
  ])('responds to the handle %s with %i', async (handle, status) => {
    const answer = await get(`/${handle}`);

    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(only()).toMatchObject({ error: true, http: { response: { status } } });
  });

  it('responds with 404 in JSON to an unknown address', async () => {
    const answer = await fetch(`${cruddur.url}/api/nonsense`);

    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ traceId: only().trace_id });
  });
});

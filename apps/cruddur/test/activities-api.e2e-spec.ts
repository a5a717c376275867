import { traceMatchers } from 'nestjs-xray/testing';
import { onBothDatabases } from './support/databases';
import { startCruddur, type Node, type RunningCruddur } from './support/cruddur';
import { startNotifications, type RunningNotifications } from './support/notifications';
import type { TestDatabase } from './support/test-database';
import { until } from './support/until';

interface Activity {
  uuid: string;
  handle: string;
  display_name: string;
  message: string;
  replies_count: number;
  created_at: string;
  expires_at: string | null;
  reply_to_activity_uuid: string | null;
  replies: Activity[];
  reason?: string;
}

expect.extend(traceMatchers);

const CLOUD = '68f126b0-1ceb-4a33-88be-d90fa7109eee';

onBothDatabases('the Activities API', (open) => {
  let database: TestDatabase;
  let notifications: RunningNotifications;
  let cruddur: RunningCruddur;

  beforeAll(async () => {
    database = await open();
    notifications = await startNotifications(database.pools);
    const { host, port } = notifications;
    cruddur = await startCruddur(database.pools, { config: { notifications: { host, port } } });
  });
  afterAll(async () => {
    await cruddur?.close();
    await notifications?.close();
    await database?.close();
  });
  beforeEach(() => {
    cruddur.xray.documents.length = 0;
    notifications.xray.documents.length = 0;
  });

  const get = async <T = Activity[]>(path: string, as?: string) =>
    read<T>(await fetch(`${cruddur.url}/api/activities${path}`, { headers: acting(as) }));
  const post = async <T = Activity>(path: string, body: unknown, as?: string) =>
    read<T>(
      await fetch(`${cruddur.url}/api/activities${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...acting(as) },
        body: JSON.stringify(body),
      }),
    );

  it('returns the feed, newest first, with the replies', async () => {
    const { status, body } = await get('/home');

    expect(status).toBe(200);
    const times = body.map(({ created_at }) => Date.parse(created_at));
    expect(times).toEqual([...times].sort((a, b) => b - a));
    expect(body.every(({ reply_to_activity_uuid }) => reply_to_activity_uuid === null)).toBe(true);
    const cloud = body.find(({ uuid }) => uuid === CLOUD);
    expect(cloud).toMatchObject({ message: 'Cloud is fun!', display_name: 'Andrew Brown' });
    expect(cloud?.replies.map(({ handle }) => handle)).toEqual(['worf', 'bayko']);
  });

  it('returns the same feed with a query for each activity on request', async () => {
    const good = await get('/home');
    const bad = await get('/home?n_plus_one=1');

    expect(bad.body).toEqual(good.body);
    const [few, many] = cruddur.xray.documents.map((segment) => queries(segment).length);
    expect(few).toBe(2);
    expect(many).toBe(1 + bad.body.length);
  });

  it.each([
    ['1', 200],
    ['true', 200],
    ['0', 200],
    ['false', 200],
    ['', 200],
    ['2', 422],
    ['yes', 422],
  ])('responds to the feed with n_plus_one=%s with %i', async (value, status) => {
    const answer = await get<unknown>(`/home?n_plus_one=${value}`);

    expect(answer.status).toBe(status);
    if (status === 422) expect(answer.body).toEqual(['n_plus_one_invalid']);
  });

  it('reads the feed with two queries, and names the line of the loop if it is asked to make one', async () => {
    await get('/home');
    expect(cruddur.xray).toHaveQueries({ atMost: 2 });
    // The second query asks for the replies to what the first one found: it has to wait.
    expect(cruddur.xray).toHaveNoHints({ except: ['serial-awaits'] });

    cruddur.xray.documents.length = 0;
    await get('/home?n_plus_one=1');
    expect(() => expect(cruddur.xray).toHaveNoHints()).toThrow(
      /× the same SELECT: N\+1 in HomeActivities\.repliesOneByOne/,
    );
  });

  it('finds a text in messages, in upper or lower case', async () => {
    const { body } = await get('/search?term=CLOUD%20IS');

    expect(body.map(({ uuid }) => uuid)).toEqual([CLOUD]);
  });

  it.each(['/search', '/search?term=', '/search?term=%20', '/search?term=a&term=b'])(
    'rejects a search without a term: %s',
    async (path) => {
      expect(await get<unknown>(path)).toEqual({ status: 422, body: ['search_term_blank'] });
    },
  );

  it('shows one activity with its replies', async () => {
    const { status, body } = await get<Activity>(`/${CLOUD}`);

    expect(status).toBe(200);
    expect(body).toMatchObject({ uuid: CLOUD, handle: 'andrewbrown', replies_count: 2 });
    expect(body.replies).toHaveLength(2);
  });

  it('responds with 404 if there is no such activity', async () => {
    const { status, body } = await get<unknown>('/00000000-0000-4000-8000-000000000000');

    expect(status).toBe(404);
    expect(body).toMatchObject({ error: 'Not Found', traceId: expect.stringMatching(/^1-/) });
  });

  it('writes a crud, which then appears in the feed and on the profile', async () => {
    const before = Date.now();
    const { status, body } = await post('', { message: 'hello', ttl: '1-day' }, 'londo');

    expect(status).toBe(200);
    expect(body).toMatchObject({ handle: 'londo', display_name: 'Londo Mollari', replies: [] });
    const life = Date.parse(body.expires_at ?? '') - before;
    expect(life).toBeGreaterThanOrEqual(24 * 3_600_000);
    expect(life).toBeLessThan(24 * 3_600_000 + 60_000);
    expect((await get('/home')).body[0]?.uuid).toBe(body.uuid);
    expect((await get('/@londo')).body[0]?.uuid).toBe(body.uuid);
  });

  it('no longer shows a crud that has expired', async () => {
    const { body } = await post('', { message: 'soon gone', ttl: '1-hour' });
    await database.pool.query('update activities set expires_at = now() where uuid = $1', [
      body.uuid,
    ]);

    expect((await get<unknown>(`/${body.uuid}`)).status).toBe(404);
    expect((await get('/search?term=soon%20gone')).body).toEqual([]);
  });

  it.each([
    [{ message: 'x' }, ['ttl_blank']],
    [{ message: 'x', ttl: '2-days' }, ['ttl_blank']],
    [{ message: 'x', ttl: 'toString' }, ['ttl_blank']],
    [{ message: '', ttl: '1-day' }, ['message_blank']],
    [{ message: ' \n ', ttl: '1-day' }, ['message_blank']],
    [{ message: 7, ttl: '1-day' }, ['message_blank']],
    [{ message: 'é'.repeat(281), ttl: '1-day' }, ['message_exceed_max_chars']],
    [{ message: 'a\0b', ttl: '1-day' }, ['message_invalid_chars']],
    [{ message: 'é'.repeat(281) + '\0', ttl: '1-day' }, ['message_exceed_max_chars']],
    [{}, ['ttl_blank', 'message_blank']],
    [null, ['ttl_blank', 'message_blank']],
  ])('rejects the crud %j', async (body, codes) => {
    expect(await post<unknown>('', body ?? {})).toEqual({ status: 422, body: codes });
  });

  it.each(['30-days', '7-days', '3-days', '1-day', '12-hours', '3-hours', '1-hour'])(
    'accepts 280 characters, counted as readers do, for %s',
    async (ttl) => {
      const message = '🚀'.repeat(280);

      expect(await post('', { message, ttl })).toMatchObject({ status: 200, body: { message } });
    },
  );

  it.each([
    ['', ['user_handle_blank']],
    ['nobody', ['user_handle_unknown']],
    ['a'.repeat(31), ['user_handle_exceed_max_chars']],
  ])('rejects a crud of the user "%s"', async (as, codes) => {
    const answer = await post<unknown>('', { message: 'x', ttl: '1-day' }, as);

    expect(answer).toEqual({ status: 422, body: codes });
  });

  it('stores a reply and counts it', async () => {
    const { body: parent } = await post('', { message: 'a question', ttl: '1-day' }, 'garek');
    const { status, body } = await post(`/${parent.uuid}/reply`, { message: 'an answer' }, 'worf');

    expect(status).toBe(200);
    expect(body).toMatchObject({ handle: 'worf', reply_to_activity_uuid: parent.uuid });
    const { body: shown } = await get<Activity>(`/${parent.uuid}`);
    expect(shown).toMatchObject({ replies_count: 1, replies: [{ uuid: body.uuid }] });
  });

  it.each([
    [`/${CLOUD}/reply`, {}, 422, ['message_blank']],
    [`/${CLOUD}/reply`, { message: 'x'.repeat(1025) }, 422, ['message_exceed_max_chars']],
    ['/nonsense/reply', { message: 'x' }, 422, ['activity_uuid_invalid']],
  ])('rejects the reply %s', async (path, body, status, codes) => {
    expect(await post<unknown>(path, body)).toEqual({ status, body: codes });
  });

  it('accepts a reply of 1024 characters, and no reply to a missing activity', async () => {
    const message = 'x'.repeat(1024);

    expect((await post(`/${CLOUD}/reply`, { message })).status).toBe(200);
    expect((await post('/00000000-0000-4000-8000-000000000000/reply', { message })).status).toBe(
      404,
    );
  });

  it('notifies the author of a crud and mentioned users, but nobody about their own messages', async () => {
    const text = 'who reads this, @londo and @bayko?';
    const { body: crud } = await post('', { message: text, ttl: '1-day' }, 'bayko');
    const { body: reply } = await post(`/${crud.uuid}/reply`, { message: 'I do' }, 'londo');

    const told = async (handle: string) =>
      (await get('/notifications', handle)).body.map(({ uuid, reason }) => [uuid, reason]);
    await until(async () => (await told('bayko'))[0]?.[0] === reply.uuid);
    expect(await told('londo')).toEqual([[crud.uuid, 'mention']]);
    expect((await told('bayko'))[0]).toEqual([reply.uuid, 'reply']);
    expect(await told('bayko')).not.toContainEqual([crud.uuid, 'mention']);
  });

  it('records the acting user on the segment of everything they do', async () => {
    await get('/home', 'garek');
    await get('/home');

    expect(cruddur.xray.documents.map(({ user }) => user)).toEqual(['garek', 'andrewbrown']);
  });

  it('makes the mistakes that are requested: a slow query, a fault with its line', async () => {
    const slow = await fetch(`${cruddur.url}/api/mistakes/slow-query`);
    const words = (await slow.json()) as { word: string; count: number }[];
    expect(words[0]!.count % 2000).toBe(0);
    expect(cruddur.xray).toHaveSubsegment('Mistakes.slowQuery', { fault: false });

    cruddur.xray.documents.length = 0;
    expect((await fetch(`${cruddur.url}/api/mistakes/fault`)).status).toBe(500);
    expect(cruddur.xray).toHaveSubsegment('Mistakes.greet', { fault: true });
    expect(JSON.stringify(cruddur.xray.documents)).toContain('mistakes.service.');
  });

  it('describes itself in OpenAPI', async () => {
    const { paths } = (await (await fetch(`${cruddur.url}/docs-json`)).json()) as {
      paths: Record<string, Record<string, Operation>>;
    };

    expect(Object.keys(paths).sort()).toEqual([
      '/api/activities',
      '/api/activities/@{handle}',
      '/api/activities/home',
      '/api/activities/notifications',
      '/api/activities/search',
      '/api/activities/{uuid}',
      '/api/activities/{uuid}/reply',
      '/api/health-check',
      '/api/health-check/ready',
      '/api/mistakes/fault',
      '/api/mistakes/slow-query',
    ]);
    for (const [path, operations] of Object.entries(paths)) {
      for (const [method, { parameters, requestBody }] of Object.entries(operations)) {
        const inPath = parameters.filter((parameter) => parameter.in === 'path');
        expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
        expect([path, requestBody !== undefined]).toEqual([path, method === 'post']);
      }
    }
    expect((await fetch(`${cruddur.url}/docs`)).status).toBe(200);
  });
});

/** What OpenAPI says of a method of a path. */
interface Operation {
  parameters: { name: string; in: string }[];
  requestBody?: object;
}

function acting(as: string | undefined): Record<string, string> {
  return as === undefined ? {} : { 'X-Cruddur-User': as };
}

async function read<T>(answer: Response): Promise<{ status: number; body: T }> {
  return { status: answer.status, body: (await answer.json()) as T };
}

/** Every subsegment of a query, at whatever depth. */
function queries(node: Pick<Node, 'subsegments'>): unknown[] {
  return (node.subsegments ?? []).flatMap((child) => [
    ...(child.sql === undefined ? [] : [child]),
    ...queries(child),
  ]);
}

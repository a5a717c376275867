import { onBothDatabases } from './support/databases';
import { startCruddur, type Node, type RunningCruddur } from './support/cruddur';
import { startNotifications, type RunningNotifications } from './support/notifications';
import type { TestDatabase } from './support/test-database';
import { until } from './support/until';

const REQUESTS = 500;
const AT_A_TIME = 50;
const CLOUD = '68f126b0-1ceb-4a33-88be-d90fa7109eee';
const HANDLES = ['andrewbrown', 'bayko', 'worf', 'garek', 'londo'];

/** Who has notifications, by the seed rows and by the replies of the load. */
const TOLD = ['andrewbrown', 'bayko', 'worf'];

/** One request of the load: what is sent, what must come back, what its trace must look like. */
interface Shot {
  path: string;
  body?: object;
  status: number;
  /** Throws when the rows are not the right ones. */
  rows(answer: any): void;
  /** Names of the subsegments in the order they began, without those of queries. */
  names: string[];
  queries: number | 'many';
  as: string;
}

onBothDatabases(`${REQUESTS} requests, ${AT_A_TIME} at a time, over all routes`, (open) => {
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

  it('get the correct rows, each with a complete trace of its own', async () => {
    const shots = Array.from({ length: REQUESTS }, (_, index) => shot(index));
    const traces = new Map<string, Shot>();
    const queue = shots.values();
    await Promise.all(
      Array.from({ length: AT_A_TIME }, async () => {
        for (const next of queue) traces.set(await fire(next), next);
      }),
    );

    await until(() => cruddur.xray.documents.length === REQUESTS);
    expect(traces.size).toBe(REQUESTS);
    const ids = new Set<string>();
    for (const segment of cruddur.xray.documents) {
      const { path, status, names, queries, as } = traces.get(segment.trace_id)!;
      const nodes = below(segment);
      expect(segment).not.toHaveProperty('in_progress');
      expect(segment).toMatchObject({
        user: as,
        http: {
          request: { url: `${cruddur.url}/api/activities${path.split('?')[0]}` },
          response: { status },
        },
      });
      // Exactly its own steps and queries: one of another request's would be one too many.
      const steps = nodes.filter(({ namespace }) => namespace !== 'remote').map(({ name }) => name);
      expect([path, steps]).toEqual([path, names]);
      const asked = nodes.filter(({ sql }) => sql !== undefined).length;
      if (queries === 'many') expect(asked).toBeGreaterThan(10);
      else expect([path, asked]).toEqual([path, queries]);
      for (const node of [segment, ...nodes]) {
        expect(node.end_time).toBeGreaterThanOrEqual(node.start_time);
        ids.add(node.id);
      }
    }
    const all = cruddur.xray.documents.flatMap((segment) => [segment, ...below(segment)]);
    expect(ids.size).toBe(all.length);
  });

  async function fire({ path, body, status, rows, as }: Shot): Promise<string> {
    const answer = await fetch(`${cruddur.url}/api/activities${path}`, {
      headers: { 'content-type': 'application/json', 'X-Cruddur-User': as },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    const read: unknown = await answer.json();
    expect([path, answer.status]).toEqual([path, status]);
    rows(read);
    return answer.headers.get('x-trace-id')!;
  }
});

/** The routes in turn, each asked for something of its own. */
function shot(index: number): Shot {
  const as = HANDLES[Math.floor(index / 10) % HANDLES.length]!;
  const message = `load ${index}`;
  const handles = (answer: { handle: string }[]) => answer.map(({ handle }) => handle);
  const every = (handle: string) => (answer: any) =>
    expect(new Set(handles(answer))).toEqual(new Set([handle]));
  const written = (answer: any) => expect(answer).toMatchObject({ handle: as, message });
  const shots: Omit<Shot, 'as'>[] = [
    {
      path: '/home',
      status: 200,
      rows: (answer) => expect(answer.length).toBeGreaterThan(10),
      queries: 2,
      names: ['HomeActivities.run', 'HomeActivities.repliesAtOnce'],
    },
    {
      path: '/home?n_plus_one=1',
      status: 200,
      rows: (answer) => expect(answer.length).toBeGreaterThan(10),
      queries: 'many',
      names: ['HomeActivities.run', 'HomeActivities.repliesOneByOne'],
    },
    {
      path: `/@${as}`,
      status: 200,
      rows: every(as),
      queries: 1,
      names: ['user_activities', 'user_activities_start', 'user_activities_nested_subsegment'],
    },
    {
      path: '/@',
      status: 422,
      rows: (answer) => expect(answer).toEqual(['blank_user_handle']),
      queries: 0,
      names: ['user_activities', 'user_activities_start'],
    },
    {
      path: '/search?term=cloud%20is',
      status: 200,
      rows: (answer) => expect(answer.map(({ uuid }: any) => uuid)).toEqual([CLOUD]),
      queries: 1,
      names: ['SearchActivities.run'],
    },
    {
      path: `/${CLOUD}`,
      status: 200,
      rows: (answer) => expect(answer.uuid).toBe(CLOUD),
      queries: 2,
      names: ['ShowActivity.run'],
    },
    {
      path: `/00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      status: 404,
      rows: (answer) => expect(answer.message).toContain(String(index).padStart(12, '0')),
      queries: 1,
      names: ['ShowActivity.run'],
    },
    {
      path: '/notifications',
      status: 200,
      rows: (answer) => expect(handles(answer)).not.toContain(as),
      queries: TOLD.includes(as) ? 1 : 0, // without notifications nothing is looked up
      names: ['NotificationsActivities.run', 'Notifier.list'],
    },
    {
      path: '',
      body: { message, ttl: '1-day' },
      status: 200,
      rows: written,
      queries: 1,
      names: ['CreateActivity.run', 'Notifier.activityCreated'],
    },
    {
      path: `/${CLOUD}/reply`,
      body: { message },
      status: 200,
      rows: written,
      queries: 2,
      names: ['CreateReply.run', 'Notifier.replyCreated'],
    },
  ];
  return { ...shots[index % shots.length]!, as };
}

function below(node: Pick<Node, 'subsegments'>): Node[] {
  return (node.subsegments ?? []).flatMap((child) => [child as Node, ...below(child as Node)]);
}

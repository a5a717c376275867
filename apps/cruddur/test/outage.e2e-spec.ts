import { openServer } from '../src/database/pool';
import { startCruddur, type RunningCruddur } from './support/cruddur';
import { startNotifications } from './support/notifications';
import {
  describeWithPostgres,
  postgresServer,
  type PostgresServer,
} from './support/postgres-server';
import { openLine } from './support/line';
import { embeddedDatabase } from './support/embedded-database';
import { until } from './support/until';

describeWithPostgres('a database that is away', () => {
  let server: PostgresServer;
  let cruddur: RunningCruddur;

  beforeAll(async () => {
    server = await postgresServer();
  });
  beforeEach(async () => {
    cruddur = await startCruddur(() => Promise.resolve(openServer(server.databaseUrl)));
  });
  afterEach(async () => {
    await cruddur?.close();
    await server.stop();
  });
  afterAll(() => server?.remove());

  const home = () => fetch(`${cruddur.url}/api/activities/home`);
  const works = async () => (await home()).status === 200;
  const expectUnavailable = async () => {
    cruddur.xray.documents.length = 0;
    const answer = await home();
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    const body = await answer.text();
    expect(JSON.parse(body)).toMatchObject({
      error: 'Service Unavailable',
      message: expect.stringContaining('cannot reach its database'),
      traceId: cruddur.xray.documents[0]?.trace_id,
    });
    expect(body).not.toContain('secret');
    expect(cruddur.xray.documents).toMatchObject([
      { fault: true, http: { response: { status: 503 } } },
    ]);
  };

  it('at startup: 503, the health check answers, and everything works once it is available', async () => {
    await expectUnavailable();
    expect((await fetch(`${cruddur.url}/api/health-check`)).status).toBe(200);
    const ready = () => fetch(`${cruddur.url}/api/health-check/ready`);
    const unready = await ready();
    expect(unready.status).toBe(503);
    expect(await unready.json()).toMatchObject({
      status: 'error',
      details: { database: { status: 'down' }, notifications: { status: 'degraded' } },
    });

    await server.start();

    await until(works);
    expect((await ready()).status).toBe(200);
  });

  it('while running: 503, and everything works once it is back', async () => {
    await server.start();
    await until(works);

    await server.stop();
    await expectUnavailable();
    await expectUnavailable();

    await server.start();
    await until(works);
  });

  it('while running, without an answer: 503 within ten seconds, and everything works once it answers again', async () => {
    await server.start();
    const line = await openLine(server.databaseUrl);
    const behind = await startCruddur(() => Promise.resolve(openServer(line.databaseUrl)));
    try {
      const feed = () =>
        fetch(`${behind.url}/api/activities/home`, { signal: AbortSignal.timeout(10_000) });
      await until(async () => (await feed()).status === 200);

      line.silence();
      expect((await feed()).status).toBe(503);

      line.resume();
      await until(async () => (await feed()).status === 200);
    } finally {
      await line.close();
      await behind.close();
    }
  });

  it('between two statements of one connection: the second fails, the process continues', async () => {
    await server.start();
    const { pool, close } = openServer(server.databaseUrl);
    const taken = await pool.connect();
    try {
      const { rows } = await taken.query<{ pid: number }>('select pg_backend_pid() as pid');
      const cut = new Promise<void>((settle) => taken.once('end', settle));
      await pool.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
      await cut;
      await expect(taken.query('select 1')).rejects.toThrow();
    } finally {
      taken.release(true);
      await close();
    }
  });

  it('under load: every request gets a response, 200 or 503', async () => {
    await server.start();
    await until(works);

    const answers: Promise<number>[] = [];
    const fire = () => answers.push(home().then(({ status }) => status));
    for (let i = 0; i < 50; i++) fire();
    const stopping = server.stop();
    for (let i = 0; i < 50; i++) fire();
    await stopping;
    for (let i = 0; i < 50; i++) fire();

    const statuses = new Set(await Promise.all(answers));
    expect([...statuses].filter((status) => status !== 200)).toEqual([503]);
    await server.start();
    await until(works);
  });
});

describe('a notifications service that is not available', () => {
  it('costs the notifications but not the crud, and is used again when it is back', async () => {
    const database = await embeddedDatabase();
    const first = await startNotifications(database.pools);
    const { host, port } = first;
    const cruddur = await startCruddur(database.pools, {
      config: { notifications: { host, port } },
    });
    try {
      const list = () => fetch(`${cruddur.url}/api/activities/notifications`);
      const write = () =>
        fetch(`${cruddur.url}/api/activities`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ message: 'for @worf', ttl: '1-day' }),
        });
      expect((await list()).status).toBe(200);
      const readiness = async () => {
        const answer = await fetch(`${cruddur.url}/api/health-check/ready`);
        return [answer.status, ((await answer.json()) as { status: string }).status];
      };
      expect(await readiness()).toEqual([200, 'ok']);

      await first.close();
      await until(async () => (await readiness())[1] === 'degraded');
      expect(await readiness()).toEqual([200, 'degraded']);
      const answer = await list();
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({
        message: expect.stringContaining(`${host}:${port} does not answer`),
      });
      expect((await write()).status).toBe(200);

      const second = await startNotifications(database.pools, port);
      await until(async () => (await list()).status === 200);
      expect(await readiness()).toEqual([200, 'ok']);
      await second.close();
    } finally {
      await cruddur.close();
      await database.close();
    }
  });
});

import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Kysely, PostgresDialect } from 'kysely';
import { Client, Pool, type Connection } from 'pg';
import type { SubsegmentDocument } from 'nestjs-xray';
import { tracing, type Tracing } from './tracing';

/** A query that PGlite answers once the event loop turned, so that others overtake. */
const SELECT = 'select $1::text as name';

/** As a cursor of pg-cursor: an error is told to whoever reads, and is no event by itself. */
class CursorLike extends EventEmitter {
  tell!: (problem: Error) => void;
  readonly failed = new Promise<Error>((done) => (this.tell = done));

  constructor(readonly text: string) {
    super();
  }

  submit(connection: Connection): void {
    connection.query(this.text);
  }

  handleError(problem: Error): void {
    this.tell(problem);
  }

  handleReadyForQuery(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCommandComplete(): void {}
}

/** As a stream of pg-query-stream: its query is its cursor's. */
class StreamLike extends Readable {
  readonly cursor: CursorLike;

  constructor(text: string) {
    super({ objectMode: true, read: () => undefined });
    this.cursor = new CursorLike(text);
  }

  submit(connection: Connection): void {
    this.cursor.submit(connection);
  }

  handleError(problem: Error): void {
    this.destroy(problem);
  }

  handleReadyForQuery(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCommandComplete(): void {}
}

describe('an SQL query through pg', () => {
  let server: ChildProcess;
  let pool: Pool;
  let xray: Tracing;

  beforeAll(async () => {
    xray = await tracing({ serviceName: 'shop' });
    server = spawn(process.execPath, [join(__dirname, 'pglite-server.mjs')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [port] = (await once(server.stdout!, 'data')) as [Buffer];
    pool = new Pool({
      connectionString: `postgresql://postgres:pa55word@127.0.0.1:${Number(port)}/postgres`,
      max: 1,
    });
  }, 60_000);
  afterAll(async () => {
    await pool.end();
    server.stdin!.end();
    await once(server, 'exit');
    await xray.close();
  });

  const only = (documents: SubsegmentDocument[] | undefined) => {
    expect(documents).toHaveLength(1);
    return documents![0]!;
  };

  it('is a subsegment with the query, the database and the user', async () => {
    const { result, segment } = await xray.request(() =>
      pool.query({ text: `select $1::text as name, 'secret' as key, 42 as n`, values: ['a'] }),
    );
    expect(result.rows).toEqual([{ name: 'a', key: 'secret', n: 42 }]);
    const query = only(segment.subsegments);
    expect(query).toMatchObject({
      name: 'postgres@127.0.0.1',
      namespace: 'remote',
      sql: {
        url: expect.stringMatching(/^postgresql:\/\/127\.0\.0\.1:\d+\/postgres$/),
        database_type: 'PostgreSQL',
        database_version: expect.stringMatching(/^\d+\.\d+/),
        user: 'postgres',
        preparation: 'statement',
        sanitized_query: 'select $1::text as name, ? as key, ? as n',
      },
    });
    expect(query.in_progress).toBeUndefined();
    expect(JSON.stringify(query)).not.toContain('secret');
  });

  it('has the error of a query that fails, and throws the same error', async () => {
    const { result, segment } = await xray.request(() =>
      pool.query('select * from nowhere').then(
        () => undefined,
        (thrown: Error & { code: string }) => thrown,
      ),
    );
    expect(result?.code).toBe('42P01');
    expect(only(segment.subsegments)).toMatchObject({
      fault: true,
      cause: { exceptions: [{ message: expect.stringContaining('nowhere') }] },
    });
  });

  it('belongs to its request while requests wait for the only connection', async () => {
    const requests = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        xray.request(async () => {
          const parallel = [1, 2].map((m) => pool.query(SELECT, [`${n}.${m}`]));
          return (await Promise.all(parallel)).map(({ rows }) => (rows as unknown[])[0]);
        }),
      ),
    );
    requests.forEach(({ result, segment }, n) => {
      expect(result).toEqual([{ name: `${n}.1` }, { name: `${n}.2` }]);
      expect(segment.subsegments).toHaveLength(2);
      expect(segment.subsegments!.every(({ end_time }) => end_time! > 0)).toBe(true);
    });
  });

  it('is recorded through Kysely, in a transaction', async () => {
    const db = new Kysely<{ pg_tables: { tablename: string } }>({
      dialect: new PostgresDialect({ pool }),
    });
    const { segment } = await xray.request(() =>
      db
        .transaction()
        .execute((trx) =>
          trx.selectFrom('pg_tables').select('tablename').where('tablename', '=', 'x').execute(),
        ),
    );
    expect(segment.subsegments!.map(({ sql }) => sql?.sanitized_query)).toEqual([
      expect.stringMatching(/begin/i),
      'select "tablename" from "pg_tables" where "tablename" = $1',
      'commit',
    ]);
  });

  it('calls a callback in the context of its caller, whichever argument it is', async () => {
    const { segment } = await xray.request(async () => {
      const client = await pool.connect();
      const seen: (string | undefined)[] = [];
      const note = (done: () => void) => () => {
        seen.push(xray.service.traceId);
        done();
      };
      await new Promise<void>((done) => client.query('select 1', note(done)));
      await new Promise<void>((done) => client.query(SELECT, ['b'], note(done)));
      await new Promise<void>((done) => {
        const query = { text: 'select 2', callback: note(done) };
        (client.query as (query: object) => void)(query);
      });
      client.release();
      expect(seen).toEqual([xray.service.traceId, xray.service.traceId, xray.service.traceId]);
    });
    expect(segment.subsegments).toHaveLength(3);
    expect(segment.subsegments!.filter(({ in_progress }) => in_progress)).toEqual([]);
  });

  it('ignores any other argument of query()', async () => {
    const { segment } = await xray.request(async () => {
      const client = await pool.connect();
      try {
        expect(() => (client.query as (query: unknown) => void)(null)).toThrow(TypeError);
      } finally {
        client.release();
      }
    });
    expect(only(segment.subsegments)).toMatchObject({ fault: true });
  });

  it('has the error of a cursor that nobody listens to', async () => {
    const { segment } = await xray.request(async () => {
      const client = await pool.connect();
      const cursor = new CursorLike('select nope');
      client.query(cursor);
      await cursor.failed;
      client.release();
    });
    expect(only(segment.subsegments)).toMatchObject({
      fault: true,
      cause: { exceptions: [{ message: expect.stringContaining('nope') }] },
      sql: { sanitized_query: 'select nope' },
    });
  });

  it('has the query of a stream, and no fault if its reader stops early', async () => {
    const { segment } = await xray.request(async () => {
      const client = await pool.connect();
      const stream = new StreamLike('select 1 as one');
      client.query(stream);
      stream.destroy(new Error('enough'));
      await once(stream, 'close').catch(() => undefined);
      await new Promise((turn) => setImmediate(turn));
      client.release();
    });
    const query = only(segment.subsegments);
    expect(query).toMatchObject({ sql: { sanitized_query: 'select ? as one' } });
    expect([query.fault, query.in_progress]).toEqual([undefined, undefined]);
  });

  it('contains no password', async () => {
    const client = new Client('postgresql://me:pa55word@db.internal:6543/shop');
    const { segment } = await xray.request(() => void client.query('select 1').catch(() => {}));
    expect(only(segment.subsegments)).toMatchObject({
      name: 'shop@db.internal',
      in_progress: true,
      sql: { url: 'postgresql://db.internal:6543/shop', user: 'me' },
    });
    expect(JSON.stringify(segment)).not.toContain('pa55word');
  });

  it.each([
    ['capture: false', { capture: false as const }],
    ['sql: false', { capture: { sql: false } }],
    ['a predicate', { capture: { sql: ({ text }: { text: string }) => !text.includes('$1') } }],
    [
      'a predicate that throws',
      {
        capture: {
          sql: () => {
            throw new Error('broken');
          },
        },
      },
    ],
  ])('is not recorded with %s', async (_what, options) => {
    const other = await tracing({ serviceName: 'quiet', ...options });
    const { result, segment } = await other.request(() => pool.query(SELECT, ['c']));
    expect(result.rows).toEqual([{ name: 'c' }]);
    expect(segment.subsegments).toBeUndefined();
    await other.close();
  });
});

import { mkdirSync, mkdtempSync, rmSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { newId, newTraceId } from '@nestjs-xray/document';
import { DatabaseError, type LocalXray } from '../src';
import { openDriver } from '../src/store/driver';
import { MIGRATIONS } from '../src/store/schema';
import { call, datagram, put, sendUdp, start, until, url } from './support/client';

const segment = (over: object = {}) => ({
  trace_id: newTraceId(),
  id: newId(),
  name: 'shop',
  start_time: Date.now() / 1000,
  end_time: Date.now() / 1000 + 0.1,
  ...over,
});

function textFile(folder: string): string {
  const file = join(folder, 'text');
  writeFileSync(file, 'Dear diary');
  return file;
}

function logIsFolder(folder: string): string {
  mkdirSync(join(folder, 'xray.db-wal'));
  return join(folder, 'xray.db');
}

/** fetch() sets Host itself. */
function ask(
  server: LocalXray,
  path: string,
  headers: Record<string, string>,
  body?: Buffer,
): Promise<{ status: number; headers: any; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { port: server.port, host: '127.0.0.1', path, method: body ? 'POST' : 'GET', headers },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode!, headers: response.headers, text }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

describe('local X-Ray, facing untrusted clients,', () => {
  let server: LocalXray;
  beforeAll(async () => {
    server = await start({ allowedHosts: ['traces.example'] });
  });
  afterAll(() => server.close());

  it.each([
    '127.0.0.1',
    'localhost',
    'localhost:2000',
    '[::1]:2000',
    'xray',
    'host.docker.internal',
    'traces.example',
  ])('answers requests to its own host names: %s', async (Host) => {
    expect(await ask(server, '/health', { Host })).toMatchObject({ status: 200 });
  });

  it.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:2000', 'a b'])(
    'rejects a page whose host name resolves to our address: "%s"',
    async (Host) => {
      const { status } = await ask(server, '/console/traces', { Host });

      expect([400, 403]).toContain(status);
    },
  );

  it.each([
    'http://evil.example',
    'https://evil.example',
    'null',
    'https://127.0.0.1',
    'http://127.0.0.1:1',
  ])('rejects requests from other sites: %s', async (Origin) => {
    const answer = await ask(
      server,
      '/TraceSegments',
      { Origin, 'content-type': 'text/plain' },
      Buffer.from('{}'),
    );

    expect(answer.status).toBe(403);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('allows requests from its own page', async () => {
    const Host = `127.0.0.1:${server.port}`;

    // By TLS too: a proxy may stand in front.
    for (const scheme of ['http', 'https']) {
      const Origin = `${scheme}://${Host}`;
      expect(await ask(server, '/health', { Host, Origin })).toMatchObject({ status: 200 });
    }
  });

  it.each([
    [403, { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' }],
    [403, { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'cors' }],
    [403, { 'Sec-Fetch-Site': 'cross-site' }],
    [200, { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' }],
    [200, { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'cors' }],
    [200, { 'Sec-Fetch-Site': 'none', 'Sec-Fetch-Mode': 'navigate' }],
  ])('responds with %d to %j from a browser', async (status, headers) => {
    // An image of a page elsewhere has no Origin, and would have the server work all the same.
    expect(await ask(server, '/console/status', headers)).toMatchObject({ status });
  });

  it('does not accept a form from a page of another site', async () => {
    const headers = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' };
    const answer = await ask(server, '/TraceSegments', headers, Buffer.from('{}'));

    expect(answer.status).toBe(403);
  });

  it.each(['/', '/traces/1-2', '/console/status', '/nothing.js'])(
    'lets the browser run only its own files: %s',
    async (path) => {
      const { headers } = await ask(server, path, {});

      expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
    },
  );

  it.each([
    '/../package.json',
    '/%2e%2e/%2e%2e/package.json',
    '/..%2f..%2fpackage.json',
    '/%00.js',
  ])('does not serve files of the machine: %s', async (path) => {
    const { status, text } = await ask(server, path, {});

    expect([400, 403, 404]).toContain(status);
    expect(text).not.toContain('"dependencies"');
  });

  it('rejects a body of more than 16 MB', async () => {
    const answer = await ask(
      server,
      '/TraceSegments',
      {},
      Buffer.alloc(17 * 1024 * 1024, 32),
    ).catch((error: Error) => error);

    // The answer may come while the body is still being sent, which the client sees as a broken connection.
    expect(answer instanceof Error ? 413 : answer.status).toBe(413);
    expect(await ask(server, '/health', {})).toMatchObject({ status: 200 });
  });

  it('rejects a zip bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
    const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' };

    const answer = await ask(server, '/v1/traces', headers, bomb).catch((error: Error) => error);

    // As above, the response may arrive while the body is still being sent.
    expect(answer instanceof Error ? 413 : answer.status).toBe(413);
    expect(await ask(server, '/health', {})).toMatchObject({ status: 200 });
  });

  it.each([
    ['application/json', '{"resourceSpans": 5}'],
    ['application/json', `{"resourceSpans":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    ['application/json', 'nonsense'],
    ['application/x-protobuf', '\x0a\xff\xff\xff\xff\x0f'],
    ['application/x-protobuf', 'nonsense'],
  ])('responds to invalid OTLP with 400: %s %.30s', async (type, body) => {
    const answer = await ask(
      server,
      '/v1/traces',
      { 'content-type': type },
      Buffer.from(body, 'latin1'),
    );

    expect(answer).toMatchObject({
      status: 400,
      headers: { 'content-type': expect.stringContaining(type) },
    });
  });

  it('rejects spans without ids, and accepts the others', async () => {
    const span = {
      traceId: '5b8aa5a2d2c872e8321cf37308d69df2',
      spanId: '051581bf3cb55c13',
      name: 'a',
      kind: 2,
      startTimeUnixNano: '1',
      endTimeUnixNano: '2000',
    };
    const spans = [span, { ...span, traceId: '' }];
    const body = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));

    const { status, text } = await ask(
      server,
      '/v1/traces',
      { 'content-type': 'application/json' },
      body,
    );

    expect({ status, body: JSON.parse(text) }).toMatchObject({
      status: 200,
      body: { partialSuccess: { rejectedSpans: '1' } },
    });
  });

  it.each([
    ['not JSON', 'nonsense', 'expected a JSON value at character 0'],
    ['an array', '[]', 'The body must be an object'],
    ['without its members', '{}', 'StartTime is required'],
    ['of wrong types', '{"StartTime":"x"}', 'StartTime must be a number'],
    ['not UTF-8', '\xff', 'The body is not UTF-8'],
  ])('responds to a body that is %s with one error', async (_, body, message) => {
    const answer = await ask(server, '/TraceSummaries', {}, Buffer.from(body, 'latin1'));

    expect(answer.status).toBe(400);
    expect(answer.headers['x-amzn-errortype']).toBe('InvalidRequestException');
    expect(JSON.parse(answer.text).Message).toContain(message);
  });

  it('keeps names that look like SQL or HTML unchanged', async () => {
    const name = `'); DROP TABLE traces; -- <script>alert(1)</script>`;
    const annotations = { [name]: name, __proto__x: 1 };
    const document = segment({ name, user: name, annotations });
    await put(server, document);

    const { body } = await call(server, 'Traces', { TraceIds: [document.trace_id] });
    const { rows } = (await (await fetch(url(server, '/console/traces'))).json()) as any;

    expect(JSON.parse(body.Traces[0].Segments[0].Document)).toEqual(document);
    expect(rows.find(({ id }: any) => id === document.trace_id)).toMatchObject({
      service: name,
      user: name,
      annotations,
    });
  });

  it.each([200.5, -1e300, 2 ** 63])(
    'loses nothing that arrived together with a document of status %d',
    async (status) => {
      const sound = segment();
      const documents = [sound, segment({ http: { response: { status } } }), segment()];

      const { body } = await call(server, 'TraceSegments', {
        TraceSegmentDocuments: documents.map((each) => JSON.stringify(each)),
      });

      expect(body.UnprocessedTraceSegments).toEqual([]);
      const TraceIds = documents.map(({ trace_id }) => trace_id);
      const { Traces } = (await call(server, 'Traces', { TraceIds })).body;
      expect(Traces).toHaveLength(3);
    },
  );

  it('survives datagrams of any kind', async () => {
    const other = await start();
    const good = segment();
    await sendUdp(
      other,
      '',
      '\n',
      '{"format":"json","version":1}',
      '{"format":"json","version":2}\n{}',
      '{"format":"xml","version":1}\n{}',
      'null\n{}',
      Buffer.concat([Buffer.from('{"format":"json","version":1}\n'), Buffer.from([0xff, 0xfe])]),
      `{"FORMAT":1}\n${'['.repeat(5000)}`,
      `{"format":"JSON","version":1,"more":true}\n${JSON.stringify(good)}`,
    );

    const after: any = await until(
      async () => (await fetch(url(other, '/console/status'))).json(),
      ({ rejected }: any) => rejected === 8,
    );

    await other.close();
    expect(after.received).toBe(1);
  });
});

describe('the database of local X-Ray', () => {
  let folder: string;
  let servers: LocalXray[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'local-xray-'));
    servers = [];
  });
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.close().catch(() => undefined)));
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (database: string) => {
    const server = await start({ database });
    servers.push(server);
    return server;
  };

  it('contains the same after a restart, including groups and rules', async () => {
    const file = join(folder, 'a', 'b', 'xray.db');
    const first = await open(file);
    const document = segment();
    await put(first, document);
    await call(first, 'CreateGroup', { GroupName: 'mine', FilterExpression: 'fault' });
    await first.close();

    const second = await open(file);

    expect(
      (await call(second, 'Traces', { TraceIds: [document.trace_id] })).body.Traces,
    ).toHaveLength(1);
    expect((await call(second, 'Groups')).body.Groups).toMatchObject([
      { GroupName: 'Default' },
      { GroupName: 'mine' },
    ]);
  });

  it('is refused while another local X-Ray uses it, and accepted once that has stopped', async () => {
    const file = join(folder, 'xray.db');
    const first = await open(file);
    await put(first, segment());

    await expect(start({ database: file })).rejects.toThrow(/in use by another local X-Ray.*--db/);
    await put(first, segment());
    await first.close();

    const second: any = await (await fetch(url(await open(file), '/console/traces'))).json();
    expect(second.counts.total).toBe(2);
  });

  it('is refused and not changed if it was written by a newer version', async () => {
    const file = join(folder, 'new.db');
    await (await open(file)).close();
    const driver = openDriver(file);
    driver.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    driver.close();

    await expect(start({ database: file })).rejects.toThrow(
      /newer local X-Ray .*not changed.*--db/,
    );
  });

  it('is refused if it belongs to another program', async () => {
    const file = join(folder, 'other.db');
    const driver = openDriver(file);
    driver.exec('CREATE TABLE diary (entry TEXT)');
    driver.close();

    await expect(start({ database: file })).rejects.toThrow(/belongs to another program/);
    const after = openDriver(file);
    expect(after.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'delete' });
    after.close();
  });

  it('is refused if it is not a database', async () => {
    const file = join(folder, 'text.db');
    writeFileSync(file, 'Dear diary, '.repeat(1000));

    const error = await start({ database: file }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(DatabaseError);
    expect(error.message).toContain(`${file}: it is damaged or not an SQLite database (`);
    expect(error.message).toContain(
      `Move it away together with ${file}-wal and ${file}-shm and start again`,
    );
    expect(readFileSync(file, 'utf8')).toMatch(/^Dear diary/);
  });

  it.each<[string, (folder: string) => string, RegExp]>([
    ['a folder', (at) => at, /it is a folder\. Give a file in it .*xray\.db/],
    ['a device', () => '/dev/null', /not a file\. Choose another file with --db/],
    ['within a file', (at) => join(textFile(at), 'xray.db'), /is a file, not a folder\. Check/],
    ['deep within a file', (at) => join(textFile(at), 'a', 'xray.db'), /a file, not a folder/],
    ['where no file can be made', () => '/proc/local-xray', /Check that the folder is writable/],
    // Node's own mkdir does not return here.
    ['where no folder can be made', () => '/proc/a/b/xray.db', /Check that the folder is writable/],
    ['beside a folder in place of its log', logIsFolder, /Check that the folder is writable/],
  ])('is refused if it is %s, with its name and what to do', async (_, make, what) => {
    const file = make(mkdtempSync(join(folder, 'place-')));

    const error = await start({ database: file }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(DatabaseError);
    expect(error.message).toContain(file);
    expect(error.message).toMatch(what);
    expect(error.message).toContain('--db');
  });

  it('names a trace that cannot be listed, once for each reason', async () => {
    const file = join(folder, 'unlisted.db');
    await (await open(file)).close();
    // As a killed process leaves it: documents are there, rows of their traces are not.
    const driver = openDriver(file);
    const left = [segment(), segment(), segment()];
    for (const [at, each] of left.entries()) {
      driver
        .prepare('INSERT INTO documents (trace, id, body) VALUES (?, ?, ?)')
        .run([at + 1, each.id, JSON.stringify(each)]);
      driver
        .prepare('INSERT INTO unwritten (trace, id) VALUES (?, ?)')
        .run([at + 1, each.trace_id]);
    }
    driver.exec(
      "CREATE TRIGGER refuse BEFORE INSERT ON traces WHEN NEW.n < 3 BEGIN SELECT RAISE(ABORT, 'constraint of a test'); END",
    );
    driver.close();

    const server = await open(file);
    const status: any = await until(
      async () => (await fetch(url(server, '/console/status'))).json(),
      ({ traces }: any) => traces === 1,
    );

    expect(status.notListed).toBe(2);
    expect(status.rejections).toEqual([
      {
        at: expect.any(Number),
        code: 'NotListed',
        message: expect.stringMatching(
          `^Trace ${left[0]!.trace_id} is stored, but lists .*rejected its row .*constraint of a test`,
        ),
      },
    ]);
    const stored = openDriver(file);
    expect(stored.prepare('SELECT trace FROM documents').all()).toHaveLength(3);
    stored.close();
  });

  it.each([
    ['the disk is full', 'PRAGMA max_page_count = 1', /full/],
    ['it can only be read', 'PRAGMA query_only = 1', /readonly/],
  ])(
    'reports that %s, counts what it could not store, and can still be read',
    async (_, pragma, reason) => {
      const server = await open(join(folder, 'xray.db'));
      const kept = segment();
      await put(server, kept);
      // SQLite's own limit: the error is the one that a full disk makes.
      await server.store.change({ sql: pragma, values: [] });
      const lost = Array.from({ length: 40 }, () =>
        segment({ metadata: { a: { b: 'x'.repeat(9000) } } }),
      );

      const answer = await call(server, 'TraceSegments', {
        TraceSegmentDocuments: lost.map((each) => JSON.stringify(each)),
      });
      await sendUdp(server, datagram(segment({ metadata: { a: { b: 'x'.repeat(9000) } } })));
      const long = { key: 'a', value: { stringValue: 'x'.repeat(9000) } };
      const spans = [{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), attributes: [long] }];
      const headers = { 'content-type': 'application/json' };
      const body = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
      // A status after which exporters try again.
      expect(await ask(server, '/v1/traces', headers, body)).toMatchObject({ status: 503 });

      expect(answer).toMatchObject({ status: 503, type: 'ServiceUnavailableException' });
      expect(answer.body.Message).toMatch(reason);
      const status: any = await until(
        async () => (await fetch(url(server, '/console/status'))).json(),
        ({ rejected }: any) => rejected === 42,
      );
      expect(status.received).toBe(1);
      expect(
        (await call(server, 'Traces', { TraceIds: [kept.trace_id] })).body.Traces,
      ).toHaveLength(1);
    },
  );
});

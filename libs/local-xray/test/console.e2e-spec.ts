import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, newTraceId } from '@nestjs-xray/document';
import type { LocalXray } from '../src';
import { call, put, start, url } from './support/client';

const now = Date.now() / 1000;
const segment = (over: object = {}) => ({
  trace_id: newTraceId(now),
  id: newId(),
  name: 'shop',
  start_time: now,
  end_time: now + 0.5,
  ...over,
});

describe('the console', () => {
  let server: LocalXray;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'local-xray-source-'));
    mkdirSync(join(folder, 'src'));
    mkdirSync(join(folder, 'node_modules'));
    const lines = Array.from({ length: 30 }, (_, at) => `line ${at + 1}`).join('\n');
    for (const name of ['src/a.ts', 'src/.env', 'node_modules/b.ts'])
      writeFileSync(join(folder, name), lines);
    writeFileSync(join(folder, 'outside.ts'), lines);
    symlinkSync(join(folder, 'outside.ts'), join(folder, 'src', 'link.ts'));
    server = await start({ sources: [join(folder, 'src'), join(folder, 'node_modules')] });
    await put(
      server,
      segment({
        fault: true,
        user: 'ada',
        annotations: { plan: 'gold', size: 2, trial: true },
        http: { request: { method: 'GET', url: 'http://a/1' } },
      }),
      segment({ error: true, annotations: { plan: 'silver' } }),
      segment({ error: true, throttle: true, annotations: { plan: 'gold' }, name: 'billing' }),
      segment({
        annotations: { http_route: '/orders/:id' },
        subsegments: [
          { id: newId(), name: 'db', namespace: 'remote', start_time: now, end_time: now + 0.1 },
        ],
      }),
    );
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const get = async (path: string): Promise<any> => (await fetch(url(server, path))).json();
  const query = (path: string, values: Record<string, string>) =>
    get(`/console/${path}?${new URLSearchParams(values).toString()}`);

  it('lists what a filter finds, with the counts of all', async () => {
    expect(await query('traces', { filter: 'annotation.plan = "gold"', limit: '1' })).toMatchObject(
      {
        rows: [{ annotations: { plan: 'gold' } }],
        counts: { total: 2, ok: 0, error: 0, throttle: 1, fault: 1 },
        truncated: true,
      },
    );
    expect((await get('/console/traces')).counts).toEqual({
      total: 4,
      ok: 1,
      error: 1,
      throttle: 1,
      fault: 1,
    });
    expect((await query('traces', { filter: 'ok' })).rows).toMatchObject([
      { route: '/orders/:id', subsegments: 1 },
    ]);
    expect((await query('traces', { end: String(now - 60) })).rows).toEqual([]);
  });

  it('sorts over the whole range, page by page', async () => {
    const first = await query('traces', { sort: 'status', limit: '3' });
    const rest = await query('traces', { sort: 'status', limit: '3', after: first.next });
    const rows: { fault: boolean; throttle: boolean; error: boolean }[] = [
      ...first.rows,
      ...rest.rows,
    ];

    expect(rows).toMatchObject([
      { fault: true },
      { throttle: true },
      { error: true },
      { fault: false, error: false },
    ]);
    expect(rest).not.toHaveProperty('next');
    expect(rest).not.toHaveProperty('counts');
    const upwards = await query('traces', { sort: 'status', order: 'asc', counts: 'off' });
    expect(upwards.rows).toEqual([...rows].reverse());
    expect((await query('traces', { outcome: 'error,throttle' })).rows).toHaveLength(2);
  });

  it.each(['sort=size', 'order=up', 'outcome=bad', 'after=x'])(
    'rejects a list sorted by %s',
    async (asked) => {
      expect((await fetch(url(server, `/console/traces?${asked}`))).status).toBe(400);
    },
  );

  it('names a trace by the route of its root, or by the pattern of its message', async () => {
    const routes = await start();
    const route = { http_route: '/orders/:id' };
    const job = segment({ name: 'nightly' });
    const cart = segment({ annotations: { http_route: '/cart' } });
    await put(
      routes,
      segment({ annotations: { rpc_pattern: 'orders.place' } }),
      segment({ annotations: { ws_event: 'typing' } }),
      segment({
        annotations: { rpc_pattern: 'orders.count' },
        http: { request: { method: 'GET', url: 'http://a/1' } },
      }),
      // What they call arrives first, as it ends first.
      segment({ annotations: route, trace_id: cart.trace_id, parent_id: cart.id }),
      cart,
      segment({ annotations: route, trace_id: job.trace_id, parent_id: job.id }),
      job,
    );
    const list = await fetch(url(routes, '/console/traces?sort=route&order=asc'));
    await routes.close();
    const { rows } = (await list.json()) as { rows: { route?: string; annotations: object }[] };

    expect(rows.map((row) => row.route)).toEqual([
      '/cart',
      undefined,
      undefined,
      'orders.place',
      'typing',
    ]);
    expect(rows[0]!.annotations).toEqual({ http_route: '/cart' });
  });

  it('lists what a group finds', async () => {
    await call(server, 'CreateGroup', {
      GroupName: 'golden',
      FilterExpression: 'annotation.plan = "gold"',
    });

    expect((await query('traces', { group: 'golden', filter: 'fault' })).counts.total).toBe(1);
    expect((await query('completions', { kind: 'groups', prefix: 'G' })).values).toEqual([
      { value: 'golden', type: 'string', count: 1 },
    ]);
  });

  it('shows where a filter is invalid', async () => {
    const response = await fetch(url(server, '/console/traces?filter=fautl'));

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      Message: expect.any(String),
      position: 0,
      length: 5,
      expected: expect.any(Array),
    });
  });

  it.each([
    [{ kind: 'services', prefix: '' }, ['shop', 'billing', 'db']],
    [{ kind: 'services', prefix: 'B' }, ['billing']],
    [{ kind: 'annotation-keys', prefix: '' }, ['plan', 'http_route', 'size', 'trial']],
    [{ kind: 'annotation-values', key: 'plan', prefix: '' }, ['gold', 'silver']],
    [{ kind: 'annotation-values', key: 'size', prefix: '' }, [2]],
    [{ kind: 'annotation-values', key: 'trial', prefix: '' }, [true]],
    [{ kind: 'users', prefix: 'a' }, ['ada']],
    [{ kind: 'urls', prefix: 'http' }, ['http://a/1']],
    [{ kind: 'methods', prefix: '' }, ['GET']],
  ])('completes %j', async (values, expected) => {
    expect((await query('completions', values)).values.map(({ value }: any) => value)).toEqual(
      expected,
    );
  });

  it('returns the types of the values recorded for a key', async () => {
    const { values } = await query('completions', { kind: 'annotation-keys', prefix: '' });

    expect(values.map(({ value, type }: any) => [value, type])).toEqual([
      ['plan', 'string'],
      ['http_route', 'string'],
      ['size', 'number'],
      ['trial', 'boolean'],
    ]);
  });

  it('returns the graph of what a filter finds', async () => {
    const { Services } = await query('graph', { filter: 'ok' });

    expect(Services.map(({ Name }: any) => Name).sort()).toEqual(['client', 'db', 'shop']);
  });

  it('shows the sampling rules with their reported counts', async () => {
    const report = {
      RuleName: 'Default',
      ClientID: '0123456789abcdef01234567',
      Timestamp: now,
      RequestCount: 5,
      SampledCount: 2,
      BorrowCount: 1,
    };
    await call(server, 'SamplingTargets', { SamplingStatisticsDocuments: [report] });

    expect((await get('/console/sampling')).rules).toMatchObject([
      { name: 'Default', fixedRate: 1, requests: 5, sampled: 2, borrowed: 1, clients: 1 },
    ]);
  });

  it('shows a few lines of a source file in the given folders', async () => {
    expect(await query('source', { path: join(folder, 'src', 'a.ts'), line: '10' })).toEqual({
      path: join(folder, 'src', 'a.ts'),
      file: join(folder, 'src', 'a.ts'),
      first: 5,
      lines: Array.from({ length: 11 }, (_, at) => `line ${at + 5}`),
    });
  });

  it.each([
    'outside.ts',
    'src/.env',
    'src/link.ts',
    'src/../outside.ts',
    'node_modules/b.ts',
    'src/none.ts',
    'src',
  ])('shows no other file: %s', async (path) => {
    expect(await query('source', { path: `${folder}/${path}`, line: '1' })).toMatchObject({
      __type: 'ResourceNotFoundException',
    });
  });

  it('exports a trace that can be imported again', async () => {
    const root = segment();
    const alone = { ...segment(), trace_id: root.trace_id, type: 'subsegment', parent_id: newId() };
    await put(server, root, alone);
    const exported = await get(`/console/traces/${root.trace_id}`);
    const other = await start();

    const answer = await fetch(url(other, '/console/import'), {
      method: 'POST',
      body: JSON.stringify([exported, { name: 'x' }]),
    });

    expect(await answer.json()).toEqual({
      traces: [root.trace_id],
      rejected: [{ message: expect.stringContaining('id') }],
    });
    const imported: any = await (
      await fetch(url(other, `/console/traces/${root.trace_id}`))
    ).json();
    expect(imported).toEqual(exported);
    expect(imported.orphans).toEqual([alone]);
    await other.close();
  });

  it.each([
    ['large', 1500, false],
    ['deep', 700, true],
  ])('imports a trace again that is too %s for one document', async (_, count, chain) => {
    const root = segment();
    const documents: ReturnType<typeof segment>[] = [root];
    for (let at = 0; at < count; at++) {
      const parent = chain ? documents[at]! : root;
      const rest = { annotations: { [`k${at}`]: at }, metadata: { a: { b: 'x'.repeat(700) } } };
      documents.push(
        segment({ ...rest, trace_id: root.trace_id, type: 'subsegment', parent_id: parent.id }),
      );
    }
    await put(server, ...documents);
    const exported = await get(`/console/traces/${root.trace_id}`);
    const other = await start();

    const answer = await fetch(url(other, '/console/import'), {
      method: 'POST',
      body: JSON.stringify(exported),
    });
    const result = await answer.json();
    const imported: any = await (
      await fetch(url(other, `/console/traces/${root.trace_id}`))
    ).json();
    await other.close();

    expect(result).toEqual({ traces: [root.trace_id], rejected: [] });
    expect({ ...imported, revision: 0 }).toEqual({ ...exported, revision: 0 });
  });

  it('sends events about new traces and its status', async () => {
    const response = await fetch(url(server, '/console/events'));
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    const document = segment({ name: 'live' });
    let text = '';
    let sent = false;
    while (!(text.includes('event: traces') && text.includes(document.trace_id))) {
      const { value, done } = await reader.read();
      if (done) break;
      text += value;
      // The first status says that somebody listens.
      if (!sent && text.includes('event: status')) {
        sent = true;
        await put(server, document);
      }
    }
    await reader.cancel();

    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(text).toContain('"service":"live"');
  });

  describe('finds the trace that a text names', () => {
    const traceId = newTraceId(now - 60);
    const id = newId();
    const child = newId();
    const alone = newId();
    beforeAll(() =>
      put(
        server,
        segment({
          trace_id: traceId,
          id,
          subsegments: [{ id: child, name: 'query', start_time: now, end_time: now + 0.1 }],
        }),
        segment({ trace_id: traceId, id: alone, parent_id: child, name: 'callee' }),
      ),
    );
    const find = async (text: string): Promise<any> =>
      (
        await fetch(url(server, `/console/find?${new URLSearchParams({ text }).toString()}`))
      ).json();
    const w3c = traceId.slice(2).replace('-', '');

    it.each([
      ['its id', traceId, undefined],
      ['its id in capitals', traceId.toUpperCase(), undefined],
      ['its W3C id', w3c, undefined],
      ['a trace header', `Root=${traceId};Parent=${child};Sampled=1`, child],
      ['a traceparent', `00-${w3c}-${child}-01`, child],
      ['a log line', `12:00:01 ERROR it broke trace=${w3c} span=${alone}`, alone],
      ['the id of a segment', id, id],
      ['the id of a subsegment inside a segment', child, child],
    ])('by %s', async (_, text, selected) => {
      const { traces, complete } = await find(text);

      expect(traces).toMatchObject([{ row: { id: traceId, segments: 2 } }]);
      expect(traces[0].segment).toBe(selected);
      expect(complete).toBe(true);
    });

    it('returns the ids that it searched for without success', async () => {
      const missing = newTraceId(now);
      expect(await find(`Root=${missing}`)).toEqual({
        traces: [],
        named: [missing],
        spans: [],
        complete: true,
      });
      expect(await find(newId())).toMatchObject({ traces: [], named: [], complete: true });
      expect(await find('nothing of the kind')).toMatchObject({ traces: [], named: [], spans: [] });
    });
  });
});

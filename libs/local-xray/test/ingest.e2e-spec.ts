import dns from 'node:dns';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId, newTraceId } from '@nestjs-xray/document';
import type { LocalXray } from '../src';
import { call, datagram, put, sendUdp, start, until, url } from './support/client';

const FIXTURES = join(__dirname, 'fixtures');

describe('local X-Ray', () => {
  let server: LocalXray;
  beforeEach(async () => {
    server = await start();
  });
  afterEach(() => server.close());

  const get = async (path: string): Promise<any> => (await fetch(url(server, path))).json();
  const now = () => Date.now() / 1000;
  const segment = (over: object = {}) => ({
    trace_id: newTraceId(),
    id: newId(),
    name: 'shop',
    start_time: now(),
    end_time: now() + 0.25,
    ...over,
  });

  it('accepts every datagram that real SDKs sent', async () => {
    const datagrams = ['flask', 'node'].flatMap((folder) =>
      readdirSync(join(FIXTURES, folder))
        .filter((name) => name.endsWith('.bin'))
        .map((name) => readFileSync(join(FIXTURES, folder, name))),
    );
    await sendUdp(server, ...datagrams);

    const status = await until(
      () => get('/console/status'),
      ({ received }) => received === datagrams.length,
    );

    expect(status).toMatchObject({ rejected: 0, received: 19 });
    expect((await get('/console/traces')).rows.map((row: any) => row.service)).toContain(
      'backend-flask',
    );
  });

  it('stores a datagram that is only partly valid UTF-8', async () => {
    const document = segment({ metadata: { default: { agent: 'caf\xe9' } } });
    await sendUdp(server, Buffer.from(datagram(document), 'latin1'));

    const trace = await until(
      () => get(`/console/traces/${document.trace_id}`),
      ({ segments }) => segments !== undefined,
    );

    expect(trace.segments[0].metadata.default).toEqual({ agent: 'caf\ufffd' });
  });

  it('lists a trace by time through the X-Ray API', async () => {
    const document = segment({
      http: { request: { method: 'GET', url: '/a' }, response: { status: 200 } },
    });
    await put(server, document);

    const { body } = await call(server, 'TraceSummaries', {
      StartTime: now() - 60,
      EndTime: now() + 1,
    });

    expect(body.TraceSummaries).toMatchObject([
      { Id: document.trace_id, HasFault: false, IsPartial: false, Http: { HttpStatus: 200 } },
    ]);
  });

  it('puts subsegments that arrive first under their parent', async () => {
    const root = segment();
    const { trace_id } = root;
    const parent = segment({ trace_id, type: 'subsegment', parent_id: root.id, name: 'parent' });
    const child = segment({ trace_id, type: 'subsegment', parent_id: parent.id, name: 'child' });
    await put(server, child);
    await put(server, parent);
    await put(server, root);

    const { body } = await call(server, 'Traces', { TraceIds: [trace_id, 'unknown'] });

    expect(body.UnprocessedTraceIds).toEqual(['unknown']);
    expect(body.Traces[0].Segments).toHaveLength(1);
    expect(JSON.parse(body.Traces[0].Segments[0].Document)).toMatchObject({
      id: root.id,
      subsegments: [{ id: parent.id, subsegments: [{ id: child.id }] }],
    });
  });

  it('never lets an in-progress document replace its final one', async () => {
    const final = segment();
    const { end_time: _, ...open } = { ...final, in_progress: true };
    await put(server, open);
    expect(await get(`/console/traces`)).toMatchObject({ rows: [{ partial: true }] });
    await put(server, final);
    await put(server, open);

    expect(await get(`/console/traces`)).toMatchObject({
      rows: [{ partial: false }],
      counts: { ok: 1 },
    });
    expect((await get(`/console/traces/${final.trace_id}`)).segments).toEqual([final]);
  });

  describe('of documents with the same id in one trace', () => {
    const trace_id = newTraceId();
    const id = newId();
    const at = { start_time: now() - 1, end_time: now() };
    const shop = { trace_id, id, name: 'shop', ...at };
    const query = { ...shop, type: 'subsegment', parent_id: id, name: 'query' };
    const child = { ...query, id: newId() };
    const seen = async () => {
      const { segments, orphans } = await get(`/console/traces/${trace_id}`);
      return [...segments, ...orphans, ...segments.flatMap(({ subsegments = [] }) => subsegments)];
    };
    const said = async () => {
      const { received, rejected, rejections } = await until(
        () => get('/console/status'),
        (status) => status.received + status.rejected >= 2,
      );
      return { received, rejected, messages: rejections.map(({ message }: any) => message) };
    };

    it.each([
      ['a segment before a subsegment', [shop, query], 'shop', 'Subsegment "query"'],
      ['a subsegment before a segment', [query, shop], 'shop', 'Subsegment "query"'],
      ['the later of two segments', [shop, { ...shop, name: 'cart' }], 'cart', 'Segment "shop"'],
      [
        'the later of two states that are both final',
        [child, { ...child, annotations: { row: 2 } }],
        'query',
        'Subsegment "query"',
      ],
    ])('keeps %s, and reports what was lost', async (_, documents, kept, lost) => {
      for (const each of documents) await put(server, each);

      expect(await seen()).toMatchObject([{ name: kept }]);
      expect(await said()).toEqual({
        received: 1,
        rejected: 1,
        messages: [expect.stringContaining(`${lost} was not kept`)],
      });
    });

    it.each([
      ['the same twice', [shop, shop]],
      ['what is in progress, and then its end', [{ ...shop, in_progress: true }, shop]],
      ['the end, and then what was in progress', [shop, { ...shop, in_progress: true, name: 'x' }]],
    ])('reports no loss for %s', async (_, documents) => {
      for (const each of documents) await put(server, each);

      expect(await said()).toEqual({ received: documents.length, rejected: 0, messages: [] });
    });

    it.each([
      ['its own parent', [{ ...child, parent_id: child.id }]],
      ['a segment that is its own parent', [{ ...shop, parent_id: id }]],
      [
        'parents in a circle',
        ['1', '2', '3'].map((digit, index, all) => ({
          ...child,
          id: digit.repeat(16),
          parent_id: all[(index + 1) % 3]!.repeat(16),
        })),
      ],
      [
        'segments in a circle',
        ['1', '2'].map((digit, index, all) => ({
          ...shop,
          id: digit.repeat(16),
          parent_id: all[(index + 1) % 2]!.repeat(16),
        })),
      ],
    ])('shows %s', async (_, documents) => {
      await put(server, ...documents);

      const text = JSON.stringify(await get(`/console/traces/${trace_id}`));
      const markdown = await (await fetch(url(server, `/traces/${trace_id}.md`))).text();
      for (const { id } of documents) {
        expect(text.split(`"id":"${id}"`)).toHaveLength(2);
        expect(markdown).toContain(`#${id}`);
      }
    });
  });

  it('receives datagrams and requests at the same address of a name that has two', async () => {
    const spy = jest.spyOn(dns, 'lookup').mockImplementation(((name: string, ...rest: any[]) => {
      const found = rest.pop();
      if (name !== 'localhost') found(null, name, 4);
      else if (rest[0] === 4) found(null, '127.0.0.1', 4);
      else found(null, '::1', 6);
    }) as any);
    const named = await start({ address: 'localhost:0' }).finally(() => spy.mockRestore());
    await sendUdp(named, datagram(segment()));

    const status = await until(
      async (): Promise<any> => (await fetch(url(named, '/console/status'))).json(),
      ({ received }) => received === 1,
    ).finally(() => named.close());
    expect(status).toMatchObject({ rejected: 0 });
  });

  it('counts a datagram that it rejects, and says why', async () => {
    await sendUdp(server, 'nonsense', datagram({ ...segment(), name: '' }), datagram(segment()));

    const status = await until(
      () => get('/console/status'),
      ({ received, rejected }) => received === 1 && rejected === 2,
    );

    expect(status.rejections.map((each: any) => each.message)).toEqual([
      'name: must be a string that is not empty, not ""',
      'UDP datagram: the header line is missing: {"format": "json", "version": 1}',
    ]);
  });
});

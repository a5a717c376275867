import type { LocalXray } from '../src';
import { call, put, start, url } from './support/client';

const T0 = 1_795_354_000;
const segment = (at: number, over: object = {}) => ({
  trace_id: `1-6b02ef12-${String(at).padStart(24, '0')}`,
  id: String(at).padStart(16, '0'),
  name: 'shop',
  start_time: T0 + at,
  end_time: T0 + at + 0.5,
  ...over,
});

describe('filter expressions on a running server', () => {
  let server: LocalXray;
  beforeAll(async () => {
    server = await start();
    await put(
      server,
      segment(1, { fault: true, annotations: { plan: 'gold' } }),
      segment(2, { annotations: { plan: 'gold' }, end_time: T0 + 9 }),
      segment(3, { name: 'billing' }),
    );
  });
  afterAll(() => server.close());

  const ask = async (path: string, query: Record<string, string>) => {
    const response = await fetch(
      url(server, `/console/${path}?${new URLSearchParams(query).toString()}`),
    );
    return { status: response.status, body: (await response.json()) as any };
  };

  it.each([
    ['fault', [1]],
    ['annotation.plan = "gold" AND service("shop") { responsetime > 1 }', [2]],
    ['service("billing")', [3]],
    ['!service("billing") { fault }', [3, 2, 1]],
  ])('find the right traces by %s', async (filter, found) => {
    const { body } = await ask('traces', { filter });

    expect(body.rows.map(({ id }: { id: string }) => Number(id.slice(-1)))).toEqual(found);
    expect(body.counts.total).toBe(found.length);
  });

  it('are rejected with the position and what is expected there', async () => {
    const { status, body } = await ask('traces', { filter: 'service("shop") { responstime > 1 }' });

    expect(status).toBe(400);
    expect(body).toMatchObject({ position: 18, length: 11, expected: ['responsetime'] });
    expect(body.Message).toContain('Did you mean responsetime?');
  });

  it('of a group cannot be changed so that it refers to itself, even indirectly', async () => {
    await call(server, 'CreateGroup', { GroupName: 'a', FilterExpression: 'fault' });
    await call(server, 'CreateGroup', { GroupName: 'b', FilterExpression: 'group.name = "a"' });

    for (const name of ['a', 'b']) {
      const answer = await call(server, 'UpdateGroup', {
        GroupName: 'a',
        FilterExpression: `error OR group.name = "${name}"`,
      });
      expect(answer).toMatchObject({ status: 400, type: 'InvalidRequestException' });
      expect(answer.body.Message).toContain('refers to itself');
    }
    expect((await call(server, 'GetGroup', { GroupName: 'a' })).body.Group).toMatchObject({
      FilterExpression: 'fault',
    });
  });

  it.each([
    ['fault AND user = "a AND b" ok', ['fault', 'user = "a AND b"', 'ok']],
    ['fault OR ok AND partial', ['fault OR ok AND partial']],
    ['service("a") { ok AND fault }', ['service("a") { ok AND fault }']],
    ['nonsense', []],
  ])('are split at AND: %s', async (expression, parts) => {
    expect((await ask('filter-parts', { expression })).body).toEqual({ parts });
  });

  it.each(['my key', 'café', 'a:b', 'dotted.key', 'dash-key', '$x', '9', 'a]b', 'a"b'])(
    'find annotations with the key %s, written as completion suggests',
    async (key) => {
      await put(server, segment(4, { annotations: { [key]: 'v' } }));
      // Lists wait for what was sent before them; completions don't.
      await ask('traces', {});
      const { body } = await ask('filter-completion', { expression: `annotation.` });
      const words = body.items.map(({ insert }: { insert: string }) => insert);
      const bare = `annotation[${key}]`;
      const written = [...words.filter((word: string) => word.includes(key.replace('"', '\\"')))];
      if (!/["\]]/.test(key)) written.push(bare);

      expect(written.length).toBeGreaterThan(0);
      for (const word of written) {
        const found = await ask('traces', { filter: `${word} = "v"` });
        expect({ word, total: found.body.counts?.total }).toEqual({ word, total: 1 });
      }
    },
  );

  it('are completed at any position', async () => {
    const { body } = await ask('filter-completion', { expression: 'service("sh', offset: '11' });

    expect(body).toEqual({
      from: 8,
      to: 11,
      items: [{ kind: 'seen', label: '"shop"', insert: '"shop"', about: 'string', count: 3 }],
      values: { kind: 'services', prefix: 'sh', quoted: true },
      tokens: [
        { from: 0, length: 7, kind: 'keyword' },
        { from: 7, length: 1, kind: 'sign' },
        { from: 8, length: 3, kind: 'text' },
      ],
    });
    const keys = await ask('filter-completion', { expression: 'ok annotation.pl' });
    expect(keys.body).toMatchObject({
      from: 3,
      to: 16,
      items: [{ label: 'annotation.plan', about: 'string', count: 2 }],
    });
    expect((await ask('filter-completion', { expression: 'resp' })).body.items).toMatchObject([
      { label: 'responsetime' },
    ]);
  });
});

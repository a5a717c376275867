import fc from 'fast-check';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { runInNewContext } from 'node:vm';
import { of } from 'rxjs';
import { redactPattern } from './redact';
import { capture } from 'nestjs-xray';
import { trace } from 'nestjs-xray/testing';
import { Budget } from './metadata-budget';
import { safeCopy } from './safe-metadata';

const circular: Record<string, unknown> = { name: 'round' };
circular.self = circular;

class Hidden {
  #balance = 5;
  get balance(): number {
    return this.#balance;
  }
}

function form(): FormData {
  const fields = new FormData();
  fields.append('title', 'a');
  fields.append('password', 'x');
  fields.append('file', new Blob(['abc']), 'a.txt');
  return fields;
}

const nested = (depth: number): unknown => (depth === 0 ? 'bottom' : { in: nested(depth - 1) });

describe('a safe copy', () => {
  it.each<[string, unknown, unknown]>([
    ['a cycle', circular, { name: 'round', self: '[circular]' }],
    ['the same object twice', [circular.name, { a: 1 }], ['round', { a: 1 }]],
    ['a bigint', 2n ** 64n, '18446744073709551616'],
    ['NaN', NaN, 'NaN'],
    [
      'a Map',
      new Map<unknown, unknown>([
        ['a', 1],
        [{}, 2],
      ]),
      { a: 1, '[object]': 2 },
    ],
    ['a Set', new Set([1, 'a']), [1, 'a']],
    ['a Date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['an invalid Date', new Date(NaN), 'Invalid Date'],
    ['a Buffer', Buffer.from('secret'), '[Buffer, 6 bytes]'],
    ['a pattern', /a/g, '/a/g'],
    ['an Error', new TypeError('bad'), { name: 'TypeError', message: 'bad' }],
    ['a URL', new URL('http://a.example/b'), 'http://a.example/b'],
    ['a function', function named() {}, '[function named]'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['undefined in an array', [undefined], [null]],
    [
      'a getter that throws',
      {
        get bad() {
          throw new Error('no');
        },
        good: 1,
      },
      { bad: '[unreadable: no]', good: 1 },
    ],
    [
      'a toJSON that throws',
      {
        toJSON() {
          throw new Error('no');
        },
      },
      '[unreadable: no]',
    ],
    [
      'a toJSON that gives itself',
      {
        a: 1,
        toJSON(): unknown {
          return this;
        },
      },
      { a: 1, toJSON: '[function toJSON]' },
    ],
    [
      'a revoked proxy',
      (() => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return [proxy];
      })(),
      [expect.stringContaining('[unreadable')],
    ],
    [
      'depth',
      nested(12),
      { in: { in: { in: { in: { in: { in: { in: { in: '[object]' } } } } } } } },
    ],
    ['a long string', 'x'.repeat(9000), `${'x'.repeat(8192)}… [808 more characters]`],
    [
      'a secret',
      { authorization: 'Bearer x', nested: [{ 'Set-Cookie': 'x', apiKey: 'x', 'x-api-key': 1 }] },
      {
        authorization: '[redacted]',
        nested: [{ 'Set-Cookie': '[redacted]', apiKey: '[redacted]', 'x-api-key': '[redacted]' }],
      },
    ],
    [
      'a password in a URL',
      { database: 'postgres://app:s3cret@db/x', from: new URL('http://u:s3cret@a/b?c=1') },
      { database: 'postgres://app:[redacted]@db/x', from: 'http://u:[redacted]@a/b?c=1' },
    ],
    [
      'a password in a URL where a long string is cut',
      `${'x'.repeat(8180)} http://u:s3cret@a/`,
      `${'x'.repeat(8180)} http://u:[r… [7 more characters]`,
    ],
    ['a secret in a Map', new Map([['password', 'x']]), { password: '[redacted]' }],
    [
      'entries of a Map with the same name',
      new Map<unknown, unknown>([
        [1, 'a'],
        ['1', ['b']],
        [{}, 'c'],
        [() => 'source', 'd'],
      ]),
      { 1: ['a', ['b']], '[object]': 'c', '[function]': 'd' },
    ],
    [
      'the headers of a request',
      new Headers([
        ['Accept', '*/*'],
        ['Authorization', 'Bearer x'],
      ]),
      { accept: '*/*', authorization: '[redacted]' },
    ],
    [
      'the headers of a response',
      new Response('', {
        headers: [
          ['X-A', '1'],
          ['Set-Cookie', 'a=1'],
          ['Set-Cookie', 'b=2'],
        ],
      }).headers,
      { 'x-a': '1', 'content-type': 'text/plain;charset=UTF-8', 'set-cookie': '[redacted]' },
    ],
    [
      'parameters of a URL',
      new URLSearchParams('tag=a&tag=b&tag=c&__proto__=d&token=x&token=y'),
      { tag: ['a', 'b', 'c'], ['__proto__']: 'd', token: '[redacted]' },
    ],
    ['a form with a file', form(), { title: 'a', password: '[redacted]', file: '[File, 3 bytes]' }],
    [
      'bodies and buffers',
      [new Blob(['abc']), new SharedArrayBuffer(4), new DataView(new ArrayBuffer(2))],
      ['[Blob, 3 bytes]', '[SharedArrayBuffer, 4 bytes]', '[DataView, 2 bytes]'],
    ],
    ['a response', new Response('', { status: 201 }), '[Response, status 201]'],
    [
      'a request, without its query string',
      new Request('http://u.example/a?token=x', { method: 'PUT' }),
      '[Request, PUT http://u.example/a]',
    ],
    [
      'requests of Node, whose properties repeat secret headers',
      (() => {
        const request = new IncomingMessage(new Socket());
        Object.assign(request, { method: 'GET', url: '/a?token=x', rawHeaders: ['Cookie', 'x'] });
        return [request, new ServerResponse(request)];
      })(),
      ['[IncomingMessage, GET /a]', '[ServerResponse, status 200]'],
    ],
    [
      'streams',
      [new PassThrough(), new ReadableStream(), new TransformStream(), of(1)],
      ['[PassThrough]', '[ReadableStream]', '[TransformStream]', '[Observable]'],
    ],
    [
      'an error with a code and causes',
      Object.assign(new AggregateError([new Error('a')], 'all', { cause: { password: 'x' } }), {
        code: 'E1',
        config: { headers: ['Bearer x'] },
      }),
      {
        name: 'AggregateError',
        message: 'all',
        code: 'E1',
        cause: { password: '[redacted]' },
        errors: [{ name: 'Error', message: 'a' }],
      },
    ],
    [
      'values of another realm',
      runInNewContext('[new Map([["token", 1]]), new Set([1]), new Date(0), new Error("a"), /a/]'),
      [
        { token: '[redacted]' },
        [1],
        '1970-01-01T00:00:00.000Z',
        { name: 'Error', message: 'a' },
        '/a/',
      ],
    ],
    ['boxed primitives', [Object('a'), Object(1), Object(2n)], ['a', 1, '2']],
    [
      'objects whose state is not in properties',
      [new Hidden(), new WeakMap(), new Intl.NumberFormat('en'), (function* () {})()],
      ['[Hidden]', '[WeakMap]', '[Intl.NumberFormat]', '[Generator]'],
    ],
    ['empty objects', [{}, Object.create(null)], [{}, {}]],
    [
      'an object that only says it is one of them',
      { [Symbol.toStringTag]: 'Headers', a: 1 },
      { a: 1 },
    ],
  ])('shows %s', (_what, value, shown) => {
    expect(JSON.parse(JSON.stringify(safeCopy(value)))).toEqual(shown);
  });

  it('marks how many items were left out', () => {
    expect((safeCopy(Array(205).fill(1)) as unknown[]).at(-1)).toBe('[5 more]');
    const many = Object.fromEntries(Array.from({ length: 203 }, (_, i) => [`k${i}`, i]));
    expect(safeCopy(many)).toMatchObject({ '…': '[3 more]' });
    const map = safeCopy(new Map(Object.entries(many))) as object;
    expect([Object.keys(map).length, map]).toMatchObject([201, { '…': '[3 more]' }]);
  });

  it('stops after many names with values, also in an endless Map', () => {
    class Endless extends URLSearchParams {
      override *entries(): ReturnType<URLSearchParams['entries']> {
        for (let at = 0; ; at++) yield [`k${at}`, 'v'];
      }
    }
    const copy = safeCopy(new Endless()) as object;
    expect([Object.keys(copy).length, copy]).toMatchObject([201, { '…': '[more]' }]);
    const budget = new Budget(100);
    safeCopy(
      new Headers(Array.from({ length: 50 }, (_, at) => [`k${at}`, 'value'])),
      undefined,
      budget,
    );
    expect(budget.left).toBeGreaterThan(-50);
  });

  it('keeps apart long keys that are cut alike', () => {
    const long = 'k'.repeat(500);
    const value = { [`${long}a`]: 1, [`${long}b`]: 2, [`${long}c`]: 3, [long]: 4 };
    const kept = { [`${long}…`]: 1, [`${long}… (2)`]: 2, [`${long}… (3)`]: 3, [long]: 4 };
    expect(safeCopy(value)).toEqual(kept);

    const { segment } = trace(() =>
      capture('step', (step) => {
        for (const [key, each] of Object.entries(value)) step?.addMetadata(key, each);
      }),
    );
    expect(segment.subsegments![0]!.metadata).toEqual({ default: kept });
  });

  it('does not consume bodies', async () => {
    const response = new Response('{"a":1}');
    const request = new Request('http://a.example', { method: 'POST', body: 'text' });
    const stream = PassThrough.from(['a', 'b']);
    safeCopy([response, request, stream]);
    expect([
      await response.json(),
      await request.text(),
      (await stream.toArray()).join(''),
    ]).toEqual([{ a: 1 }, 'text', 'ab']);
  });

  it.each(['Headers', 'FormData', 'Request', 'Response', 'Blob', 'File', 'Map'])(
    'marks an object that only inherits from %s as unreadable, or shows its class',
    (name) => {
      const { prototype } = (globalThis as unknown as Record<string, { prototype: object }>)[name]!;
      expect(JSON.stringify(safeCopy([Object.create(prototype)]))).toMatch(/unreadable|Map/);
    },
  );

  it('is limited in size, whatever the value', () => {
    const wide = (depth: number): unknown =>
      depth === 0 ? 0 : Array.from({ length: 200 }, () => wide(depth - 1));
    const text = JSON.stringify(safeCopy(wide(3)));
    expect(text).toContain('[more than 5000 objects]');
    expect(text.length).toBeLessThan(3_000_000);
  });

  it('is valid JSON for any value', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withNullPrototype: true,
          withTypedArray: true,
          withSparseArray: true,
          withObjectString: true,
        }),
        (value) => {
          const copy = safeCopy(value);
          const text = JSON.stringify(copy);
          if (copy !== undefined)
            expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(copy)));
        },
      ),
    );
  });
});

describe('redaction', () => {
  it.each(
    'newPassword password_hint db_secret client_secret x-auth-token sessionToken nextToken Tokens Api-Key private_key'.split(
      ' ',
    ),
  )('takes the end of a key for what it is: %s', (key) => {
    const harmless = ['password_hint', 'nextToken', 'Tokens'].includes(key);
    expect(safeCopy({ [key]: 'x' })).toEqual({ [key]: harmless ? 'x' : '[redacted]' });
  });

  it('can be extended by keys', () => {
    expect(
      safeCopy({ ssn: 1, Iban: 2, token: 3, name: 4 }, redactPattern(['ssn', 'iban'])),
    ).toEqual({
      ssn: '[redacted]',
      Iban: '[redacted]',
      token: '[redacted]',
      name: 4,
    });
  });

  it('can be replaced by a pattern, which applies to every match', () => {
    expect(safeCopy([{ a1: 1 }, { a2: 2 }, { token: 3 }], redactPattern(/^a\d/g))).toEqual([
      { a1: '[redacted]' },
      { a2: '[redacted]' },
      { token: 3 },
    ]);
  });
});

describe('the budget of a copy', () => {
  const rows = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ at, text: 'x'.repeat(1_000) }));

  it('ends the copy with a mark when it is used up', () => {
    const copy = safeCopy({ rows: rows(100), after: 1 }, undefined, new Budget(10_000)) as any;
    expect(copy.rows.at(-1)).toBe('[90 more]');
    expect(copy['…']).toBe('[1 more]');
    expect(JSON.stringify(copy).length).toBeLessThan(11_500);
  });

  it('is kept for any value', () => {
    fc.assert(
      fc.property(
        fc.anything({ withMap: true, withSet: true, maxDepth: 4 }),
        fc.nat(2_000),
        (value, most) => {
          const text =
            JSON.stringify(safeCopy([value, value, value], undefined, new Budget(most))) ?? '';
          // Each of a few levels may add its mark; control characters are written as six.
          expect(text.replace(/\\u[0-9a-f]{4}|\\./g, '_').length).toBeLessThan(most + 1_500);
        },
      ),
    );
  });

  it('also limits the work: values beyond it are not read', () => {
    let looked = 0;
    const item = () => ({
      get text() {
        looked++;
        return 'x'.repeat(8_000);
      },
    });
    safeCopy(
      Array.from({ length: 200 }, () => Array.from({ length: 200 }, item)),
      undefined,
      new Budget(80_000),
    );
    expect(looked).toBe(10);
  });

  it('is shared by the whole document', () => {
    const { segment } = trace(() => {
      for (let n = 0; n < 20; n++)
        capture(`part ${n}`, (part) => part?.addMetadata('rows', rows(50)));
    });
    expect(JSON.stringify(segment).length).toBeLessThan(262_144 + 20_000);
    expect(segment.subsegments![0]!.metadata!.default!.rows).toHaveLength(50);
    expect(segment.subsegments![19]!.metadata).toEqual({ '…': '[1 more]' });
  });
});

describe('a recorded value', () => {
  const recorded = (value: unknown, change: (value: any) => void) =>
    trace(() =>
      capture('x', (node) => {
        node?.addMetadata('value', value);
        change(value);
      }),
    ).segment.subsegments![0]!.metadata!.default!.value;

  it('does not change when a small value is modified later', () => {
    const filter = { q: 'books', tags: ['a'] };
    const value = recorded(filter, (given) => {
      given.tags.length = 0;
      delete given.q;
    });
    expect(value).toEqual({ q: 'books', tags: ['a'] });
  });

  it.each<[string, object, (value: any) => void, unknown]>([
    ['a Map that is emptied', new Map([['a', 1]]), (map) => map.clear(), { a: 1 }],
    ['a Set that grows', new Set([1]), (set) => set.add(2), [1]],
    ['a Date', new Date(0), (date) => date.setTime(1), '1970-01-01T00:00:00.000Z'],
    ['Headers', new Headers({ a: '1' }), (headers) => headers.set('a', '2'), { a: '1' }],
    ['a nested value', { a: { b: [1] } }, ({ a }) => a.b.push(2), { a: { b: [1] } }],
    ['an object in a list', [{ id: 1 }], ([first]) => (first.id = 2), [{ id: 1 }]],
    [
      'a Map in an object',
      { map: new Map([['a', 1]]) },
      ({ map }) => map.clear(),
      { map: { a: 1 } },
    ],
  ])('does not change with %s', (_what, given, change, kept) => {
    expect(recorded(given, change)).toEqual(kept);
  });

  it('is redacted, also if it is small', () => {
    expect(recorded({ user: { password: 'x' } }, () => undefined)).toEqual({
      user: { password: '[redacted]' },
    });
  });

  it('is equally deep when copied early and when copied late', () => {
    const long = { text: 'x'.repeat(5_000), deep: nested(12) };
    const early = recorded({ deep: nested(12) }, () => undefined) as typeof long;
    const late = recorded(long, () => undefined) as typeof long;
    expect(early.deep).toEqual(late.deep);
  });

  it('is redacted by the end of its key, even if the key is cut off', () => {
    const long = 'x'.repeat(600);
    const copy = safeCopy({ [`a${long}password`]: 'a', [`b${long}name`]: 'b' }) as object;
    expect(Object.values(copy)).toEqual(['[redacted]', 'b']);
    expect(Object.keys(copy)[0]).toHaveLength(501);
  });
});

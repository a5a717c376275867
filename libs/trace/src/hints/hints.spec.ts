import {
  faultyPost,
  goodPost,
  home,
  TraceWriter,
  userActivities,
} from '../../test/cruddur-traces.mjs';
import type { SubsegmentDocument } from '../document';
import { hintsOf, type Hint } from './hints';
import { buildTree } from '../trace-tree';

const T0 = 1_795_354_386;

const hintsFor = ({ traceId: id, segments }: ReturnType<typeof home>): Hint[] =>
  hintsOf(buildTree({ id, segments, orphans: [] }, T0 + 2));

/** Hints of a request of `ms` milliseconds that ran what `write` gives. */
function hintsIn(
  ms: number,
  write: (w: TraceWriter) => SubsegmentDocument[],
  fault = false,
): Hint[] {
  const w = new TraceWriter(T0);
  const segment = w.segment('api', 0, ms, fault ? { fault } : {}, write(w));
  return hintsFor({ traceId: w.traceId, segments: [segment] });
}
const told = (hints: Hint[]) => hints.map(({ title, evidence }) => `${title}: ${evidence}`);

describe('hints', () => {
  it('find what makes a slow trace slow, costliest first', () => {
    const hints = hintsFor(faultyPost(T0));

    expect(told(hints)).toEqual([
      '48 × the same SELECT: N+1 in FeedService.fanOut, one query would do',
      '2 awaits in a row: LinkPreviewService.fetch, then SpamService.check',
      'Throttled once, then retried: localhost:8082 POST /score answered 429',
    ]);
    expect(hints.map(({ cost }) => Math.round(cost * 10_000) / 10)).toEqual([547.2, 157, 66.8]);
    expect(Math.round(hints[0]!.share * 100)).toBe(43);
    expect(hints.map(({ upTo }) => upTo)).toEqual([false, true, false]);
  });

  it.each([
    ['a home feed', home(T0)],
    ['the activities of a user', userActivities(T0)],
  ])('find nothing in a quick request: %s', (_, trace) => {
    expect(told(hintsFor(trace)).filter((hint) => !hint.startsWith('One query'))).toEqual([]);
  });

  it('point at the bars, by keys of the tree', () => {
    const trace = faultyPost(T0);
    const tree = buildTree({ id: trace.traceId, segments: trace.segments, orphans: [] }, T0 + 2);

    for (const hint of hintsOf(tree)) {
      expect(hint.nodes.length).toBeGreaterThan(0);
      expect(hint.nodes.every((key) => tree.byKey.has(key))).toBe(true);
    }
  });

  it('have an id that a link can contain', () => {
    const hints = hintsFor(faultyPost(T0));

    expect(new Set(hints.map(({ id }) => id)).size).toBe(hints.length);
    expect(hintsFor(faultyPost(T0)).map(({ id }) => id)).toEqual(hints.map(({ id }) => id));
  });

  it('find nothing in a trace without documents', () => {
    expect(hintsOf(buildTree({ id: '', segments: [], orphans: [] }, T0))).toEqual([]);
  });
});

describe('N+1 queries', () => {
  const select = 'SELECT * FROM users WHERE id = 7';

  it('are found inside the method that surrounds each of them', () => {
    const hints = hintsIn(60, (w) => [
      w.sub('Feed.load', 0, 60, {}, [
        ...Array.from({ length: 6 }, (_, at) =>
          w.sub('Users.find', at * 10, at * 10 + 8, {}, [
            w.query(select, at * 10 + 1, at * 10 + 7),
          ]),
        ),
      ]),
    ]);

    expect(told(hints)[0]).toBe('6 × the same SELECT: N+1 in Feed.load, one query would do');
    expect(hints[0]!.nodes).toHaveLength(6);
  });

  it('are the same if only literals differ', () => {
    const hints = hintsIn(50, (w) =>
      Array.from({ length: 5 }, (_, at) =>
        w.query(`SELECT * FROM users WHERE id = ${at} AND name = 'n${at}'`, at * 10, at * 10 + 8),
      ),
    );

    expect(hints[0]).toMatchObject({ kind: 'n-plus-one', title: '5 × the same SELECT' });
  });

  it('count concurrent time once', () => {
    const hints = hintsIn(100, (w) => Array.from({ length: 5 }, () => w.query(select, 0, 40)));

    expect(hints.find(({ kind }) => kind === 'n-plus-one')!.cost).toBeCloseTo(0.04);
  });

  it('do not include four runs, nor BEGIN and COMMIT', () => {
    const hints = hintsIn(200, (w) => [
      ...Array.from({ length: 4 }, (_, at) => w.query(select, at * 10, at * 10 + 1)),
      ...Array.from({ length: 9 }, (_, at) => w.query('BEGIN', 50 + at * 10, 51 + at * 10)),
    ]);

    expect(hints.filter(({ kind }) => kind === 'n-plus-one')).toEqual([]);
  });

  it('suggest one statement for writes', () => {
    const insert = 'INSERT INTO likes (user_uuid) VALUES ($1)';
    const hints = hintsIn(50, (w) =>
      Array.from({ length: 5 }, (_, at) => w.query(insert, at * 10, at * 10 + 8)),
    );

    expect(told(hints)).toEqual(['5 × the same INSERT: N+1 in api, one statement would do']);
  });
});

describe('the same call repeated', () => {
  it('is found if one address is read twice', () => {
    const hints = hintsIn(100, (w) => [
      w.sub('Users.a', 0, 30, {}, [w.http('users', 'GET', '/users/7?full=1', 200, 0, 30)]),
      w.sub('Users.b', 60, 90, {}, [w.http('users', 'GET', '/users/7?full=1', 200, 60, 85)]),
    ]);

    const hint = hints.find(({ kind }) => kind === 'repeated-call')!;
    expect(told([hint])).toEqual([
      'Same request sent twice: users GET /users/:id, although the first call succeeded',
    ]);
    expect(hint.cost).toBeCloseTo(0.025);
  });

  it('is ignored if the first one failed, another address was read, or it wrote', () => {
    const hints = hintsIn(100, (w) => [
      w.http('users', 'GET', '/users/7', 503, 0, 10),
      w.http('users', 'GET', '/users/7', 200, 20, 30),
      w.http('users', 'GET', '/users/8', 200, 40, 50),
      w.http('users', 'POST', '/users', 200, 60, 70),
      w.http('users', 'POST', '/users', 200, 80, 90),
    ]);

    expect(hints.filter(({ kind }) => kind === 'repeated-call')).toEqual([]);
  });

  it('is a loop if one route is called five times by the same method', () => {
    const hints = hintsIn(100, (w) => [
      w.sub('Feed.load', 0, 100, {}, [
        ...Array.from({ length: 5 }, (_, at) =>
          w.http('users', 'GET', `/users/${at}/avatar`, 200, at * 20, at * 20 + 18),
        ),
      ]),
    ]);

    expect(told(hints)).toContain(
      '5 × the same call: users GET /users/:id/avatar, in a loop of Feed.load',
    );
  });
});

describe('awaits in a row', () => {
  const call = (w: TraceWriter, name: string, from: number, until: number) =>
    w.sub(name, from, until, {}, [w.http(name, 'GET', `/${name}`, 200, from, until)]);
  const serial = (hints: Hint[]) => told(hints.filter(({ kind }) => kind === 'serial-awaits'));

  it('save all but the longest', () => {
    const hints = hintsIn(100, (w) => [
      call(w, 'a', 0, 20),
      call(w, 'b', 20.5, 60.5),
      call(w, 'c', 61, 91),
    ]);

    expect(serial(hints)).toEqual(['3 awaits in a row: a, then b, then c']);
    expect(hints.find(({ kind }) => kind === 'serial-awaits')!.cost).toBeCloseTo(0.05);
  });

  it.each<[string, (w: TraceWriter) => SubsegmentDocument[]]>([
    ['ran side by side', (w) => [call(w, 'a', 0, 50), call(w, 'b', 10, 60)]],
    ['have a pause between them', (w) => [call(w, 'a', 0, 30), call(w, 'b', 50, 80)]],
    ['wait for nothing', (w) => [w.sub('a', 0, 40), w.sub('b', 40, 80)]],
    ['begin with a guard', (w) => [call(w, 'AuthGuard', 0, 40), call(w, 'b', 40, 80)]],
    [
      'are too short to matter',
      (w) => [call(w, 'a', 0, 2), call(w, 'b', 2, 4), w.sub('c', 5, 100)],
    ],
    [
      'write, so that what follows may rely on it',
      (w) => [w.query('INSERT INTO a VALUES ($1)', 0, 40), call(w, 'b', 40, 80)],
    ],
    [
      'are queries of which one may look up what the other found',
      (w) => [
        w.query('SELECT uuid FROM users WHERE handle = $1', 0, 40),
        w.query('SELECT * FROM activities WHERE user_uuid = $1', 40, 80),
      ],
    ],
    ['ended in a fault', (w) => [call(w, 'a', 0, 40), w.http('b', 'GET', '/b', 503, 40, 80)]],
  ])('are not reported if they %s', (_, write) => {
    expect(serial(hintsIn(100, write))).toEqual([]);
  });
});

describe('one child that takes most', () => {
  it('is named at the end of the chain that leads to it', () => {
    const hints = hintsIn(500, (w) => [
      w.sub('Controller.get', 5, 495, {}, [
        w.sub('Service.get', 10, 490, {}, [w.http('slow', 'GET', '/report', 200, 20, 480)]),
      ]),
    ]);

    expect(told(hints)).toEqual(['One call takes 92 %: slow GET /report: 460 of 500 ms']);
  });

  it('is not reported if the time is spread', () => {
    const hints = hintsIn(500, (w) => [w.sub('a', 0, 240), w.sub('b', 250, 490)]);

    expect(hints).toEqual([]);
  });
});

describe('time not accounted for', () => {
  it('is the largest gap between the subsegments of a node', () => {
    const hints = hintsIn(400, (w) => [
      w.sub('Service.get', 0, 400, {}, [w.sub('first', 0, 100), w.sub('second', 300, 400)]),
    ]);

    expect(told(hints)).toEqual(['200 ms not accounted for: Service.get, after first']);
    expect(hints[0]!.cost).toBeCloseTo(0.2);
  });

  it('may be between the caller and the called service', () => {
    const w = new TraceWriter(T0);
    const send = w.http('orders', 'GET', '/orders', 200, 10, 390, { traced: true });
    const hints = hintsFor({
      traceId: w.traceId,
      segments: [
        w.segment('api', 0, 400, {}, [send]),
        w.segment('orders', 300, 380, { parent_id: send.id }),
      ],
    });

    expect(told(hints)).toEqual([
      '290 ms not accounted for: Between orders and orders: in the network, or waiting to be served',
    ]);
  });

  it('is not reported for a method without subsegments', () => {
    expect(hintsIn(400, (w) => [w.sub('a', 0, 200), w.sub('b', 200, 400)])).toEqual([]);
  });
});

describe('errors handled by a caller', () => {
  const failing = (w: TraceWriter, parentFault: boolean) => [
    w.sub('Service.get', 0, 100, {}, [
      w.sub('Cache.read', 0, 30, parentFault ? { fault: true } : {}, [
        w.sub('Redis.get', 0, 20, { fault: true }),
      ]),
      w.sub('Rest', 30, 60),
      w.sub('More', 60, 100),
    ]),
  ];

  it('name what failed and who caught it', () => {
    expect(told(hintsIn(100, (w) => failing(w, false)))).toEqual([
      'Fault swallowed by a caller: Redis.get, caught in Cache.read',
    ]);
    expect(told(hintsIn(100, (w) => failing(w, true)))).toEqual([
      'Fault swallowed by a caller: Redis.get, caught in Service.get',
    ]);
  });

  it('are not reported if the request failed because of them', () => {
    const hints = hintsIn(
      100,
      (w) => [w.sub('Service.get', 0, 50, { fault: true }), w.sub('b', 50, 100)],
      true,
    );

    expect(hints).toEqual([]);
  });

  it('are reported once if the same error was caught again and again', () => {
    const hints = hintsIn(100, (w) => [
      w.sub(
        'Service.get',
        0,
        100,
        {},
        Array.from({ length: 3 }, (_, at) =>
          w.sub('Redis.get', at * 30, at * 30 + 28, { error: true }),
        ),
      ),
    ]);

    expect(told(hints)).toEqual([
      '3 errors swallowed by a caller: Redis.get, caught in Service.get',
    ]);
    expect(hints[0]!.nodes).toHaveLength(3);
  });
});

describe('throttled, then retried', () => {
  it('costs the time from the first try to the last', () => {
    const hints = hintsIn(200, (w) => [
      w.http('api', 'POST', '/score', 429, 0, 10),
      w.http('api', 'POST', '/score', 429, 40, 50),
      w.http('api', 'POST', '/score', 200, 120, 200),
    ]);

    const hint = hints.find(({ kind }) => kind === 'throttled')!;
    expect(told([hint])).toEqual(['Throttled twice, then retried: api POST /score answered 429']);
    expect(hint.cost).toBeCloseTo(0.12);
  });

  it('is not reported if nobody retried', () => {
    const w = (writer: TraceWriter) => [writer.http('api', 'POST', '/score', 429, 0, 10)];

    expect(hintsIn(20, w).filter(({ kind }) => kind === 'throttled')).toEqual([]);
  });
});

describe('thousands of throttled calls', () => {
  const alternating = (count: number) => (w: TraceWriter) =>
    Array.from({ length: count }, (_, at) =>
      w.http('api', 'POST', '/score', at % 2 ? 200 : 429, at, at + 0.5),
    );
  const throttled = (hints: Hint[]) => hints.filter(({ kind }) => kind === 'throttled');

  it('are one hint per operation, with all of its calls', () => {
    const hints = throttled(hintsIn(4000, alternating(4000)));

    expect(told(hints)).toEqual([
      'Throttled 2000 times, then retried: api POST /score answered 429',
    ]);
    expect(hints[0]!.nodes).toHaveLength(4000);
    expect(hints[0]!.cost).toBeCloseTo(2);
  });

  it('distinguish those that were given up', () => {
    const hints = throttled(
      hintsIn(200, (w) => [
        ...alternating(2)(w),
        w.http('mail', 'POST', '/send', 429, 10, 20),
        w.http('mail', 'POST', '/send', 429, 30, 40),
      ]),
    );

    expect(told(hints).sort()).toEqual([
      'Throttled once, then retried: api POST /score answered 429',
      'Throttled twice, then given up: mail POST /send answered 429',
    ]);
  });

  it('do not count a concurrent call as the retry of a rejected one', () => {
    const hints = hintsIn(100, (w) => [
      w.http('api', 'POST', '/score', 429, 0, 50),
      w.http('api', 'POST', '/score', 200, 10, 60),
    ]);

    expect(throttled(hints)).toEqual([]);
  });
});

describe('a good request', () => {
  it('shows at most what it could still save', () => {
    expect(told(hintsFor(goodPost(T0)))).toEqual([
      '2 awaits in a row: UsersService.findByHandle, then SpamService.check',
    ]);
  });
});

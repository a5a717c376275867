// @ts-check
/**
 * Traces as Cruddur sends them, for tests, measurements and screenshots: the
 * same every time for the same seed and start.
 */

/** @typedef {import('@nestjs-xray/document').SegmentDocument} Segment */
/** @typedef {import('@nestjs-xray/document').SubsegmentDocument} Subsegment */

/** Random numbers that are the same for the same seed (mulberry32). */
export function randomFrom(/** @type {number} */ seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A writer of one trace that starts at `start`, in epoch seconds. */
export class TraceWriter {
  constructor(
    /** @type {number} */ start,
    /** @type {() => number} */ random = randomFrom(start * 1000),
  ) {
    this.start = start;
    this.random = random;
    /** How much longer everything takes than written. */
    this.stretch = 1;
    const time = Math.floor(start).toString(16).padStart(8, '0');
    this.traceId = `1-${time}-${this.hex(24)}`;
  }

  hex(/** @type {number} */ digits) {
    return Array.from({ length: digits }, () => Math.floor(this.random() * 16).toString(16)).join(
      '',
    );
  }

  /**
   * @param {string} name
   * @param {number} from milliseconds since the start of the trace
   * @param {number | undefined} until undefined while in progress
   * @param {Partial<Subsegment>} [more]
   * @param {Subsegment[]} [children]
   * @returns {Subsegment}
   */
  sub(name, from, until, more = {}, children = []) {
    return {
      id: this.hex(16),
      name,
      start_time: this.at(from),
      ...(until === undefined ? { in_progress: true } : { end_time: this.at(until) }),
      ...more,
      ...(children.length > 0 && { subsegments: children }),
    };
  }

  /**
   * @param {string} name
   * @param {number} from
   * @param {number | undefined} until
   * @param {Partial<Segment>} [more]
   * @param {Subsegment[]} [children]
   * @returns {Segment}
   */
  segment(name, from, until, more = {}, children = []) {
    return {
      ...this.sub(name, from, until, /** @type {object} */ (more), children),
      trace_id: this.traceId,
    };
  }

  /**
   * @param {string} statement
   * @param {number} from
   * @param {number} until
   * @returns {Subsegment}
   */
  query(statement, from, until) {
    return this.sub('cruddur', from, until, {
      namespace: 'remote',
      sql: {
        sanitized_query: statement,
        database_type: 'PostgreSQL',
        user: 'cruddur',
        url: 'localhost:5432/cruddur',
      },
    });
  }

  /**
   * @param {string} host
   * @param {string} method
   * @param {string} path
   * @param {number} status
   * @param {number} from
   * @param {number} until
   * @param {Partial<Subsegment>} [more]
   */
  http(host, method, path, status, from, until, more = {}) {
    return this.sub(host, from, until, {
      namespace: 'remote',
      http: { request: { method, url: `http://${host}${path}` }, response: { status } },
      ...(status === 429 ? { throttle: true, error: true } : status >= 500 ? { fault: true } : {}),
      ...more,
    });
  }

  at(/** @type {number} */ ms) {
    return Math.round((this.start + (ms * this.stretch) / 1000) * 1e6) / 1e6;
  }
}

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36';

/**
 * @param {string} method
 * @param {string} path
 * @param {string} route
 * @param {number} status
 * @param {{ user?: string, controller: string, handler: string, rule?: string, annotations?: Record<string, string | number | boolean> }} more
 * @returns {Partial<Segment>}
 */
function request(
  method,
  path,
  route,
  status,
  { user, controller, handler, rule = 'Default', annotations = {} },
) {
  return {
    service: { version: '1.4.0', runtime: 'node', runtime_version: '22.23.3' },
    http: {
      request: {
        method,
        url: `http://localhost:4567${path}`,
        user_agent: AGENT,
        client_ip: '127.0.0.1',
      },
      response: { status, content_length: 2_417 },
    },
    annotations: { http_route: route, ...annotations },
    metadata: { nest: { controller, handler, route } },
    aws: { xray: { sdk: 'nestjs-xray', sdk_version: '0.1.0', rule_name: rule } },
    ...(user !== undefined && { user }),
    ...(status === 429
      ? { throttle: true, error: true }
      : status >= 500
        ? { fault: true }
        : status >= 400
          ? { error: true }
          : {}),
  };
}

const FOLLOWERS = 'SELECT follower_uuid, created_at FROM followers WHERE user_uuid = $1';
const USER_BY_UUID = 'SELECT uuid, handle, display_name FROM users WHERE uuid = $1';
const USER_BY_HANDLE = 'SELECT uuid, handle, display_name FROM users WHERE handle = $1';
const INSERT =
  'INSERT INTO activities (user_uuid, message, expires_at) VALUES ($1, $2, $3) RETURNING uuid';

/**
 * `POST /api/activities` that faults in `notifications`: 74 subsegments, an N+1,
 * a throttle, and indexing that goes on after the answer.
 *
 * @param {number} start
 * @param {{ ended?: boolean }} [options] whether the indexing has ended, 120 ms after the answer.
 */
export function faultyPost(start, { ended = false } = {}) {
  const w = new TraceWriter(start);
  const exceptionId = w.hex(16);
  const thrown = {
    working_directory: '/srv/notifications',
    paths: [],
    exceptions: [
      {
        id: exceptionId,
        type: 'TypeError',
        message: "Cannot read properties of undefined (reading 'Attributes')",
        stack: [
          {
            path: '/srv/notifications/src/push.service.ts',
            line: 58,
            label: 'PushService.deliver',
          },
          {
            path: '/srv/notifications/src/notifications.handler.ts',
            line: 33,
            label: 'NotificationsHandler.onCreated',
          },
          {
            path: 'node:internal/process/task_queues',
            line: 105,
            label: 'process.processTicksAndRejections',
          },
          {
            path: '/srv/notifications/node_modules/@nestjs/microservices/context/rpc-proxy.js',
            line: 14,
            label: 'RpcProxy.handle',
          },
        ],
      },
    ],
  };
  const send = w.sub('notifications', 1075, 1274, {
    namespace: 'remote',
    traced: true,
    fault: true,
    http: {
      request: { method: 'POST', url: 'http://notifications/activity.created' },
      response: { status: 500 },
    },
  });
  const users = Array.from({ length: 48 }, (_, at) =>
    w.query(USER_BY_UUID, 469.2 + at * 12.2, 480.6 + at * 12.2),
  );
  const service = w.sub('ActivitiesService.create', 43, 1277, { fault: true, cause: exceptionId }, [
    w.sub('UsersService.findByHandle', 43.5, 59.4, {}, [w.query(USER_BY_HANDLE, 44.6, 58.3)]),
    w.sub('LinkPreviewService.fetch', 60, 244, {}, [
      w.http('localhost:8081', 'GET', '/preview?url=https%3A%2F%2Fexampro.co', 200, 60.8, 242.8),
    ]),
    w.sub('SpamService.check', 244.4, 401.4, { annotations: { score: 0.12 } }, [
      w.http('localhost:8082', 'POST', '/score', 429, 245, 261.4),
      w.http('localhost:8082', 'POST', '/score', 200, 311.8, 400.9),
    ]),
    w.sub('ActivitiesRepository.insert', 404, 447.2, {}, [
      w.query('BEGIN', 404.5, 406),
      w.query(INSERT, 406.4, 441),
      w.query('COMMIT', 441.3, 446.8),
    ]),
    w.sub('FeedService.fanOut', 448, 1071, { annotations: { followers: 48 } }, [
      w.query(FOLLOWERS, 449, 466.9),
      ...users,
    ]),
    w.sub('NotificationsClient.send', 1074, 1275, { fault: true, cause: exceptionId }, [send]),
  ]);
  const api = w.segment(
    'backend-nest',
    0,
    1284,
    {
      ...request('POST', '/api/activities', '/api/activities', 500, {
        user: 'andrewbrown',
        controller: 'ActivitiesController',
        handler: 'create',
        rule: 'api-writes',
        annotations: { handle: 'andrewbrown', feed: 'home' },
      }),
      cause: exceptionId,
    },
    [
      w.sub('AuthGuard.canActivate', 1, 37.3, {}, [
        w.sub('TokenService.verify', 2, 18.4),
        w.sub('SessionsRepository.find', 19, 36.6),
      ]),
      w.sub('ActivitiesController.create', 40, 1279, { fault: true, cause: exceptionId }, [
        service,
      ]),
      w.sub('SearchService.index', 1279.5, ended ? 1404 : undefined, {}, [
        w.sub('localhost:8083', 1281, ended ? 1403 : undefined, {
          namespace: 'remote',
          traced: true,
          http: { request: { method: 'POST', url: 'http://localhost:8083/documents' } },
        }),
      ]),
    ],
  );
  const deliver = w.sub(
    'PushService.deliver',
    1099,
    1271,
    {
      fault: true,
      cause: thrown,
      metadata: { push: { device: { platform: 'ios', token: '…7e1a' }, attempt: 1 } },
      annotations: { platform: 'ios' },
    },
    [
      w.sub('SNS', 1099.5, 1188.9, {
        namespace: 'aws',
        error: true,
        aws: {
          operation: 'GetEndpointAttributes',
          region: 'us-east-1',
          request_id: '6f1c8a52-0d0e-5c3e-9d1e-d6b1a7f0c111',
        },
        http: { response: { status: 404 } },
      }),
    ],
  );
  const notifications = w.segment(
    'notifications',
    1078,
    1272,
    {
      parent_id: send.id,
      fault: true,
      cause: exceptionId,
      service: { version: '0.9.2', runtime: 'node', runtime_version: '22.23.3' },
      metadata: { nest: { controller: 'NotificationsHandler', handler: 'onCreated' } },
    },
    [
      w.sub('NotificationsHandler.onCreated', 1080, 1271.5, { fault: true, cause: exceptionId }, [
        w.query('SELECT uuid, token, platform FROM devices WHERE user_uuid = $1', 1082, 1097.4),
        deliver,
      ]),
    ],
  );
  return { traceId: w.traceId, segments: [api, notifications] };
}

/** The same route when all is well, in 186 ms. */
export function goodPost(/** @type {number} */ start, user = 'londo', stretch = 1) {
  const w = new TraceWriter(start);
  w.stretch = stretch;
  const api = w.segment(
    'backend-nest',
    0,
    186,
    request('POST', '/api/activities', '/api/activities', 201, {
      user,
      controller: 'ActivitiesController',
      handler: 'create',
      rule: 'api-writes',
      annotations: { handle: user, feed: 'home' },
    }),
    [
      w.sub('AuthGuard.canActivate', 1, 36.8, {}, [
        w.sub('TokenService.verify', 2, 18),
        w.sub('SessionsRepository.find', 19, 36),
      ]),
      w.sub('ActivitiesController.create', 38, 185, {}, [
        w.sub('ActivitiesService.create', 38.5, 184.5, {}, [
          w.sub('UsersService.findByHandle', 39, 53.9, {}, [w.query(USER_BY_HANDLE, 40, 53)]),
          w.sub('SpamService.check', 55, 115.2, {}, [
            w.sub('SpamCache.get', 55.3, 57.7),
            w.http('localhost:8082', 'POST', '/score', 200, 58, 115),
          ]),
          w.sub('ActivitiesRepository.insert', 116, 157.8, {}, [
            w.query('BEGIN', 116.5, 118),
            w.query(INSERT, 118.4, 152),
            w.query('COMMIT', 152.3, 157.4),
          ]),
          w.sub('FeedService.fanOut', 158.5, 183.1, {}, [
            w.query(FOLLOWERS, 158.8, 175),
            w.query(
              'SELECT uuid, handle, display_name FROM users WHERE uuid = ANY($1)',
              175.2,
              182.9,
            ),
          ]),
        ]),
      ]),
    ],
  );
  return { traceId: w.traceId, segments: [api] };
}

/** `GET /api/activities/home` in `ms` milliseconds. */
export function home(/** @type {number} */ start, ms = 38, user = 'bayko') {
  const w = new TraceWriter(start);
  const part = (/** @type {number} */ share) => Math.round(ms * share * 1000) / 1000;
  const api = w.segment(
    'backend-nest',
    0,
    ms,
    request('GET', '/api/activities/home', '/api/activities/home', 200, {
      user,
      controller: 'ActivitiesController',
      handler: 'home',
      annotations: { feed: 'home', results: 20 },
    }),
    [
      w.sub('ActivitiesController.home', part(0.05), part(0.97), {}, [
        w.sub(
          'HomeActivities.run',
          part(0.08),
          part(0.95),
          { annotations: { results: 20 }, metadata: { query: { limit: 20, cursor: null } } },
          [
            w.query(
              'SELECT uuid, handle, message, created_at FROM activities ORDER BY created_at DESC LIMIT $1',
              part(0.1),
              part(0.82),
            ),
          ],
        ),
      ]),
    ],
  );
  return { traceId: w.traceId, segments: [api] };
}

/** `GET /api/activities/@handle`, 404 for one that nobody has. */
export function userActivities(
  /** @type {number} */ start,
  handle = 'andrewbrown',
  ms = 24,
  user = 'londo',
) {
  const w = new TraceWriter(start);
  const part = (/** @type {number} */ share) => Math.round(ms * share * 1000) / 1000;
  const known = ['andrewbrown', 'bayko', 'londo'].includes(handle);
  const failed = known ? {} : { error: true };
  const api = w.segment(
    'backend-nest',
    0,
    ms,
    request('GET', `/api/activities/@${handle}`, '/api/activities/@:handle', known ? 200 : 404, {
      user,
      controller: 'ActivitiesController',
      handler: 'user',
      annotations: { handle },
    }),
    [
      w.sub('ActivitiesController.user', part(0.06), part(0.96), failed, [
        w.sub(
          'UserActivities.run',
          part(0.09),
          part(0.94),
          { ...failed, annotations: { handle } },
          [
            w.query(USER_BY_HANDLE, part(0.12), part(0.4)),
            ...(known
              ? [
                  w.query(
                    'SELECT uuid, message, created_at FROM activities WHERE user_uuid = $1 LIMIT $2',
                    part(0.42),
                    part(0.9),
                  ),
                ]
              : []),
          ],
        ),
      ]),
    ],
  );
  return { traceId: w.traceId, segments: [api] };
}

/** `POST /api/activities` refused for being asked too often. */
export function throttledPost(/** @type {number} */ start, user = 'andrewbrown') {
  const w = new TraceWriter(start);
  const api = w.segment(
    'backend-nest',
    0,
    3.1,
    request('POST', '/api/activities', '/api/activities', 429, {
      user,
      controller: 'ActivitiesController',
      handler: 'create',
      rule: 'api-writes',
      annotations: { handle: user },
    }),
    [w.sub('ThrottlerGuard.canActivate', 0.4, 2.8, { error: true, throttle: true })],
  );
  return { traceId: w.traceId, segments: [api] };
}

/** A like, with a notification that the other service delivers in good time. */
export function like(/** @type {number} */ start, user = 'bayko', ms = 52) {
  const w = new TraceWriter(start);
  const part = (/** @type {number} */ share) => Math.round(ms * share * 1000) / 1000;
  const send = w.sub('notifications', part(0.5), part(0.94), {
    namespace: 'remote',
    traced: true,
    http: {
      request: { method: 'POST', url: 'http://notifications/activity.liked' },
      response: { status: 200 },
    },
  });
  const uuid = `${w.hex(8)}-${w.hex(4)}-4${w.hex(3)}-8${w.hex(3)}-${w.hex(12)}`;
  const api = w.segment(
    'backend-nest',
    0,
    ms,
    request('POST', `/api/activities/${uuid}/like`, '/api/activities/:uuid/like', 201, {
      user,
      controller: 'ActivitiesController',
      handler: 'like',
      rule: 'api-writes',
      annotations: { handle: user },
    }),
    [
      w.sub('ActivitiesController.like', part(0.04), part(0.98), {}, [
        w.query(
          'UPDATE activities SET likes_count = likes_count + 1 WHERE uuid = $1',
          part(0.08),
          part(0.45),
        ),
        w.sub('NotificationsClient.send', part(0.48), part(0.96), {}, [send]),
      ]),
    ],
  );
  const notifications = w.segment(
    'notifications',
    part(0.54),
    part(0.9),
    {
      parent_id: send.id,
      metadata: { nest: { controller: 'NotificationsHandler', handler: 'onLiked' } },
    },
    [
      w.sub('NotificationsHandler.onLiked', part(0.55), part(0.89), {}, [
        w.query(
          'SELECT uuid, token, platform FROM devices WHERE user_uuid = $1',
          part(0.57),
          part(0.66),
        ),
        w.sub('SNS', part(0.68), part(0.87), {
          namespace: 'aws',
          aws: { operation: 'Publish', topic_arn: 'arn:aws:sns:us-east-1:000000000000:likes' },
          http: { response: { status: 200 } },
        }),
      ]),
    ],
  );
  return { traceId: w.traceId, segments: [api, notifications] };
}

const USERS = ['andrewbrown', 'bayko', 'londo'];

/**
 * A quarter of an hour of everyday traffic before `end`, epoch seconds.
 *
 * @param {number} amount how many traces
 * @param {number} end
 */
export function traffic(amount, end, { seconds = 840, seed = 7 } = {}) {
  const random = randomFrom(seed);
  return Array.from({ length: amount }, (_, at) => {
    const start = Math.round((end - seconds + ((at + random()) * seconds) / amount) * 1e6) / 1e6;
    const user = USERS[Math.floor(random() * USERS.length)];
    const ms = 8 + 60 * random() ** 2 + (random() < 0.06 ? 350 * random() : 0);
    const kind = random();
    if (kind < 0.012) return faultyPost(start, { ended: true });
    if (kind < 0.022) return throttledPost(start, user);
    if (kind < 0.05) return userActivities(start, 'nobody', 6 + 3 * random(), user);
    if (kind < 0.1) return goodPost(start, user, 0.5 + ms / 60);
    if (kind < 0.22) return like(start, user, 30 + ms);
    return kind < 0.58
      ? home(start, ms, user)
      : userActivities(start, USERS[Math.floor(random() * 3)], ms, user);
  });
}

const VERBS = [
  'find',
  'load',
  'check',
  'map',
  'merge',
  'store',
  'index',
  'score',
  'trim',
  'notify',
  'rank',
  'cache',
];
const NOUNS = [
  'User',
  'Activity',
  'Reply',
  'Like',
  'Follower',
  'Message',
  'Device',
  'Feed',
  'Avatar',
  'Tag',
  'Link',
  'Token',
];

/**
 * One trace of `amount` subsegments: batches of 50, each of other methods and
 * queries than its neighbours, so that nothing of it can be folded.
 *
 * @param {number} start
 */
export function largeTrace(start, amount = 5_000) {
  const w = new TraceWriter(start);
  const batch = 50;
  const batches = Math.ceil(amount / batch);
  const verb = (/** @type {number} */ at) => VERBS[at % VERBS.length];
  const noun = (/** @type {number} */ at) => NOUNS[Math.floor(at / VERBS.length) % NOUNS.length];
  const children = Array.from({ length: batches }, (_, at) => {
    const from = at * 20;
    const inner = Math.min(batch, amount - at * batch) - 1;
    return w.sub(
      `ImportService.${verb(at)}${noun(at)}`,
      from,
      from + 19,
      {},
      Array.from({ length: inner }, (__, step) => {
        const [begin, end] = [from + step * 0.35, from + step * 0.35 + 0.3];
        if (step % 3 === 0)
          return w.query(
            `SELECT uuid, ${verb(step)}ed_at FROM ${noun(step + at)?.toLowerCase()}s WHERE uuid = $1`,
            begin,
            end,
          );
        return w.sub(`${noun(step)}Service.${verb(step)}${noun(step + at)}`, begin, end, {
          metadata: { import: { row: step } },
        });
      }),
    );
  });
  const api = w.segment(
    'backend-nest',
    0,
    batches * 20,
    request('POST', '/api/import', '/api/import', 201, {
      user: 'andrewbrown',
      controller: 'ImportController',
      handler: 'run',
    }),
    children,
  );
  return { traceId: w.traceId, segments: [api] };
}

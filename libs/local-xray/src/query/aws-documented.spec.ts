import type { SegmentDocument } from '@nestjs-xray/document';
import { http, id, segment, subsegment } from '../../test/support/trace-samples';
import { matches, viewDocuments } from './filter-evaluate';
import { readFilter } from './trace-search';

const remote = { namespace: 'remote' as const };

/** Traces of the kind that AWS's page speaks of. */
const TRACES: Record<string, SegmentDocument[]> = {
  /** www → api.example.com, which fails → backend.example.com, which refuses. */
  game: [
    segment('www', 'a1', [0, 6], {
      http: {
        request: {
          method: 'POST',
          url: 'http://www.example.com/api/game/1',
          user_agent: 'Mozilla/5.0',
          client_ip: '205.255.255.183',
        },
        response: { status: 200 },
      },
      user: 'alice',
      annotations: { gameid: '817DL6VO', age: 30 },
      origin: 'AWS::EC2::Instance',
      aws: { ec2: { instance_id: 'i-0b', availability_zone: 'us-west-2c' } },
      subsegments: [
        subsegment('api.example.com', 'a2', [1, 5], {
          ...remote,
          ...http('http://api.example.com/', 500),
          fault: true,
        }),
      ],
    }),
    segment('api.example.com', 'b1', [1, 4], {
      parent_id: id('a2'),
      ...http('http://api.example.com/', 500),
      fault: true,
      annotations: { account: '12345' },
      subsegments: [
        subsegment('backend.example.com', 'b2', [2, 3], {
          ...remote,
          ...http('http://backend.example.com/', 404),
          error: true,
        }),
      ],
    }),
    segment('backend.example.com', 'c1', [2, 3], {
      parent_id: id('b2'),
      ...http('http://backend.example.com/', 404),
      error: true,
    }),
  ],
  /** Asked by the address of a service that it does not reach. */
  other: [segment('gateway', 'a1', [0, 1], http('http://api.example.com/v2/users', 200))],
  /** Two nodes of one name; the function has the error. */
  lambda: [
    segment('Scorekeep', 'a1', [0, 2], {
      ...http('http://scorekeep.test/api/user', 200, 'POST'),
      resource_arn: 'arn:aws:ecs:us-west-2:123456789012:task/1',
      annotations: { age: 20 },
      subsegments: [subsegment('random-name', 'a2', [0.1, 1.9], remote)],
    }),
    segment('random-name', 'b1', [0.2, 1.8], { parent_id: id('a2'), origin: 'AWS::Lambda' }),
    segment('random-name', 'c1', [0.3, 1.7], {
      parent_id: id('b1'),
      origin: 'AWS::Lambda::Function',
      error: true,
    }),
  ],
  /** The root fails, in a part of it called deserialize. */
  plane: [
    segment('data-plane', 'a1', [0, 1], {
      ...http('http://data.test/', 503),
      fault: true,
      subsegments: [
        subsegment('deserialize', 'a2', [0.1, 0.2], {
          fault: true,
          cause: {
            exceptions: [
              {
                id: id('e1'),
                type: 'AccessDenied',
                message: 'Access Denied for account_id: 1234567890',
              },
            ],
          },
        }),
      ],
    }),
  ],
  /** shop fails since Auth does, and that since its table traces does. */
  auth: [
    segment('shop', 'a1', [0, 4], {
      ...http('http://shop.test/', 500),
      fault: true,
      subsegments: [subsegment('Auth', 'a2', [0.1, 3.9], { ...remote, fault: true })],
    }),
    segment('Auth', 'b1', [0.2, 3.8], {
      parent_id: id('a2'),
      fault: true,
      subsegments: [
        subsegment('DynamoDB', 'b2', [0.3, 3.7], {
          namespace: 'aws',
          fault: true,
          aws: { operation: 'PutItem', table_name: 'traces' },
        }),
      ],
    }),
  ],
  /** Most of the time goes to a service named traces, which sends no segments. */
  reader: [
    segment('web', 'a1', [0, 2], {
      ...http('http://web.test/', 429),
      error: true,
      throttle: true,
      subsegments: [
        subsegment('traces', 'a2', [0.1, 1.9], { ...remote, ...http('http://traces/', 200) }),
      ],
    }),
  ],
  weather: [
    segment('GetWeatherData', 'a1', [0, 3], {
      ...http('http://weather.test/', 200),
      subsegments: [subsegment('get_temperature', 'a2', [0.1, 2.9], remote)],
    }),
    segment('GetTemperature', 'b1', [0.2, 2.8], { parent_id: id('a2') }),
  ],
  /** Has not ended. */
  running: [segment('worker', 'a1', [0], {})],
  /** One service calls the next, seven times, and the last fails. */
  chain: Array.from({ length: 7 }, (_, at) =>
    segment(`s${at}`, `a${at}`, [at, 20 - at], {
      ...(at > 0 && { parent_id: id(`b${at - 1}`) }),
      ...(at === 0 && http('http://chain.test/', 500)),
      fault: true,
      subsegments:
        at < 6
          ? [subsegment(`s${at + 1}`, `b${at}`, [at + 0.5, 19.5 - at], { ...remote, fault: true })]
          : [],
    }),
  ),
};
const EVERY = Object.keys(TRACES);
const but = (...names: string[]) => EVERY.filter((name) => !names.includes(name));

const GROUPS: Record<string, string> = {
  high_response_time: 'responseTime > 3',
  'arn:aws:xray:us-west-2:1:group/high': 'responseTime > 3',
};

const WEATHER =
  'rootcause.json = #[{ "Services": [ { "Name": "GetWeatherData", "EntityPath": [{ "Name": "GetWeatherData" }, { "Name": "get_temperature" } ] }, { "Name": "GetTemperature", "EntityPath": [ { "Name": "GetTemperature" } ] } ] }]';

/**
 * What https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html writes, example by example.
 * Tables of DynamoDB have the type AWS::DynamoDB::Table, so those that name AWS::DynamoDB are here with it too.
 */
const EXAMPLES: [expression: string, finds: string[]][] = [
  ['responsetime > 5', ['game', 'chain']],
  ['duration >= 5 AND duration <= 8', ['game']],
  ['ok', ['game', 'other', 'lambda', 'weather', 'running']],
  ['!ok', ['plane', 'auth', 'reader', 'chain']],
  ['ok = false', ['plane', 'auth', 'reader', 'chain']],
  ['rootcause.fault.entity { last and name = "deserialize" }', ['plane']],
  ['rootcause.responsetime.entity { remote and coverage > 0.7 and name = "traces" }', ['reader']],
  ['rootcause.fault.service { inferred and name = traces and type = "AWS::DynamoDB" }', []],
  [
    'rootcause.fault.service { inferred and name = traces and type = "AWS::DynamoDB::Table" }',
    ['auth'],
  ],
  ['service("data-plane") {root = true and fault = true}', ['plane']],
  ['http.status != 200', ['plane', 'auth', 'reader', 'chain']],
  ['ok !partial duration <3', ['other', 'lambda']],
  ['rootcause.fault.service { index > 5 }', ['chain']],
  ['rootcause.responsetime.entity { last and coverage > 0.8 }', but('game', 'running')],
  ['http.url CONTAINS "/api/game/"', ['game']],
  ['user CONTAINS ""', ['game']],
  ['rootcause.fault.service { name = "Auth" }', ['auth']],
  ['rootcause.responsetime.service { last and type = "AWS::DynamoDB" }', []],
  ['rootcause.responsetime.service { last and type = "AWS::DynamoDB::Table" }', ['auth']],
  [
    'rootcause.fault.exception { last and message = "Access Denied for account_id: 1234567890" }',
    ['plane'],
  ],
  ['service("api.example.com") { fault }', ['game']],
  ['service() { fault }', ['game', 'plane', 'auth', 'chain']],
  ['edge("api.example.com", "backend.example.com") { error }', ['game']],
  [
    'http.url BEGINSWITH "http://api.example.com/" AND http.url CONTAINS "/v2/" AND !service("api.example.com")',
    ['other'],
  ],
  ['http.url AND responseTime > 2', ['game', 'auth', 'weather', 'chain']],
  ['annotation.gameid = "817DL6VO"', ['game']],
  ['annotation.age', ['game', 'lambda']],
  ['!annotation.age', but('game', 'lambda')],
  ['annotation.age > 29', ['game']],
  ['group.name = "high_response_time" AND user = "alice"', ['game']],
  [WEATHER, ['weather']],
  ['service("random-name") { error }', ['lambda']],
  ['service(id(name: "random-name", type: "AWS::Lambda::Function")) { error }', ['lambda']],
  ['service(id(type: "AWS::Lambda::Function")) { error }', ['lambda']],
  ['service(id(name: "random-name", type: "AWS::Lambda")) { error }', []],
  ['edge(id(name: "Scorekeep"), id(name: "random-name", type:"AWS::Lambda"))', ['lambda']],
  [
    'service("api.example.com") { fault = true OR responsetime > 2.5 } AND annotation.account = "12345"',
    ['game'],
  ],
  ['edge("api.example.com", "backend.example.com") { fault = true }', []],
];

/** Every keyword of that page with every operator that it says the keyword has. */
const OPERATORS: [expression: string, finds: string[]][] = [
  ['error', ['reader']],
  ['!error', but('reader')],
  ['error = true', ['reader']],
  ['error != true', but('reader')],
  ['throttle', ['reader']],
  ['throttle = false', but('reader')],
  ['fault', ['plane', 'auth', 'chain']],
  ['!fault', ['game', 'other', 'lambda', 'reader', 'weather', 'running']],
  ['fault = false', ['game', 'other', 'lambda', 'reader', 'weather', 'running']],
  ['fault != false', ['plane', 'auth', 'chain']],
  ['partial', ['running']],
  ['partial = true', ['running']],
  ['inferred', ['auth', 'reader']],
  ['!inferred', but('auth', 'reader')],
  ['service() { root = false and error }', ['game', 'lambda']],
  ['rootcause.fault.service { first and name = "shop" }', ['auth']],
  ['rootcause.fault.service { last = true and inferred }', ['auth']],
  ['rootcause.fault.entity { remote = false and last }', ['game', 'plane', 'auth', 'chain']],
  ['responsetime = 2', ['lambda', 'reader']],
  ['responsetime != 2', ['game', 'other', 'plane', 'auth', 'weather', 'chain']],
  ['responsetime < 2', ['other', 'plane']],
  ['responsetime <= 2', ['other', 'lambda', 'plane', 'reader']],
  ['responsetime >= 6', ['game', 'chain']],
  ['duration > 10', ['chain']],
  ['http.status = 503', ['plane']],
  ['http.status >= 500', ['plane', 'auth', 'chain']],
  ['rootcause.fault.service { index = 6 }', ['chain']],
  ['rootcause.responsetime.entity { coverage >= 0.9 }', but('running')],
  ['http.url = "http://shop.test/"', ['auth']],
  ['http.url != "http://shop.test/"', but('auth', 'running')],
  ['http.url ENDSWITH "/users"', ['other']],
  ['http.method = "POST"', ['game', 'lambda']],
  ['http.useragent CONTAINS "Mozilla"', ['game']],
  ['http.clientip BEGINSWITH "205."', ['game']],
  ['user = "alice"', ['game']],
  ['user != "alice"', []],
  ['name = "gateway"', ['other']],
  ['type = "AWS::EC2::Instance"', ['game']],
  ['message CONTAINS "Denied"', ['plane']],
  ['availabilityzone = "us-west-2c"', ['game']],
  ['instance.id = "i-0b"', ['game']],
  ['resource.arn CONTAINS ":task/"', ['lambda']],
  ['service("backend.example.com")', ['game']],
  ['!service("backend.example.com") AND error', ['reader']],
  ['edge("www", "api.example.com")', ['game']],
  ['!edge("www", "api.example.com") AND user', []],
  ['annotation.gameid != "x"', ['game']],
  ['annotation.age <= 29', ['lambda']],
  ['group.arn = "arn:aws:xray:us-west-2:1:group/high"', ['game', 'auth', 'chain']],
  ['group.name != "high_response_time" AND ok', ['other', 'lambda', 'weather', 'running']],
];

describe("AWS's documented filter expressions", () => {
  it('are all tested here', () => {
    expect(EXAMPLES.length + OPERATORS.length).toBeGreaterThanOrEqual(73);
  });

  it.each([...EXAMPLES, ...OPERATORS])('%s finds %j', (expression, finds) => {
    const filter = readFilter(expression, (_, value) => GROUPS[value]);

    expect(EVERY.filter((name) => matches(filter, viewDocuments('1', TRACES[name]!)))).toEqual(
      finds,
    );
  });
});

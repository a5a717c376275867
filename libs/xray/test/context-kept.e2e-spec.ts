import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { XrayModule, XrayService } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { AsyncResource } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import { readFileSync, stat } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:http2';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { finished, PassThrough, pipeline, Readable, type Writable } from 'node:stream';
import { documentsOf } from './tracing';

/** docs/entries.md says for each of these rows where the context is kept. */
const PAGE = readFileSync(join(__dirname, '../../../docs/entries.md'), 'utf8');
const ROWS = new Map(
  PAGE.slice(PAGE.indexOf('### Where the context is kept'))
    .slice(0, 6_000)
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '').trim()))
    .map(([code, context]) => [code!, context!] as const),
);

const busboy = createRequire(require.resolve('multer'))('busboy') as (options: {
  headers: object;
}) => Writable;

/** Made outside of any request: what runs in it has no context. */
const outside = new AsyncResource('outside');

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** Notes which trace the code that calls it belongs to. */
  note(): void;
  /** Notes it, and records a subsegment. */
  record(): void;
  /** Sends the response. */
  end(): void;
}

/** What a middleware does with one request. */
type Way = (exchange: Exchange) => unknown;

const then =
  (listen: (exchange: Exchange, done: () => void) => void): Way =>
  (exchange) =>
    listen(exchange, () => {
      exchange.note();
      exchange.end();
    });

/** One request. The trace that is noted is its own, or none. */
const ALONE: [row: RegExp, way: string, listen: Way, noted: 'own' | 'none'][] = [
  [/^`await`/, 'await', async ({ note, end }) => (await Promise.resolve(), note(), end()), 'own'],
  [/^`await`/, 'a callback', then((_, done) => stat(__filename, done)), 'own'],
  [/^`await`/, 'a timer', then((_, done) => setTimeout(done, 1)), 'own'],
  [
    /^`await`/,
    'for await',
    async ({ request, note, end }) => {
      for await (const _ of request) void _;
      note();
      end();
    },
    'own',
  ],
  [/^`data`/, 'data', then(({ request }, done) => request.once('data', done)), 'own'],
  [
    /^`data`/,
    'readable',
    then(({ request }, done) => request.once('readable', () => (done(), request.resume()))),
    'own',
  ],
  [/^`data`/, 'end', then(({ request }, done) => request.resume().once('end', done)), 'own'],
  [
    /^`data`/,
    'close',
    // With HTTP/2, it follows the response.
    ({ request, note, end }) => request.once('close', note).once('end', end).resume(),
    'own',
  ],
  [
    /^`data`/,
    'error',
    ({ request, note, end }) => {
      request.once('error', () => (note(), end()));
      outside.runInAsyncScope(() => request.destroy(new Error('broken')));
    },
    'own',
  ],
  [
    /^busboy/,
    'busboy',
    then(({ request }, done) => {
      const parser = busboy({ headers: request.headers });
      parser.on('file', (_name: string, file: Readable) => file.resume());
      request.pipe(parser.on('close', done));
    }),
    'own',
  ],
  [
    /^`stream.pipeline`/,
    'pipeline of the request',
    then(({ request }, done) => pipeline(request, new PassThrough().resume(), done)),
    'own',
  ],
  [
    /^`stream.pipeline`/,
    'pipeline into the response',
    ({ response, note }) => pipeline(Readable.from(['text']), response, note),
    'own',
  ],
  [
    /^`stream.pipeline`/,
    'finished with the request',
    then(({ request }, done) => finished(request.resume(), done)),
    'own',
  ],
  [
    /^`stream.pipeline`/,
    'finished with the response',
    ({ response, note, end }) => (finished(response, note), end()),
    'own',
  ],
  ...(['finish', 'close'] as const).map((event): (typeof ALONE)[number] => [
    /^`finish`/,
    `${event} of the response`,
    ({ response, record, end }) => (response.once(event, record), end()),
    'own',
  ]),
  [
    /^events of a connection/,
    'an own emitter',
    then((_, done) => {
      const emitter = new EventEmitter().once('done', done);
      outside.runInAsyncScope(() => emitter.emit('done'));
    }),
    'none',
  ],
  [
    /^events of a connection/,
    'an own emitter, bound',
    then((_, done) => {
      const emitter = new EventEmitter().once('done', AsyncResource.bind(done));
      outside.runInAsyncScope(() => emitter.emit('done'));
    }),
    'own',
  ],
];

type Bind = (work: () => void) => () => void;
const unbound: Bind = (work) => work;
const bound: Bind = (work) => AsyncResource.bind(work);

/** Resolves when it has been called for the second request. */
function secondArrival(): () => Promise<void> {
  let count = 0;
  let arrived: () => void;
  const both = new Promise<void>((done) => (arrived = done));
  return () => {
    if (++count === 2) arrived();
    return both;
  };
}

/** A queue as people write it, with one place: the next task starts when one ends. */
function queue(bind: Bind): Way {
  const both = secondArrival();
  const waiting: (() => void)[] = [];
  let busy = false;
  return ({ note, end }) => {
    const arrived = both();
    const run = (): void => {
      busy = true;
      void arrived.then(() => {
        note();
        end();
        busy = false;
        waiting.shift()?.();
      });
    };
    const task = bind(run);
    if (busy) waiting.push(task);
    else task();
  };
}

/** What both requests add, and the first of them runs. */
function shared(bind: Bind): Way {
  const both = secondArrival();
  const waiting: (() => void)[] = [];
  return ({ note, end }) => {
    const arrived = both();
    waiting.push(
      bind(() => {
        note();
        end();
      }),
    );
    if (waiting.length === 1) void arrived.then(() => waiting.forEach((run) => run()));
  };
}

/** Two requests: the trace that the second one notes. */
const TOGETHER: [row: RegExp, way: string, make: () => Way, noted: 'own' | 'first'][] = [
  [/^queues/, 'a queue', () => queue(unbound), 'first'],
  [/^queues/, 'a queue of bound tasks', () => queue(bound), 'own'],
  [/^callbacks of promise/, 'a queue of callbacks', () => shared(unbound), 'first'],
  [/^callbacks of promise/, 'a queue of bound callbacks', () => shared(bound), 'own'],
  [/^a batch/, 'a batch', () => shared(unbound), 'first'],
];

it('every row of the table is tested here', () => {
  const rows = [...ROWS.keys()];
  const tested = [...ALONE, ...TOGETHER].map(([row]) => rows.find((each) => row.test(each)));
  expect(new Set(tested)).toEqual(new Set(rows));
  for (const [row, way, , noted] of [...ALONE, ...TOGETHER]) {
    const [, context] = [...ROWS].find(([code]) => row.test(code))!;
    // What is not kept can be bound.
    if (!/bound/.test(way)) expect([way, /^kept/.test(context)]).toEqual([way, noted === 'own']);
  }
});

const PLATFORMS = {
  Express: undefined,
  Fastify: () => new FastifyAdapter(),
  'HTTP/2 on Fastify': () => new FastifyAdapter({ http2: true } as object),
};

describe.each(Object.keys(PLATFORMS) as (keyof typeof PLATFORMS)[])('on %s', (platform) => {
  const xray = new MemoryEmitter();
  let app: INestApplication;
  let port: number;
  let way: Way;
  /** Of each request its trace, and the traces that it noted. */
  const requests: { own: string | undefined; noted: (string | undefined)[] }[] = [];

  beforeAll(async () => {
    @Module({ imports: [XrayModule.forRoot({ serviceName: 'files', emitter: xray })] })
    class App {}
    const adapter = PLATFORMS[platform]?.();
    const options = { logger: false as const, bodyParser: false };
    app = adapter
      ? await NestFactory.create(App, adapter, options)
      : await NestFactory.create(App, options);
    const service = app.get(XrayService);
    app.use((request: IncomingMessage, response: ServerResponse) => {
      const made = { own: service.traceId, noted: [] as (string | undefined)[] };
      requests.push(made);
      const note = (): void => void made.noted.push(service.traceId);
      const record = (): void => service.capture('late', note);
      void way({ request, response, note, record, end: () => void response.end('done') });
    });
    await app.listen(0, '127.0.0.1');
    ({ port } = (app.getHttpServer() as { address(): AddressInfo }).address());
  });
  afterAll(() => app.close());
  beforeEach(() => {
    requests.length = 0;
    xray.documents.length = 0;
  });

  const BOUNDARY = 'b-o-u-n-d-a-r-y';
  const HEADERS = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };
  const BODY = [
    `--${BOUNDARY}`,
    'content-disposition: form-data; name="file"; filename="file.txt"',
    `\r\n${'x'.repeat(100_000)}`,
    `--${BOUNDARY}--\r\n`,
  ].join('\r\n');

  /** Sends a file. The response may be missing, as some ways end the connection. */
  async function send(): Promise<void> {
    if (platform !== 'HTTP/2 on Fastify') {
      const url = `http://127.0.0.1:${port}/`;
      const sent = fetch(url, { method: 'POST', headers: HEADERS, body: BODY });
      return void (await sent.then((answer) => answer.text()).catch(() => undefined));
    }
    const session = connect(`http://127.0.0.1:${port}`);
    const stream = session.request({ ':path': '/', ':method': 'POST', ...HEADERS });
    stream.on('error', () => undefined).resume();
    stream.end(BODY);
    await once(stream, 'close');
    session.destroy();
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((turn) => setImmediate(turn));
  }

  it.each(ALONE)('%s: %s', async (_row, _way, listen, expected) => {
    way = listen;
    await send();
    await until(() => requests[0]!.noted.length > 0);
    const { own, noted } = requests[0]!;
    expect(own).toBeDefined();
    expect(noted).toEqual([expected === 'own' ? own : undefined]);
  });

  it.each(TOGETHER)('%s: %s', async (_row, _way, make, expected) => {
    way = make();
    await Promise.all([send(), send()]);
    const [first, second] = requests as [(typeof requests)[0], (typeof requests)[0]];
    expect(first.own).not.toBe(second.own);
    expect(first.noted).toEqual([first.own]);
    expect(second.noted).toEqual([expected === 'own' ? second.own : first.own]);
  });

  it('a subsegment that begins when the response has been sent is a document of its own', async () => {
    way = ALONE.find(([, name]) => name === 'close of the response')![2];
    await send();
    const [segment, late] = await documentsOf(xray, 2);
    expect(late).toMatchObject({ name: 'late', type: 'subsegment', parent_id: segment!.id });
  });
});

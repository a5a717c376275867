import { Controller, Get, Injectable, Module, Param, type Provider } from '@nestjs/common';
import { APP_INTERCEPTOR, NestFactory } from '@nestjs/core';
import { Subsegment, XrayModule, type XrayModuleExtras, type XrayOptions } from 'nestjs-xray';
import type { AddressInfo } from 'node:net';
import { Agent, get } from 'node:http';
import { callCounter, type Counts } from './call-counter';
import { runChild } from './child/run-child';
import { udpDaemon } from './udp-daemon';

/*
 * What a request costs, counted and not timed: a clock on a shared machine lies. Each figure is
 * what one request does beyond the same request to the same application without XrayModule.
 */
const REQUESTS = 200;

@Injectable()
class Feed {
  @Subsegment()
  async list(handle: string) {
    return { user: await this.user(handle) };
  }

  @Subsegment()
  async user(handle: string) {
    return { handle, rows: await this.rows() };
  }

  @Subsegment()
  async rows() {
    return [await this.row(1)];
  }

  @Subsegment()
  async row(id: number) {
    return { id, likes: await this.likes(id) };
  }

  @Subsegment()
  async likes(id: number) {
    return id * 2;
  }
}

@Controller('api/activities')
class FeedController {
  constructor(private readonly feed: Feed) {}

  @Get('@:handle')
  show(@Param('handle') handle: string) {
    return this.feed.list(handle);
  }
}

type Options = Partial<XrayOptions> & XrayModuleExtras;

describe('a request with five decorated async calls', () => {
  it.each<[string, Options]>([
    ['without the interceptor', { interceptor: false }],
    ['with it', {}],
  ])('does no more for being recorded than its share, %s', async (_mode, options) => {
    const { extra, documents, subsegments } = await beyondUntraced(options);

    expect(extra).toEqual({
      hooks: 0,
      // The segment's and five subsegments'.
      contexts: 6,
      // The segment asks for the time twice and sets its clock once, a subsegment asks twice.
      clockReadings: 3 + 5 * 2,
      listeners: 2,
      // http, annotations and metadata; all else is put together as text.
      stringified: 3,
      datagrams: 1,
      turns: 1,
      // What follows the promise of each call, and is what its caller awaits.
      promises: 5,
      // Sixty bytes a request, out of 8,192 at a time.
      randomFills: expect.closeTo(0, 1),
    });
    expect(documents).toBe(REQUESTS);
    expect(subsegments).toBe(REQUESTS * 5);
  });

  it.each<[string, Options]>([
    ['without the interceptor', { interceptor: false }],
    ['with it', {}],
  ])('does next to nothing when it is not sampled, %s', async (_mode, options) => {
    const { extra, documents } = await beyondUntraced({ ...options, sampling: 0 });

    // The trace that calls from here would be told of, as not recorded.
    expect(extra).toEqual({ ...NOTHING, contexts: 1, randomFills: expect.closeTo(0, 1) });
    expect(documents).toBe(0);
  });

  it('has no context when it is not sampled and there is nobody to tell', async () => {
    const { extra } = await beyondUntraced({ interceptor: false, sampling: 0, capture: false });

    expect(extra).toEqual({ ...NOTHING, randomFills: expect.closeTo(0, 1) });
  });
});

describe('a decorated call', () => {
  it('allocates its node, and nothing when it is not recorded', async () => {
    // A nursery so large that nothing is collected while bytes are counted.
    const flags = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64'];
    const bytes = JSON.parse(await runChild('allocations.ts', ...flags)) as Record<string, number>;

    expect(bytes.syncRecorded).toBeLessThan(400);
    expect(bytes.asyncRecorded).toBeLessThan(1_500);
    // At most the list of its arguments.
    expect(bytes.syncUnsampled).toBeLessThan(100);
    expect(bytes.syncOutside).toBeLessThan(100);
    // As many as the undecorated method's own promise takes.
    expect(bytes.asyncOutside).toBeLessThan(bytes.asyncPlain! + 100);
  });
});

const NOTHING: Counts = {
  hooks: 0,
  contexts: 0,
  clockReadings: 0,
  listeners: 0,
  stringified: 0,
  datagrams: 0,
  turns: 0,
  promises: 0,
  randomFills: 0,
};

/** What a request does beyond what it does without XrayModule, and what arrived of all of them. */
async function beyondUntraced(options: Options) {
  const daemon = await udpDaemon();
  const daemonAddress = `127.0.0.1:${daemon.port}`;
  const module = XrayModule.forRoot({
    serviceName: 'feed',
    daemonAddress,
    source: false,
    ...options,
  });
  // Nest makes promises for any interceptor; ours may not make more.
  const interceptor = { provide: APP_INTERCEPTOR, useValue: { intercept: passOn } };
  const untraced = await countRequests([], options.interceptor === false ? [] : [interceptor]);
  const traced = await countRequests([module], []);
  const names = Object.keys(untraced) as (keyof Counts)[];
  const extra = Object.fromEntries(
    names.map((name) => [name, (traced[name] - untraced[name]) / REQUESTS]),
  );
  if (options.sampling !== 0) await daemon.received(WARM_UP + REQUESTS);
  await daemon.close();
  const documents = daemon.documents.slice(WARM_UP);
  return {
    extra,
    documents: documents.length,
    subsegments: documents.reduce((sum, document) => sum + nodesUnder(document), 0),
  };
}

const passOn = (_context: unknown, next: { handle(): unknown }) => next.handle();

interface Tree {
  subsegments?: Tree[];
}

function nodesUnder({ subsegments = [] }: Tree): number {
  return subsegments.reduce((sum, child) => sum + 1 + nodesUnder(child), 0);
}

/** Requests before the ones that count: sockets are open then, and the pools filled. */
const WARM_UP = 10;

async function countRequests(imports: object[], providers: Provider[]): Promise<Counts> {
  @Module({
    imports: imports as never[],
    controllers: [FeedController],
    providers: [Feed, ...providers],
  })
  class App {}
  const counter = callCounter();
  const app = await NestFactory.create(App, { logger: false });
  try {
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const request = () => answer(`http://127.0.0.1:${port}/api/activities/@andrewbrown`, agent);
    for (let i = 0; i < WARM_UP; i++) await request();
    const before = counter.counts();
    for (let i = 0; i < REQUESTS; i++) await request();
    const after = counter.counts();
    agent.destroy();
    for (const name in after) after[name as keyof Counts] -= before[name as keyof Counts];
    // Hooks are put in place at the start, and cost from then on.
    return { ...after, hooks: counter.counts().hooks * REQUESTS };
  } finally {
    counter.stop();
    await app.close();
  }
}

/** Resolves a turn after the answer is there, when what it left behind has been sent. */
function answer(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume();
      response.on('end', () => setTimeout(resolve, 0));
    }).on('error', reject);
  });
}

// First, since the package takes clock and timers as it finds them.
import { callCounter, type Counts } from './call-counter';
import 'reflect-metadata';
import { Controller, Get, Injectable, Module, Param, type Provider } from '@nestjs/common';
import { APP_INTERCEPTOR, NestFactory } from '@nestjs/core';
import { Subsegment, XrayModule, type XrayModuleExtras, type XrayOptions } from 'nestjs-xray';
import { Agent, get } from 'node:http';
import type { AddressInfo } from 'node:net';

/*
 * Counts what requests make this process do, with XrayModule and without; a process of its own,
 * since what else happens in one is counted too. Takes the module's options as JSON.
 */

export type Options = Partial<XrayOptions> &
  XrayModuleExtras & {
    /** Whether the application has an interceptor of its own. */
    intercepted?: boolean;
  };

/** What `requests` did, after some that do not count. */
export interface RequestCounts {
  requests: number;
  warmUp: number;
  traced: Counts;
  untraced: Counts;
}

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

const REQUESTS = 200;
/** Requests before the ones that count: sockets are open then, and the pools filled. */
const WARM_UP = 10;

/** Requests that are counted together. */
const PART = 5;

const passOn = (_context: unknown, next: { handle(): unknown }) => next.handle();

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
    const parts: Counts[] = [];
    for (let part = 0; part < REQUESTS / PART; part++) {
      const before = counter.counts();
      for (let i = 0; i < PART; i++) await request();
      const after = counter.counts();
      for (const name in after) after[name as keyof Counts] -= before[name as keyof Counts];
      parts.push(after);
    }
    agent.destroy();
    // Hooks are put in place at the start, and cost from then on.
    return { ...ofMost(parts), hooks: counter.counts().hooks * REQUESTS };
  } finally {
    counter.stop();
    await app.close();
  }
}

/** What all requests did if each part did what most did: work done once a second falls into few of them. */
function ofMost(parts: Counts[]): Counts {
  const middle = (name: keyof Counts) =>
    parts.map((part) => part[name]).sort((a, b) => a - b)[Math.floor(parts.length / 2)]!;
  const names = Object.keys(parts[0]!) as (keyof Counts)[];
  const entries = names.map((name) => [name, middle(name) * parts.length]);
  return Object.fromEntries(entries) as Counts;
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

async function main({ intercepted = false, ...options }: Options): Promise<void> {
  const module = XrayModule.forRoot({ serviceName: 'feed', source: false, ...options });
  const interceptor = { provide: APP_INTERCEPTOR, useValue: { intercept: passOn } };
  const providers = intercepted ? [interceptor] : [];
  const untraced = await countRequests([], providers);
  const traced = await countRequests([module], providers);
  const counted: RequestCounts = { requests: REQUESTS, warmUp: WARM_UP, traced, untraced };
  process.stdout.write(JSON.stringify(counted));
}

void main(JSON.parse(process.argv[2]!) as Options);

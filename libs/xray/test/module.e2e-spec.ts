import { readFileSync } from 'node:fs';
import { Controller, Get, Injectable, Module, Scope, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { Test } from '@nestjs/testing';
import {
  Annotation,
  ContextMissingError,
  Segment,
  SkipSubsegment,
  Subsegment,
  XrayModule,
  XrayService,
  type XrayModuleExtras,
  type XrayOptions,
} from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import type { AddressInfo, Server } from 'node:net';
import { of } from 'rxjs';

@Injectable()
class Cart {
  @Subsegment()
  total(): number {
    return 3;
  }
}

@Injectable()
class Plain {
  constructor(private readonly cart: Cart) {}
  read(id: string): string {
    return this.parse(id) + this.cart.total();
  }
  parse(id: string): string {
    return id.trim();
  }
  @SkipSubsegment()
  quiet(): void {}
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest {
  read(): string {
    return 'per request';
  }
}

@SkipSubsegment()
@Injectable()
class Quiet {
  read(): void {}
}

@Injectable()
class Jobs {
  constructor(private readonly cart: Cart) {}

  @Segment('nightly-job')
  async nightly(@Annotation('night') _night: number): Promise<number> {
    return this.cart.total();
  }

  @Segment()
  stream() {
    return of(this.cart.total());
  }

  @OnEvent('sold')
  @Segment()
  sold(): void {
    this.cart.total();
  }

  @Segment()
  broken(): void {
    throw new Error('broken');
  }
}

@Controller()
class ShopController {
  constructor(
    private readonly plain: Plain,
    private readonly perRequest: PerRequest,
    private readonly quiet: Quiet,
    private readonly jobs: Jobs,
    private readonly events: EventEmitter2,
  ) {}

  @Get('read/:id')
  read(): string {
    this.plain.quiet();
    this.quiet.read();
    return this.plain.read(' a ') + this.perRequest.read();
  }

  @Get('job')
  async job(): Promise<number> {
    this.events.emit('sold');
    return this.jobs.nightly(1);
  }
}

const xray = new MemoryEmitter();

type Hook = (request: object, response: object, next: () => void) => void;
type Given = Partial<XrayOptions & XrayModuleExtras>;

const metadata = (options: Given): ModuleMetadata => ({
  imports: [
    EventEmitterModule.forRoot(),
    XrayModule.forRoot({ serviceName: 'shop', emitter: xray, ...options }),
  ],
  controllers: [ShopController],
  providers: [Cart, Plain, PerRequest, Quiet, Jobs],
});

/** Every application that a test starts is closed after it. */
const started: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const app of started.splice(0)) await app.close();
});
beforeEach(() => {
  xray.documents.length = 0;
});

async function start(options: Given = {}, adapter = new ExpressAdapter()) {
  @Module(metadata(options))
  class ShopModule {}
  const app = await NestFactory.create(ShopModule, adapter, {
    logger: false,
    abortOnError: false,
  });
  started.push(app);
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  return { app, port, url: `http://127.0.0.1:${port}` };
}

async function recorded(count = 1) {
  while (xray.documents.length < count) await new Promise((turn) => setImmediate(turn));
  return xray.documents;
}

/** `name(children)` of every subsegment. */
function tree({ subsegments = [] }: { subsegments?: any[] }): string {
  return subsegments
    .map((node) => node.name + (node.subsegments ? `(${tree(node)})` : ''))
    .join(' ');
}

describe('autoTrace', () => {
  it.each<[string, XrayOptions['autoTrace'], string]>([
    ['nothing by default', undefined, 'Cart.total'],
    ['all providers', true, 'Plain.read(Plain.parse Cart.total) PerRequest.read'],
    ['those that a glob fits', 'Plai*', 'Plain.read(Plain.parse Cart.total)'],
    ['all but those that are left out', ['*', '!Plain'], 'Cart.total PerRequest.read'],
    [
      'those that a predicate picks',
      ({ name }) => name.startsWith('Per'),
      'Cart.total PerRequest.read',
    ],
  ])('traces %s', async (_what, autoTrace, expected) => {
    const { url } = await start({ autoTrace });
    await (await fetch(`${url}/read/1`)).text();
    const [segment] = await recorded();
    expect(tree(segment!)).toBe(expected);
  });

  it.each<[string, XrayOptions['autoTrace'], string[]]>([
    ['not with true', true, ['Own.work']],
    ['not with a glob that fits them', ['*Registry', 'Own'], ['Own.work']],
    ['not with globs that only leave out', ['!Plain'], ['Own.work']],
    ['by their whole name', ['SchedulerRegistry'], ['SchedulerRegistry.getCronJobs']],
    ['by a predicate', ({ name }) => name.endsWith('Registry'), ['SchedulerRegistry.getCronJobs']],
  ])('traces providers of packages %s', async (_how, autoTrace, expected) => {
    @Injectable()
    class Own {
      work(): void {}
    }
    @Module({
      imports: [
        XrayModule.forRoot({ serviceName: 'shop', emitter: xray, autoTrace }),
        ScheduleModule.forRoot(),
      ],
      providers: [Own],
    })
    class App {}
    const app = await NestFactory.createApplicationContext(App, { logger: false });
    started.push(app);
    xray.documents.length = 0;
    await app.get(XrayService).captureSegment('job', async () => {
      app.get(Own).work();
      app.get(SchedulerRegistry).getCronJobs();
    });
    expect(xray.documents[0]!.subsegments!.map(({ name }) => name)).toEqual(expected);
  });

  it('removes the wrappers of inherited methods when the application is closed', async () => {
    class Base {
      read(): number {
        return 1;
      }
    }
    @Injectable()
    class Derived extends Base {}
    const { read } = Base.prototype;
    @Module({
      imports: [XrayModule.forRoot({ serviceName: 'shop', emitter: xray, autoTrace: true })],
      providers: [Derived],
    })
    class App {}
    const app = await NestFactory.createApplicationContext(App, { logger: false });
    expect(Object.hasOwn(Derived.prototype, 'read')).toBe(true);
    await app.close();
    expect(Object.hasOwn(Derived.prototype, 'read')).toBe(false);
    expect(Base.prototype.read).toBe(read);
  });

  it('restores the classes when the application is closed', async () => {
    const before = Object.getOwnPropertyDescriptors(Plain.prototype);
    const { app } = await start({ autoTrace: true });
    expect(Object.getOwnPropertyDescriptors(Plain.prototype)).not.toEqual(before);
    await app.close();
    expect(Object.getOwnPropertyDescriptors(Plain.prototype)).toEqual(before);
  });
});

describe('@Segment', () => {
  it('opens a segment outside a request', async () => {
    const { app } = await start();
    expect(await app.get(Jobs).nightly(7)).toBe(3);
    expect(xray.documents).toMatchObject([
      { name: 'nightly-job', annotations: { night: 7 }, subsegments: [{ name: 'Cart.total' }] },
    ]);
  });

  it('is a subsegment inside a request', async () => {
    const { url } = await start();
    expect(await (await fetch(`${url}/job`)).text()).toBe('3');
    const [segment] = await recorded();
    expect(tree(segment!)).toBe('Jobs.sold(Cart.total) nightly-job(Cart.total)');
  });

  it('opens a segment for an event outside a request', async () => {
    const { app } = await start();
    app.get(EventEmitter2).emit('sold');
    expect(await recorded()).toMatchObject([{ name: 'Jobs.sold' }]);
  });

  it('records a failure and rethrows it', async () => {
    const { app } = await start();
    expect(() => app.get(Jobs).broken()).toThrow('broken');
    expect(xray.documents).toMatchObject([
      { name: 'Jobs.broken', fault: true, cause: { exceptions: [{ message: 'broken' }] } },
    ]);
  });

  it('only runs the method without a module, and if the sampler decides against it', async () => {
    expect(await new Jobs(new Cart()).nightly(1)).toBe(3);
    const { app } = await start({ sampling: 0 });
    expect(await app.get(Jobs).nightly(1)).toBe(3);
    expect(xray.documents).toEqual([]);
  });

  it('works like captureSegment', async () => {
    const { app } = await start();
    const service = app.get(XrayService);
    const id = await service.captureSegment('script', async (node) => {
      node!.addAnnotation('step', 1);
      app.get(Cart).total();
      return service.traceId;
    });
    expect(xray.documents).toMatchObject([
      {
        name: 'script',
        trace_id: id,
        annotations: { step: 1 },
        subsegments: [{ name: 'Cart.total' }],
      },
    ]);
  });
});

describe('contextMissing', () => {
  it('uses the option if AWS_XRAY_CONTEXT_MISSING says what there is not, which is logged', async () => {
    process.env.AWS_XRAY_CONTEXT_MISSING = 'EXPLODE';
    const said: string[] = [];
    try {
      const logger = { warn: (message: string) => void said.push(message) };
      const { app } = await start({ contextMissing: 'error', logger });
      expect(said.join()).toMatch(
        /AWS_XRAY_CONTEXT_MISSING is "EXPLODE".*RUNTIME_ERROR, LOG_ERROR, IGNORE_ERROR/,
      );
      expect(() => app.get(Cart).total()).toThrow(ContextMissingError);
    } finally {
      delete process.env.AWS_XRAY_CONTEXT_MISSING;
    }
  });

  const attempts: [string, (app: { get<T>(type: new (...args: any[]) => T): T }) => unknown][] = [
    ['annotate "a"', (app) => app.get(XrayService).annotate('a', 1)],
    ['capture "work"', (app) => app.get(XrayService).capture('work', () => 1)],
    ['trace Cart.total', (app) => app.get(Cart).total()],
  ];

  it.each(attempts)('says nothing by default: %s', async (_what, attempt) => {
    const warnings: string[] = [];
    const { app } = await start({ logger: { warn: (text) => warnings.push(text) } });
    attempt(app);
    expect(warnings).toEqual([]);
  });

  it.each(attempts)('logs once with "log": %s', async (what, attempt) => {
    const warnings: string[] = [];
    const { app } = await start({
      contextMissing: 'log',
      logger: { warn: (text) => warnings.push(text) },
    });
    attempt(app);
    attempt(app);
    expect(warnings).toEqual([
      expect.stringContaining(`Cannot ${what}: there is no active segment.`),
    ]);
  });

  it.each(attempts)('throws with "error": %s', async (what, attempt) => {
    const { app } = await start({ contextMissing: 'error' });
    expect(() => attempt(app)).toThrow(ContextMissingError);
    expect(() => attempt(app)).toThrow(`Cannot ${what}`);
  });

  it('is overridden by AWS_XRAY_CONTEXT_MISSING', async () => {
    process.env.AWS_XRAY_CONTEXT_MISSING = 'RUNTIME_ERROR';
    try {
      const { app } = await start({ contextMissing: 'ignore' });
      expect(() => app.get(Cart).total()).toThrow(ContextMissingError);
    } finally {
      delete process.env.AWS_XRAY_CONTEXT_MISSING;
    }
  });
});

describe('names', () => {
  async function named(options: Given, host: string, env: Record<string, string> = {}) {
    Object.assign(process.env, env);
    try {
      const { url } = await start(options);
      const { request } = await import('node:http');
      await new Promise<void>((done) =>
        request(`${url}/read/1`, { headers: { host } }, (response) => {
          response.resume().on('end', done);
        }).end(),
      );
      return (await recorded())[0]!.name;
    } finally {
      for (const key of Object.keys(env)) delete process.env[key];
    }
  }

  it.each<[string, Given, string, Record<string, string>, string]>([
    ['the service', {}, 'a.example.com', {}, 'shop'],
    ['AWS_XRAY_TRACING_NAME', {}, 'a.example.com', { AWS_XRAY_TRACING_NAME: 'env' }, 'env'],
    [
      'the host that fits',
      { dynamicNaming: '*.example.com' },
      'a.example.com',
      {},
      'a.example.com',
    ],
    [
      'the host without its port',
      { dynamicNaming: '*.example.com' },
      'a.example.com:81',
      {},
      'a.example.com',
    ],
    [
      'the service where the host does not fit',
      { dynamicNaming: '*.example.com' },
      'evil.org',
      {},
      'shop',
    ],
    [
      'the host that AWS_XRAY_URL fits',
      {},
      '4567-x.gitpod.io',
      { AWS_XRAY_URL: '*4567-x.gitpod.io*' },
      '4567-x.gitpod.io',
    ],
  ])('a segment is named after %s', async (_what, options, host, env, name) => {
    expect(await named(options, host, env)).toBe(name);
  });
});

describe('an earlier request hook', () => {
  it.each([
    ['Express', () => new ExpressAdapter()],
    ['Fastify', () => new FastifyAdapter() as never],
  ])('is still called on %s, and so is a later one that replaces it', async (_name, make) => {
    const adapter = make();
    const seen: string[] = [];
    const hook = (name: string) => (_request: unknown, _response: unknown, next: () => void) => {
      seen.push(name);
      next();
    };
    adapter.setOnRequestHook(hook('earlier'));
    const { url } = await start({}, adapter);
    await (await fetch(`${url}/read/1`)).text();
    adapter.setOnRequestHook(hook('later'));
    await (await fetch(`${url}/read/1`)).text();
    expect(await recorded(2)).toMatchObject([{ name: 'shop' }, { name: 'shop' }]);
    expect(seen).toEqual(['earlier', 'later']);
  });
});

describe('a later request hook that calls the previous one', () => {
  it.each([
    ['Express', () => new ExpressAdapter()],
    ['Fastify', () => new FastifyAdapter() as never],
  ])('is called once per request on %s', async (_name, make) => {
    const adapter = make();
    const { url } = await start({}, adapter);
    const { onRequestHook: found } = adapter as never as { onRequestHook: Hook };
    const seen: string[] = [];
    const later: Hook = (request, response, next) => {
      seen.push('later');
      found.call(adapter, request, response, next);
    };
    adapter.setOnRequestHook(later);
    expect((await fetch(`${url}/read/1`)).status).toBe(200);
    expect(await recorded()).toMatchObject([{ http: { response: { status: 200 } } }]);
    expect(seen).toEqual(['later']);
  });
});

describe('an application that imports the module twice', () => {
  it.each([
    ['Express', () => new ExpressAdapter()],
    ['Fastify', () => new FastifyAdapter() as never],
  ])('has one segment per request on %s, from the first module', async (_name, make) => {
    const again = XrayModule.forRoot({ serviceName: 'again', emitter: xray });
    const { imports = [], ...rest } = metadata({});
    @Module({ imports: [...imports, again], ...rest })
    class TwiceModule {}
    const app = await NestFactory.create(TwiceModule, make(), { logger: false });
    started.push(app);
    await app.listen(0, '127.0.0.1');
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/read/1`);
    expect([response.status, await response.text()]).toEqual([200, 'a3per request']);
    expect((await recorded()).map(({ name }) => name)).toEqual(['shop']);
    expect(tree(xray.documents[0]!)).toBe('Cart.total');
  });
});

describe('an application of a TestingModule', () => {
  it.each([
    ['Express', () => new ExpressAdapter()],
    ['Fastify', () => new FastifyAdapter()],
  ])('is traced on %s, including malformed JSON', async (_name, adapter) => {
    const testing = await Test.createTestingModule(metadata({})).compile();
    const app = testing.createNestApplication(adapter() as never);
    started.push(app);
    await app.listen(0, '127.0.0.1');
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    await fetch(`http://127.0.0.1:${port}/read/1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":',
    });
    await fetch(`http://127.0.0.1:${port}/read/1`);
    const [malformed, read] = await recorded(2);
    expect(malformed).toMatchObject({ error: true });
    expect(read).toMatchObject({
      http: { response: { status: 200 } },
      metadata: { nest: { controller: 'ShopController', handler: 'read' } },
    });
  });
});

describe('a provider that throws when it is inspected, such as a request-scoped proxy', () => {
  /** Nest itself asks every provider for these. */
  const asked = /^(constructor|then|on[A-Z]\w+|beforeApplicationShutdown)$/;
  const proxy = new Proxy(
    {},
    {
      get(_, key) {
        if (typeof key === 'symbol' || asked.test(key))
          return key === 'constructor' ? Object : undefined;
        throw new Error(`No ${key} outside of a request.`);
      },
    },
  );

  it.each([{}, { autoTrace: true }])('lets an application with %j start', async (options) => {
    const testing = await Test.createTestingModule({
      imports: [
        XrayModule.forRoot({ serviceName: 'shop', emitter: new MemoryEmitter(), ...options }),
      ],
      providers: [{ provide: 'TENANT', useFactory: () => proxy }],
    }).compile();
    const app = testing.createNestApplication();
    await expect(app.init()).resolves.toBe(app);
    await app.close();
  });
});

describe('enabled: false', () => {
  it('leaves the application as if the module were not there', async () => {
    const { app, url } = await start({ enabled: false, contextMissing: 'error', autoTrace: true });
    expect(await (await fetch(`${url}/job`)).text()).toBe('3');
    const service = app.get(XrayService);
    expect(
      service.captureSegment('x', () => service.capture('y', () => service.traceId)),
    ).toBeUndefined();
    service.annotate('a', 1);
    expect(app.get(Cart).total()).toBe(3);
    expect(xray.documents).toEqual([]);
  });
});

describe('the source line of a decorator', () => {
  /** Where the one method of that name is declared in this file. */
  function declared(method: string): string {
    const lines = readFileSync(__filename, 'utf8').split('\n');
    const at = lines.findIndex((line) => new RegExp(`^  (async )?${method}\\(.*\\{$`).test(line));
    return `libs/xray/test/module.e2e-spec.ts:${at + 1}`;
  }

  it('is recorded as path:line of the method, except in production', async () => {
    const { app } = await start();
    await app.get(Jobs).nightly(1);
    const [job] = xray.documents;
    expect(job!.metadata!.nest!.source).toBe(declared('nightly'));
    expect(job!.subsegments![0]!.metadata!.nest!.source).toBe(declared('total'));
  });

  it('can be turned off', async () => {
    const { app } = await start({ source: false });
    await app.get(Jobs).nightly(1);
    expect(xray.documents[0]!.metadata).toBeUndefined();
  });
});

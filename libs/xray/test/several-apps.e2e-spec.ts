import {
  Controller,
  Get,
  Injectable,
  Module,
  SetMetadata,
  type INestApplication,
  type INestApplicationContext,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Segment, Subsegment, XrayModule, XrayService, type XrayOptions } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { udpDaemon, type UdpDaemon } from './udp-daemon';

@Injectable()
class Stock {
  @Subsegment()
  count(): number {
    return this.read();
  }
  /** Traced by autoTrace alone. */
  read(): number {
    return 3;
  }
  @Segment('nightly')
  nightly(): void {}
}

@Injectable()
class Books {
  @SetMetadata('graphql:resolver_type', 'Query')
  books(): number {
    return 1;
  }
}

class Base {
  @Get('inherited')
  inherited(): string {
    return 'from the base';
  }
}

@Controller()
class StockController extends Base {
  constructor(
    private readonly stock: Stock,
    private readonly books: Books,
  ) {
    super();
  }
  @Get()
  count(): number {
    this.books.books();
    return this.stock.count();
  }
}

function moduleOf(options: Partial<XrayOptions>, emitter?: MemoryEmitter) {
  @Module({
    imports: [XrayModule.forRoot({ serviceName: 'shop', emitter, autoTrace: 'Stock', ...options })],
    controllers: [StockController],
    providers: [Stock, Books],
  })
  class App {}
  return App;
}

const COUNTED = {
  name: 'shop',
  annotations: { http_route: '/' },
  metadata: { nest: { controller: 'StockController', handler: 'count' } },
  subsegments: [
    { name: 'Books.books' },
    { name: 'Stock.count', subsegments: [{ name: 'Stock.read' }] },
  ],
};
const INHERITED = { metadata: { nest: { controller: 'StockController', handler: 'inherited' } } };

async function get(app: INestApplication, path = '/'): Promise<void> {
  const response = await fetch((await app.getUrl()).replace('[::1]', '127.0.0.1') + path);
  expect(response.status).toBe(200);
  await response.text();
}

/** The documents that `work` leaves, once there are `count`. */
async function left(emitter: MemoryEmitter, count: number, work: () => Promise<unknown>) {
  emitter.documents.length = 0;
  await work();
  while (emitter.documents.length < count) await new Promise((turn) => setImmediate(turn));
  return [...emitter.documents];
}

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('on %s', (_name, adapter) => {
  const listening = async (app: INestApplication): Promise<INestApplication> => {
    await app.listen(0, '127.0.0.1');
    return app;
  };

  it('a TestingModuleBuilder may be compiled before each test', async () => {
    const emitter = new MemoryEmitter();
    const builder = Test.createTestingModule({ imports: [moduleOf({}, emitter)] });
    for (let round = 1; round <= 3; round++) {
      const module = await builder.compile();
      const app = await listening(module.createNestApplication(adapter()));
      expect(await left(emitter, 1, () => get(app))).toMatchObject([COUNTED]);
      expect(await left(emitter, 1, () => get(app, '/inherited'))).toMatchObject([INHERITED]);
      await app.close();
    }
  });

  it('a TestingModule may create several applications, one after another', async () => {
    const emitter = new MemoryEmitter();
    const module = await Test.createTestingModule({ imports: [moduleOf({}, emitter)] }).compile();
    for (let round = 1; round <= 3; round++) {
      const app = await listening(module.createNestApplication(adapter()));
      expect(await left(emitter, 1, () => get(app))).toMatchObject([COUNTED]);
      await app.close();
    }
  });

  it('closing one of two applications does not affect the other', async () => {
    const emitters = [new MemoryEmitter(), new MemoryEmitter()] as const;
    const apps: INestApplication[] = [];
    for (const emitter of emitters) {
      apps.push(
        await listening(
          await NestFactory.create(moduleOf({}, emitter), adapter(), { logger: false }),
        ),
      );
    }
    const check = async (at: 0 | 1) => {
      expect(await left(emitters[at], 1, () => get(apps[at]!))).toMatchObject([COUNTED]);
      expect(await left(emitters[at], 1, () => get(apps[at]!, '/inherited'))).toMatchObject([
        INHERITED,
      ]);
    };
    await check(0);
    await check(1);
    await apps[0]!.close();
    await check(1);
    await apps[1]!.close();
  });

  it('neither does closing a context, such as one that only read the configuration', async () => {
    const emitter = new MemoryEmitter();
    const App = moduleOf({ interceptor: false } as Partial<XrayOptions>, emitter);
    const context = await NestFactory.createApplicationContext(App, { logger: false });
    const app = await listening(await NestFactory.create(App, adapter(), { logger: false }));
    await context.close();
    expect(await left(emitter, 1, () => get(app))).toMatchObject([COUNTED]);
    expect(await left(emitter, 1, () => get(app, '/inherited'))).toMatchObject([INHERITED]);
    await app.close();
  });
});

describe('applications that run one after another', () => {
  let daemon: UdpDaemon;
  beforeAll(async () => void (daemon = await udpDaemon()));
  afterAll(() => daemon.close());

  it('each send their own traces, also over UDP and without HTTP', async () => {
    const options = { daemonAddress: `127.0.0.1:${daemon.port}` };
    const builder = Test.createTestingModule({ imports: [moduleOf(options)] });
    for (let round = 1; round <= 2; round++) {
      const module = await builder.compile();
      await module.init();
      module.get(Stock).nightly();
      await module.close();
      await daemon.received(round);
      expect(module.get(XrayService).stats()).toMatchObject({ closed: 1, sent: 1, dropped: 0 });
    }
    expect(daemon.documents).toMatchObject([{ name: 'nightly' }, { name: 'nightly' }]);
  });

  it('restore the classes', async () => {
    const before = [Stock.prototype.read, Books.prototype.books];
    const apps: INestApplicationContext[] = [];
    for (const _each of [1, 2]) {
      apps.push(
        await NestFactory.createApplicationContext(moduleOf({}, new MemoryEmitter()), {
          logger: false,
        }),
      );
    }
    expect(Stock.prototype.read).not.toBe(before[0]);
    for (const app of apps) await app.close();
    expect([Stock.prototype.read, Books.prototype.books]).toEqual(before);
    expect(Object.hasOwn(StockController.prototype, 'inherited')).toBe(false);
  });
});

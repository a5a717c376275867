import 'reflect-metadata';
import { Controller, Get, Inject, Injectable, Module, type INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Subsegment, XrayModule } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import assert from 'node:assert/strict';

@Injectable()
class Stock {
  @Subsegment()
  async load(): Promise<number> {
    return Promise.resolve(1);
  }

  async count(): Promise<number> {
    return Promise.resolve(2);
  }
}

@Controller()
class StockController {
  constructor(@Inject(Stock) private readonly stock: Stock) {}

  @Get()
  async get(): Promise<number> {
    return (await this.stock.count()) + (await this.stock.load());
  }

  @Get('broken')
  broken(): never {
    throw new Error('broken');
  }
}

function moduleOf(emitter: MemoryEmitter) {
  @Module({
    imports: [XrayModule.forRoot({ serviceName: 'stock', emitter, autoTrace: true })],
    controllers: [StockController],
    providers: [Stock],
  })
  class App {}
  return App;
}

/** What a request leaves. */
async function request(app: INestApplication, xray: MemoryEmitter, path = '/') {
  xray.documents.length = 0;
  await (await fetch((await app.getUrl()) + path)).text();
  while (xray.documents.length === 0) await new Promise((turn) => setImmediate(turn));
  return xray.documents[0]!;
}

const CALLS = ['Stock.count', 'Stock.load'];

async function isTraced(app: INestApplication, xray: MemoryEmitter): Promise<void> {
  const { metadata, subsegments } = await request(app, xray);
  const names = subsegments?.map(({ name }) => name);
  assert.deepEqual([metadata?.nest?.handler, names], ['get', CALLS]);
  const broken = await request(app, xray, '/broken');
  assert.equal(broken.http?.response?.status, 500);
  assert.equal(
    (broken.cause as { exceptions: { message?: string }[] }).exceptions[0]?.message,
    'broken',
  );
}

interface Runner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => Promise<void>): unknown;
  beforeEach(work: () => Promise<void>): unknown;
  afterEach(work: () => Promise<void>): unknown;
}

/** The tests, for any runner. */
export function suite({ describe, it, beforeEach, afterEach }: Runner): void {
  for (const Adapter of [ExpressAdapter, FastifyAdapter]) {
    const listening = async (
      compiled: ReturnType<ReturnType<typeof Test.createTestingModule>['compile']>,
    ) => {
      const app = (await compiled).createNestApplication(new Adapter() as ExpressAdapter, {
        logger: false,
      });
      await app.listen(0, '127.0.0.1');
      return app;
    };

    describe(`one builder, compiled before each test with ${Adapter.name},`, () => {
      const xray = new MemoryEmitter();
      const builder = Test.createTestingModule({ imports: [moduleOf(xray)] });
      let app: INestApplication;
      beforeEach(async () => void (app = await listening(builder.compile())));
      afterEach(() => app.close());
      for (const time of ['first', 'second', 'third']) {
        it(`is traced the ${time} time`, () => isTraced(app, xray));
      }
    });

    describe(`several applications with ${Adapter.name}`, () => {
      it('are traced each on its own', async () => {
        const start = async () => {
          const xray = new MemoryEmitter();
          const builder = Test.createTestingModule({ imports: [moduleOf(xray)] });
          return { xray, app: await listening(builder.compile()) };
        };
        const [first, second] = [await start(), await start()];
        await isTraced(first.app, first.xray);
        await isTraced(second.app, second.xray);
        await first.app.close();
        await isTraced(second.app, second.xray);
        await second.app.close();
      });
    });
  }
}

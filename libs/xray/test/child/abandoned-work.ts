import 'reflect-metadata';
import { Controller, Get, Injectable, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Subsegment, XrayModule, type Emitter } from 'nestjs-xray';

/** 200,000 requests, one in ten of which leaves a call behind that never settles. */
const REQUESTS = 200_000;
const AT_ONCE = 50;

@Injectable()
class Work {
  @Subsegment()
  async quick(id: string): Promise<string> {
    return id;
  }

  @Subsegment({ annotations: ([id]: [string]) => ({ id }) })
  never(id: string): Promise<string> {
    return new Promise(() => id);
  }
}

@Controller()
class WorkController {
  constructor(private readonly work: Work) {}

  @Get(':id')
  async get(@Param('id') id: string): Promise<string> {
    if (Number(id) % 10 === 0) void this.work.never(id);
    return this.work.quick(id);
  }
}

const counts = { segments: 0, quick: 0, inProgress: 0 };
const watched: WeakRef<object>[] = [];

const emitter: Emitter = {
  emit(closed) {
    counts.segments++;
    const { subsegments = [] } = closed.toJSON();
    for (const { in_progress } of subsegments) counts[in_progress ? 'inProgress' : 'quick']++;
    if (counts.segments % 1000 === 0) watched.push(new WeakRef(closed));
  },
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

@Module({
  imports: [XrayModule.forRoot({ serviceName: 'work', emitter, interceptor: false })],
  controllers: [WorkController],
  providers: [Work],
})
class WorkModule {}

/** Kilobytes of live objects after full collections. */
async function heap(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await new Promise((turn) => setImmediate(turn));
    global.gc!();
  }
  return Math.round(process.memoryUsage().heapUsed / 1024);
}

async function main(): Promise<void> {
  const app = await NestFactory.create<NestFastifyApplication>(WorkModule, new FastifyAdapter(), {
    logger: false,
  });
  await app.init();
  const fastify = app.getHttpAdapter().getInstance();
  await fastify.ready();
  let next = 0;
  const heaps: number[] = [];
  const worker = async (until: number) => {
    while (next < until) await fastify.inject(`/${next++}`);
  };
  for (let part = 1; part <= 4; part++) {
    const until = (REQUESTS / 4) * part;
    await Promise.all(Array.from({ length: AT_ONCE }, () => worker(until)));
    heaps.push(await heap());
  }
  const alive = watched.filter((ref) => ref.deref() !== undefined).length;
  console.log(JSON.stringify({ ...counts, heaps, watched: watched.length, alive }));
  process.exit(0);
}

void main();

import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Subsegment, XrayModule, XrayService } from 'nestjs-xray';

/** Calls behind one figure. */
const CALLS = 2_000;
/** Loops before one counts: compiled code allocates less than interpreted. */
const WARM_UP = 30;
/** Loops of which the least counts: on a busy machine the compiler may come late. */
const COUNTED = 10;

class Plain {
  async async(value: number): Promise<number> {
    return value + 1;
  }
}

class Subject {
  @Subsegment()
  async async(value: number): Promise<number> {
    return value + 1;
  }

  @Subsegment()
  sync(value: number): number {
    return value + 1;
  }
}

async function asyncLoop(subject: { async(value: number): Promise<number> }): Promise<void> {
  let value = 0;
  for (let i = 0; i < CALLS; i++) value = await subject.async(value);
}

function syncLoop(subject: Subject): void {
  let value = 0;
  for (let i = 0; i < CALLS; i++) value = subject.sync(value);
}

/** Bytes that a call takes, inside of whatever `within` puts around the loop. */
async function bytes(
  loop: () => void | Promise<void>,
  within: (loop: () => Promise<number>) => Promise<number> = (inside) => inside(),
): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < WARM_UP + COUNTED; i++) {
    if (i % 10 === 0) global.gc!();
    const taken = await within(async () => {
      const { heapUsed } = process.memoryUsage();
      await loop();
      return (process.memoryUsage().heapUsed - heapUsed) / CALLS;
    });
    if (i >= WARM_UP) least = Math.min(least, taken);
  }
  return Math.round(least);
}

async function service(sampling: number): Promise<XrayService> {
  const emitter = { emit: () => {}, flush: async () => {}, close: async () => {} };
  @Module({ imports: [XrayModule.forRoot({ serviceName: 'allocations', sampling, emitter })] })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  return app.get(XrayService);
}

async function main(): Promise<void> {
  const recorded = await service(1);
  const unsampled = await service(0);
  const subject = new Subject();
  const plain = new Plain();
  const inSegment = (loop: () => Promise<number>) => recorded.captureSegment('loop', loop);
  const inUnsampled = (loop: () => Promise<number>) => unsampled.captureSegment('loop', loop);
  const taken = {
    asyncRecorded: await bytes(() => asyncLoop(subject), inSegment),
    asyncOutside: await bytes(() => asyncLoop(subject)),
    syncRecorded: await bytes(() => syncLoop(subject), inSegment),
    syncUnsampled: await bytes(() => syncLoop(subject), inUnsampled),
    syncOutside: await bytes(() => syncLoop(subject)),
    // Last: from the first context on, Node 20 allocates more for every promise there is.
    asyncPlain: await bytes(() => asyncLoop(plain)),
  };
  process.stdout.write(JSON.stringify(taken));
}

void main();

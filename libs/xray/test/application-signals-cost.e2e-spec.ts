import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AggregationTemporality, InMemoryMetricExporter } from '@opentelemetry/sdk-metrics';
import { capture, XrayModule, type XrayOptions } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import type { AddressInfo } from 'node:net';
import { WorkCounter } from './work-counter';

const REQUESTS = 31;

/* What metrics cost a request that is not recorded, counted and not timed. */

@Controller('carts')
class CartsController {
  @Get()
  async list(): Promise<string> {
    await capture('read', async () => capture('query', () => Promise.resolve()));
    return 'none';
  }
}

/** The blocks of this library that run for most requests of an application with `options`: others meet a timer. */
async function blocksOfARequest(options: Partial<XrayOptions>): Promise<number> {
  const given = { serviceName: 'shop', emitter: new MemoryEmitter(), ...options };
  @Module({ imports: [XrayModule.forRoot(given)], controllers: [CartsController] })
  class App {}
  const app = await NestFactory.create(App, { logger: false });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const request = async () => (await fetch(`http://127.0.0.1:${port}/carts`)).text();
  for (let i = 0; i < 5; i++) await request();
  const counter = new WorkCounter();
  const counts: number[] = [];
  for (let i = 0; i < REQUESTS; i++) counts.push(await counter.blocksDuring(request));
  counter.close();
  await app.close();
  return counts.sort((a, b) => a - b)[Math.floor(REQUESTS / 2)]!;
}

describe('a request that is not sampled', () => {
  it('takes a bounded amount of work with metrics, and less than a recorded one', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
    const applicationSignals = { exporter };
    const counted = await blocksOfARequest({ sampling: 0, applicationSignals });
    const recorded = await blocksOfARequest({ sampling: 1, applicationSignals });

    expect(counted).toBeLessThan(450);
    expect(counted).toBeLessThan(recorded);
  });
});

import { Injectable, Module, NotFoundException } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Cron, Interval, ScheduleModule, Timeout } from '@nestjs/schedule';
import { Segment, Subsegment, XrayModule, type XrayOptions } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';

@Injectable()
class Jobs {
  @Cron('* * * * * *')
  everySecond(): Promise<number> {
    return this.load();
  }

  @Interval(5)
  often(): void {
    throw new NotFoundException('no such report');
  }

  @Timeout(1)
  async soon(): Promise<void> {
    await this.load();
  }

  @Timeout(1)
  @Segment('nightly-job')
  named(): void {}

  @Timeout(1)
  async rejected(): Promise<void> {
    await Promise.reject(new Error('disk full'));
  }

  @Subsegment()
  async load(): Promise<number> {
    return 1;
  }
}

/** Runs the jobs until `names` have left segments; resolves to the first of each, and all. */
async function run(names: string[], options: Partial<XrayOptions> = {}) {
  const emitter = new MemoryEmitter();
  @Module({
    imports: [
      XrayModule.forRoot({ serviceName: 'shop', emitter, ...options }),
      ScheduleModule.forRoot(),
    ],
    providers: [Jobs],
  })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  const find = (name: string) => emitter.documents.find((each) => each.name === name);
  const deadline = Date.now() + 20_000;
  while (!names.every(find)) {
    if (Date.now() > deadline)
      throw new Error(`Only ${emitter.documents.map(({ name }) => name).join(', ')}`);
    await new Promise((turn) => setTimeout(turn, 5));
  }
  await app.close();
  return { first: names.map((name) => find(name)!), all: emitter.documents };
}

describe('a scheduled method', () => {
  it.each([
    ['@Cron', 'Jobs.everySecond', { cron: '* * * * * *' }],
    ['@Timeout', 'Jobs.soon', { timeoutMs: 1 }],
  ])('with %s is a segment without @Segment()', async (_decorator, name, trigger) => {
    const { first } = await run([name]);

    expect(first[0]).toMatchObject({
      name,
      annotations: { job: name },
      metadata: { nest: { job: { system: 'schedule', ...trigger } } },
      subsegments: [{ name: 'Jobs.load' }],
    });
    expect(first[0]).not.toHaveProperty('parent_id');
  });

  it.each([
    ['throws', 'Jobs.often', 'no such report'],
    ['rejects', 'Jobs.rejected', 'disk full'],
  ])('that %s is a fault, because it has no caller', async (_how, name, message) => {
    const { first } = await run([name]);

    expect(first[0]).toMatchObject({ fault: true, cause: { exceptions: [{ message }] } });
    expect(first[0]).not.toHaveProperty('error');
  });

  it('has a trace for each run', async () => {
    const { all } = await run(['Jobs.everySecond']);
    const often = all.filter(({ name }) => name === 'Jobs.often');

    expect(often.length).toBeGreaterThan(1);
    expect(new Set(often.map(({ trace_id }) => trace_id)).size).toBe(often.length);
  });

  it('with @Segment() keeps the name given there', async () => {
    const { all } = await run(['nightly-job']);

    expect(all.map(({ name }) => name)).not.toContain('Jobs.named');
    const [named] = all.filter(({ name }) => name === 'nightly-job');
    expect(named).not.toHaveProperty('subsegments');
  });

  it('is left out by the option ignore, with all its calls', async () => {
    const { all } = await run(['Jobs.soon'], {
      ignore: ({ method, path }) => method === 'JOB' && path !== 'Jobs.soon',
    });

    expect(new Set(all.map(({ name }) => name))).toEqual(new Set(['Jobs.soon', 'nightly-job']));
  });
});

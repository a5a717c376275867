import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import * as nest from '@nestjs/testing';
import * as toolkit from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { udpDaemon } from './udp-daemon';

interface Loaded {
  nest: typeof nest;
  toolkit: typeof toolkit;
}

async function application(options: Partial<toolkit.XrayOptions>, loaded: Loaded) {
  const { XrayModule, XrayService } = loaded.toolkit;
  const imports = [XrayModule.forRoot({ serviceName: 'test', ...options })];
  const app = await loaded.nest.Test.createTestingModule({ imports }).compile();
  await app.init();
  return { app, xray: app.get(XrayService) };
}

const LOADED = { nest, toolkit };

/** Loads everything anew, so that it finds the timers that there are now. */
function loadAgain(): Loaded {
  jest.resetModules();
  return {
    nest: jest.requireActual('@nestjs/testing'),
    toolkit: jest.requireActual('nestjs-xray'),
  };
}

/** Fails, instead of hanging, when `work` needs timers that nobody moves. */
async function ends(work: Promise<unknown>): Promise<void> {
  const stop = new AbortController();
  const late = sleep(8_000, 'late', { signal: stop.signal }).catch(() => undefined);
  expect(await Promise.race([work.then(() => 'ended'), late])).toBe('ended');
  stop.abort();
}

/** Against a daemon, and against a collector that hangs; `fake` fakes once the app is there. */
async function sends(loaded: Loaded, fake: () => void): Promise<void> {
  const daemon = await udpDaemon();
  const silent = createServer(() => undefined);
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const logger = { warn: () => undefined };
  try {
    const udp = await application({ daemonAddress: `127.0.0.1:${daemon.port}` }, loaded);
    const emitter = new loaded.toolkit.OtlpEmitter({ url, logger });
    const otlp = await application({ emitter, shutdownTimeoutMs: 50, logger }, loaded);
    fake();
    udp.xray.captureSegment('flushed', () => undefined);
    await ends(udp.xray.flush());
    udp.xray.captureSegment('closed', () => undefined);
    await ends(udp.app.close());
    otlp.xray.captureSegment('lost', () => undefined);
    await ends(otlp.app.close());
    expect(otlp.xray.stats()).toMatchObject({ closed: 1, dropped: 1 });
    jest.useRealTimers();
    await daemon.received(2);
    expect(daemon.documents.map(({ name }) => name)).toEqual(['flushed', 'closed']);
  } finally {
    jest.useRealTimers();
    await daemon.close();
    silent.closeAllConnections();
    silent.close();
  }
}

const EXCEPT_PERFORMANCE: FakeableAPI[] = [
  'Date',
  'hrtime',
  'nextTick',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
];
const HOUR_MS = 3_600_000;

describe.each<[string, () => unknown]>([
  ['modern', () => jest.useFakeTimers()],
  ['legacy', () => jest.useFakeTimers({ legacyFakeTimers: true })],
  ['of an hour ago', () => jest.useFakeTimers({ now: Date.now() - HOUR_MS })],
  ['with a real setImmediate', () => jest.useFakeTimers({ doNotFake: ['setImmediate'] })],
  ['with performance alone', () => jest.useFakeTimers({ doNotFake: EXCEPT_PERFORMANCE })],
])("under Jest's fake timers, %s,", (_what, fake) => {
  afterEach(() => void jest.useRealTimers());

  it('flush() and close() send everything, and give up on a collector that hangs', () =>
    sends(LOADED, fake));

  it('nothing ends before it starts if fake timers are installed or removed within a segment', async () => {
    const emitter = new MemoryEmitter();
    const { app, xray } = await application({ emitter }, LOADED);
    xray.captureSegment('opened before', () => {
      xray.capture('outer', () => {
        fake();
        xray.capture('inner', () => undefined);
      });
    });
    xray.captureSegment('opened within', () =>
      xray.capture('outer', () => {
        jest.useRealTimers();
        xray.capture('inner', () => undefined);
      }),
    );
    await app.close();
    expect(emitter.documents).toHaveLength(2);
    for (const segment of emitter.documents) {
      const outer = segment.subsegments![0]!;
      const inner = outer.subsegments![0]!;
      const times = [segment, outer, inner].map(({ start_time }) => start_time);
      times.push(...[inner, outer, segment].map(({ end_time }) => end_time!));
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(times.at(-1)! - times[0]!).toBeLessThan(60);
    }
  });
});

it('nothing ends before it starts if a test changes the time of its fake timers', async () => {
  const emitter = new MemoryEmitter();
  const { app, xray } = await application({ emitter }, LOADED);
  jest.useFakeTimers();
  try {
    xray.captureSegment('moved', () => {
      xray.capture('back', () => jest.setSystemTime(0));
      xray.capture('on', () => jest.advanceTimersByTime(HOUR_MS));
    });
    await ends(app.close());
  } finally {
    jest.useRealTimers();
  }
  const [segment] = emitter.documents;
  for (const node of [segment!, ...segment!.subsegments!]) {
    expect(node.end_time!).toBeGreaterThanOrEqual(node.start_time);
    expect(node.end_time! - node.start_time).toBeLessThan(60);
  }
});

it.each([['modern'], ['legacy']])(
  "nothing changes if Jest's fake timers, %s, were installed before the package was loaded",
  async (kind) => {
    jest.useFakeTimers({ legacyFakeTimers: kind === 'legacy' });
    await sends(loadAgain(), () => undefined);
  },
);

import dns from 'node:dns';
import { UdpEmitter, type Emitter } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { noStats } from '../src/core/emitter';
import { tracing, type Tracing } from './tracing';
import { freeUdpPort, udpDaemon } from './udp-daemon';

/** The library takes its clock from Node when it is loaded; here it can be set ahead. */
jest.mock('node:perf_hooks', () => {
  const hooks = jest.requireActual<typeof import('node:perf_hooks')>('node:perf_hooks');
  const ahead = { ms: 0 };
  const performance = Object.create(hooks.performance, {
    now: { value: () => hooks.performance.now() + ahead.ms },
  }) as typeof hooks.performance;
  return { ...hooks, performance, ahead };
});
const { ahead } = jest.requireMock<{ ahead: { ms: number } }>('node:perf_hooks');

const COUNT = 200;

/** Answers `count` requests with one nested call each, and says how many were right. */
async function serve(xray: Tracing, count = COUNT): Promise<number> {
  const work = (n: number) => xray.service.capture('step', async () => n);
  const results = await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const { result } = await xray.request(() => work(n));
      return result === n;
    }),
  );
  return results.filter(Boolean).length;
}

/** Counts after all that is on its way has left; the sum is right whatever happened. */
async function settled(xray: Tracing) {
  const closed = () => xray.service.stats().closed === xray.service.stats().opened;
  while (!closed()) await new Promise((turn) => setImmediate(turn));
  await xray.close();
  const stats = xray.service.stats();
  expect(stats.sent + stats.failed + stats.dropped).toBe(stats.closed);
  const fault = expect.getState().currentTestName!.split(' when ')[1]!;
  const { closed: all, sent, failed, dropped } = stats;
  figures.push(`  ${fault}: ${all} closed = ${sent} sent + ${failed} failed + ${dropped} dropped`);
  return stats;
}

type Anything = (...args: unknown[]) => unknown;

const turn = () => new Promise((done) => setImmediate(done));

/** What each fault came to; printed at the end. */
const figures: string[] = [];

describe('the application responds and every trace is accounted for if', () => {
  const warnings: string[] = [];
  const logger = { warn: (message: string) => void warnings.push(message) };
  beforeEach(() => void (warnings.length = 0));
  afterAll(
    () => void process.stdout.write(`Faults, every request right:\n${figures.join('\n')}\n`),
  );

  /** Traces that go to a port by UDP. */
  const toPort = (port: number, rest: object = {}, host = '127.0.0.1') =>
    tracing({
      serviceName: 'shop',
      logger,
      emitter: new UdpEmitter({ host, port, logger, ...rest }),
    });

  it('the daemon is available', async () => {
    const daemon = await udpDaemon();
    const xray = await toPort(daemon.port);
    expect(await serve(xray)).toBe(COUNT);
    await daemon.received(COUNT);
    expect(await settled(xray)).toMatchObject({ opened: COUNT, closed: COUNT, sent: COUNT });
    expect(warnings).toEqual([]);
    await daemon.close();
  });

  it('the daemon is available on IPv6, and by name', async () => {
    const daemon = await udpDaemon(0, '::1');
    const xray = await toPort(daemon.port, {}, '::1');
    expect(await serve(xray, 5)).toBe(5);
    await daemon.received(5);
    await settled(xray);
    await daemon.close();

    const other = await udpDaemon();
    const named = await toPort(other.port, {}, 'localhost');
    expect(await serve(named, 5)).toBe(5);
    const { sent, failed } = await settled(named);
    expect(sent + failed).toBe(5);
    await other.close();
  });

  it('the daemon is missing, which is logged once', async () => {
    const xray = await toPort(await freeUdpPort());
    expect(await serve(xray)).toBe(COUNT);
    const { failed } = await settled(xray);
    expect(failed).toBeGreaterThan(0);
    expect(warnings).toEqual([expect.stringContaining('ECONNREFUSED')]);
  });

  it('the daemon stops and comes back', async () => {
    const daemon = await udpDaemon();
    const xray = await toPort(daemon.port);
    expect(await serve(xray)).toBe(COUNT);
    await daemon.received(COUNT);
    await daemon.close();
    expect(await serve(xray)).toBe(COUNT);
    const back = await udpDaemon(daemon.port);
    expect(await serve(xray)).toBe(COUNT);
    await back.received(COUNT);
    const stats = await settled(xray);
    expect(stats.closed).toBe(3 * COUNT);
    expect(stats.sent).toBeGreaterThanOrEqual(2 * COUNT);
    expect(stats.failed).toBeGreaterThan(0);
    await back.close();
  });

  it('the daemon stops before a document in parts, and before one in progress', async () => {
    const daemon = await udpDaemon();
    const { port } = daemon;
    const emitter = new UdpEmitter({ host: '127.0.0.1', port, logger, maxDocumentBytes: 9_000 });
    const xray = await tracing({ serviceName: 'shop', logger, emitter });
    expect(await serve(xray, 10)).toBe(10);
    await daemon.received(10);
    await daemon.close();
    await xray.request(() => {
      for (let n = 0; n < 5; n++) {
        xray.service.capture(`part ${n}`, (part) => part?.addMetadata('text', 'x'.repeat(8_000)));
      }
    });
    while (xray.service.stats().closed < 11) await turn();
    await emitter.flush();
    const { datagrams } = xray.service.stats();
    // Until it was sent as in progress, which tells that what left before had found nobody.
    await xray.request(async () => {
      while (xray.service.stats().datagrams === datagrams) await turn();
    });
    expect(await settled(xray)).toMatchObject({ closed: 12, sent: 10, failed: 2, split: 1 });
  });

  it('ECONNREFUSED is reported for one datagram after another', async () => {
    const xray = await toPort(await freeUdpPort());
    for (let round = 0; round < 20; round++) expect(await serve(xray, 10)).toBe(10);
    const { failed } = await settled(xray);
    expect(failed).toBeGreaterThanOrEqual(10);
    expect(warnings).toHaveLength(1);
  });

  it('a document is larger than the system accepts: EMSGSIZE', async () => {
    const daemon = await udpDaemon();
    const xray = await toPort(daemon.port, { maxDocumentBytes: 1_000_000 });
    const { result } = await xray.request(() => {
      for (let n = 0; n < 10; n++) {
        xray.service.capture(`part ${n}`, (part) =>
          part?.addMetadata(
            'text',
            Array.from({ length: 3 }, () => 'x'.repeat(8_000)),
          ),
        );
      }
      return 'served';
    });
    expect(result).toBe('served');
    expect(await settled(xray)).toMatchObject({ closed: 1, sent: 1, failed: 0 });
    const names = () => new Set(JSON.stringify(daemon.documents).match(/part \d/g));
    while (names().size < 10) await turn();
    expect(Math.max(...daemon.sizes)).toBeLessThanOrEqual(64_000);
    await daemon.close();
  });

  it('a document is larger than a datagram: it is sent in parts', async () => {
    const daemon = await udpDaemon();
    const xray = await toPort(daemon.port);
    await xray.request(() => {
      for (let n = 0; n < 300; n++) {
        xray.service.capture(`part ${n}`, (part) => part?.addMetadata('text', 'x'.repeat(1_000)));
      }
      xray.service.metadata(
        'huge',
        Array.from({ length: 20 }, () => 'y'.repeat(8_000)),
      );
    });
    expect(await settled(xray)).toMatchObject({ closed: 1, sent: 1, split: 1, trimmed: 1 });
    const names = () => new Set(JSON.stringify(daemon.documents).match(/part \d+/g));
    while (names().size < 300) await new Promise((turn) => setImmediate(turn));
    expect(Math.max(...daemon.sizes)).toBeLessThanOrEqual(64_000);
    await daemon.close();
  });

  it('the name of the daemon is unknown', async () => {
    const xray = await toPort(2000, {}, 'daemon.invalid');
    expect(await serve(xray)).toBe(COUNT);
    expect(await settled(xray)).toMatchObject({ closed: COUNT, failed: COUNT });
    expect(warnings).toEqual([expect.stringMatching(/ENOTFOUND|EAI_AGAIN/)]);
  });

  it('the name of the daemon resolves to another address later', async () => {
    const first = await udpDaemon(0, '127.0.0.1');
    const second = await udpDaemon(first.port, '127.0.0.2');
    let address = '127.0.0.1';
    const { lookup } = dns;
    let looked = 0;
    dns.lookup = ((...args: [string, object, (...found: unknown[]) => void]) => {
      if (args[0] !== 'daemon.example') return Reflect.apply(lookup as Anything, dns, args);
      looked++;
      setImmediate(args[2], null, [{ address, family: 4 }]);
    }) as typeof lookup;
    try {
      const xray = await toPort(first.port, {}, 'daemon.example');
      expect(await serve(xray, 5)).toBe(5);
      await first.received(5);
      address = '127.0.0.2';
      expect(await serve(xray, 5)).toBe(5);
      await first.received(10);
      expect(looked).toBe(1);
      ahead.ms = 31_000;
      while (second.documents.length === 0) expect(await serve(xray, 1)).toBe(1);
      expect(looked).toBe(2);
      await settled(xray);
    } finally {
      ahead.ms = 0;
      dns.lookup = lookup;
      await first.close();
      await second.close();
    }
  });

  it('the emitter throws', async () => {
    const emitter: Emitter = {
      emit: () => {
        throw new Error('broken emitter');
      },
      flush: () => Promise.reject(new Error('broken flush')),
      close: () => Promise.reject(new Error('broken close')),
    };
    const xray = await tracing({ serviceName: 'shop', logger, emitter });
    expect(await serve(xray)).toBe(COUNT);
    expect(await settled(xray)).toMatchObject({ closed: COUNT, failed: COUNT });
    expect(warnings.map((warning) => /broken \w+/.exec(warning)![0])).toEqual([
      'broken emitter',
      'broken close',
    ]);
  });

  it('the emitter is slow, but within the time limit', async () => {
    const emitter: Emitter = {
      emit: () => undefined,
      flush: () => new Promise(() => undefined),
      close: () => new Promise(() => undefined),
    };
    const xray = await tracing({ serviceName: 'shop', logger, emitter, shutdownTimeoutMs: 50 });
    expect(await serve(xray)).toBe(COUNT);
    expect(await settled(xray)).toMatchObject({ closed: COUNT, sent: COUNT });
    expect(warnings).toEqual([expect.stringContaining('50 ms after shutdown began')]);
  });

  it('the clock is set back an hour', async () => {
    const emitter = new MemoryEmitter();
    const xray = await tracing({ serviceName: 'shop', logger, emitter });
    const { now } = Date;
    try {
      await xray.request(async () => {
        await xray.service.capture('before', async () => undefined);
        Date.now = () => now() - 3_600_000;
        await xray.service.capture('after', async () => undefined);
      });
      expect(await serve(xray, 10)).toBe(10);
    } finally {
      Date.now = now;
    }
    await settled(xray);
    for (const { start_time, end_time, subsegments = [] } of emitter.documents) {
      expect(end_time).toBeGreaterThanOrEqual(start_time);
      for (const each of subsegments) {
        expect(each.start_time).toBeGreaterThanOrEqual(start_time);
        expect(each.end_time).toBeGreaterThanOrEqual(each.start_time);
      }
    }
    const [across, ...later] = emitter.documents;
    expect(across!.start_time - later[0]!.start_time).toBeGreaterThan(3_590);
  });

  it('more arrives than can be sent: the queue is bounded', async () => {
    const emitter = new UdpEmitter({ host: '127.0.0.1', port: await freeUdpPort(), logger });
    const stats = noStats();
    emitter.countIn(stats);
    const node = { toJSON: () => ({ name: 'x' }) } as unknown as Parameters<Emitter['emit']>[0];
    for (let n = 0; n < 12_000; n++) emitter.emit(node);
    await emitter.close();
    emitter.emit(node);
    expect(stats.dropped).toBe(2_001);
    expect(stats.sent + stats.failed).toBe(10_000);
  });
});

describe('a segment that is still open', () => {
  it('is sent as in progress after a second, and again when it has ended', async () => {
    const daemon = await udpDaemon();
    const logger = { warn: () => undefined };
    const emitter = new UdpEmitter({ host: '127.0.0.1', port: daemon.port, logger });
    const xray = await tracing({ serviceName: 'slow', emitter });
    let finish = () => {};
    const request = xray.request(() => new Promise<void>((done) => (finish = done)));
    await daemon.received(1);
    finish();
    await request;
    await daemon.received(2);
    const [open, done] = daemon.documents;
    expect(open).toMatchObject({ name: 'slow', in_progress: true });
    expect(open!.end_time).toBeUndefined();
    expect(done).toMatchObject({ id: open!.id, end_time: expect.any(Number) });
    expect(done!.in_progress).toBeUndefined();
    expect(xray.service.stats()).toMatchObject({ opened: 1, closed: 1, sent: 1 });
    await xray.close();
    await daemon.close();
  });

  it('is reported once, however long it stays open', async () => {
    const reported: string[] = [];
    const emitter: Emitter = {
      emit: () => undefined,
      emitInProgress: ({ name }) => void reported.push(name),
      flush: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    const xray = await tracing({ serviceName: 'slow', emitter });
    const finish: (() => void)[] = [];
    const open = (name: string) =>
      void xray.service.captureSegment(name, () => new Promise<void>((done) => finish.push(done)));
    for (const name of ['first', 'second', 'third']) {
      open(name);
      while (!reported.includes(name)) await turn();
    }
    expect(reported).toEqual(['first', 'second', 'third']);
    finish.forEach((done) => done());
    await xray.close();
  });

  it('is sent as in progress when the application shuts down', async () => {
    const daemon = await udpDaemon();
    const logger = { warn: () => undefined };
    const emitter = new UdpEmitter({ host: '127.0.0.1', port: daemon.port, logger });
    const xray = await tracing({ serviceName: 'cut', emitter });
    let finish = () => {};
    void xray.service.captureSegment('job', () => new Promise<void>((done) => (finish = done)));
    await xray.close();
    await daemon.received(1);
    expect(daemon.documents).toMatchObject([{ name: 'job', in_progress: true }]);
    finish();
    await new Promise((turn) => setImmediate(turn));
    expect(xray.service.stats()).toMatchObject({ opened: 1, closed: 1, dropped: 1, sent: 0 });
    await daemon.close();
  });
});

describe('a subsegment that outlives its segment', () => {
  it('is sent on its own, under its parent', async () => {
    const emitter = new MemoryEmitter();
    const xray = await tracing({ serviceName: 'shop', emitter });
    let finish = () => {};
    await xray.request(() => {
      void xray.service.capture('late', () => new Promise<void>((done) => (finish = done)));
    });
    while (emitter.documents.length < 1) await new Promise((turn) => setImmediate(turn));
    finish();
    while (emitter.documents.length < 2) await new Promise((turn) => setImmediate(turn));
    const [segment, late] = emitter.documents;
    expect(segment!.subsegments).toMatchObject([{ name: 'late', in_progress: true }]);
    expect(late).toMatchObject({
      type: 'subsegment',
      name: 'late',
      trace_id: segment!.trace_id,
      parent_id: segment!.id,
      end_time: expect.any(Number),
    });
    expect(xray.service.stats()).toMatchObject({ opened: 1, closed: 2, sent: 2 });
    await xray.close();
  });
});

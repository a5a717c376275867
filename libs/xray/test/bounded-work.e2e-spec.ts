import { UdpEmitter } from 'nestjs-xray';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { tracing, type Tracing } from './tracing';

const logger = { warn: () => undefined };

/** Counts notes by turn of the event loop. */
class Turns {
  readonly counts: number[] = [0];
  private next = setImmediate(() => this.begin());

  note(): void {
    this.counts[this.counts.length - 1]!++;
  }

  end(): void {
    clearImmediate(this.next);
  }

  private begin(): void {
    this.counts.push(0);
    this.next = setImmediate(() => this.begin());
  }
}

/**
 * Too large to be copied when it is recorded, so that it is read again when it is serialised, and
 * short by then.
 */
function readWhenSerialised(read: () => void): object {
  let recorded = false;
  return {
    toJSON() {
      if (recorded) return read();
      recorded = true;
      return 'x'.repeat(9_000);
    },
  };
}

describe('a request with very many subsegments', () => {
  let receiver: Socket;
  let received: number;
  let emitter: UdpEmitter;
  let xray: Tracing;

  beforeEach(async () => {
    received = 0;
    receiver = createSocket('udp4', ({ length }) => void (received += length));
    receiver.bind(0, '127.0.0.1');
    await once(receiver, 'listening');
    emitter = new UdpEmitter({ host: '127.0.0.1', port: receiver.address().port, logger });
    xray = await tracing({ serviceName: 'worker', logger, emitter });
  });
  afterEach(async () => {
    await xray.close();
    receiver.close();
  });

  it('has a limited number of them serialised in a turn of the event loop, if all close at once', async () => {
    const count = 20_000;
    const turns = new Turns();
    const { service } = xray;
    await service.captureSegment('job', async () => {
      let go = () => {};
      const begun = new Promise<void>((done) => (go = done));
      const steps = Array.from({ length: count }, (_, n) =>
        service.capture(`step ${n % 10}`, async (step) => {
          step!.addMetadata(
            'value',
            readWhenSerialised(() => turns.note()),
          );
          await begun;
        }),
      );
      go();
      await Promise.all(steps);
    });
    await emitter.flush();
    turns.end();
    const total = turns.counts.reduce((sum, each) => sum + each, 0);
    expect(total).toBe(count);
    // What the emitter does in a turn of its own, besides what it does while the request closes them.
    expect(Math.max(...turns.counts)).toBeLessThanOrEqual(2_500);
    expect(service.stats()).toMatchObject({ closed: 1, sent: 1, failed: 0, dropped: 0 });
  });

  it('keeps at most 32 MB of their text, and counts the trace as dropped beyond', async () => {
    const { service } = xray;
    service.captureSegment('job', () => {
      for (let n = 0; n < 6_000; n++) {
        service.capture('step', (step) => step!.addMetadata('text', 'x'.repeat(8_000)));
      }
    });
    await emitter.flush();
    expect(service.stats()).toMatchObject({ closed: 1, sent: 0, failed: 0, dropped: 1 });
    expect(received).toBeGreaterThan(0);
    expect(received).toBeLessThan(33_000_000);

    service.captureSegment('the next', () => undefined);
    await emitter.flush();
    expect(service.stats()).toMatchObject({ closed: 2, sent: 1, failed: 0, dropped: 1 });
  });
});
